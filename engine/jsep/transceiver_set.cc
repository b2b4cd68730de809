#include "engine/jsep/transceiver_set.h"

#include <algorithm>
#include <utility>

#include "engine/base/caller_id.h"
#include "engine/base/status.h"
#include "engine/jsep/codec_preferences.h"
#include "engine/jsep/send_encodings.h"

namespace pcd::jsep {
namespace {

using std::string;

constexpr size_t kMaxStreams = 16;

absl::Status BadArgument(const string& message, const char* field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT, message,
                   {.dom_exception = "TypeError", .field = field});
}

absl::Status CheckStreams(const std::vector<string>& stream_ids, const char* field) {
  // Each adds a line to every description.
  if (stream_ids.size() > kMaxStreams) return BadArgument("a sender has at most 16 streams", field);
  for (const string& stream : stream_ids) {
    // "-" says "no stream" in a=msid.
    if (!sdp::IsMsidId(stream) || stream == "-") {
      return BadArgument("a stream id is an RFC 8830 msid: 1 to 64 token characters, not \"-\"",
                         field);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNotStopped(const Transceiver& transceiver) {
  if (!transceiver.stopping) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRANSCEIVER_STOPPED,
                   "the transceiver is stopped", {.dom_exception = "InvalidStateError"});
}

std::vector<string> Unique(const std::vector<string>& ids) {
  std::vector<string> unique;
  for (const string& id : ids) {
    if (std::find(unique.begin(), unique.end(), id) == unique.end()) unique.push_back(id);
  }
  return unique;
}

}  // namespace

absl::Status TransceiverSet::CheckIds(const TransceiverInit& init, std::string_view id) const {
  struct Given {
    std::string_view id;
    const char* field;
    string Transceiver::* member;
  };
  for (const Given& given : {Given{id, "transceiver_id", &Transceiver::id},
                             Given{init.sender_id, "sender_id", &Transceiver::sender_id},
                             Given{init.receiver_id, "receiver_id", &Transceiver::receiver_id}}) {
    if (given.id.empty()) continue;
    if (!IsCallerId(given.id)) {
      return BadArgument("an id is 1 to 64 letters, digits, '-', '_' or '.'", given.field);
    }
    const auto taken = [&](const Transceiver& t) { return t.*given.member == given.id; };
    if (std::any_of(state_.transceivers.begin(), state_.transceivers.end(), taken)) {
      return MakeError(absl::StatusCode::kAlreadyExists, ErrorReason::ALREADY_EXISTS,
                       "this id is taken",
                       {.dom_exception = "InvalidAccessError", .field = given.field});
    }
  }
  return absl::OkStatus();
}

absl::Status TransceiverSet::CheckTrackUnused(const string& track_id) const {
  if (track_id.empty()) return absl::OkStatus();
  const auto sends = [&](const Transceiver& t) { return t.local_track_id == track_id; };
  if (std::none_of(state_.transceivers.begin(), state_.transceivers.end(), sends)) {
    return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRACK_IN_USE,
                   "a sender has this track",
                   {.dom_exception = "InvalidAccessError", .field = "track_id"});
}

absl::StatusOr<string> TransceiverSet::Add(MediaKind kind, const TransceiverInit& init,
                                           std::string_view id) {
  if (init.direction == Direction::kStopped) {
    return BadArgument("a transceiver cannot start stopped", "init.direction");
  }
  PCD_RETURN_IF_ERROR(CheckIds(init, id));
  PCD_RETURN_IF_ERROR(CheckStreams(init.stream_ids, "init.stream_ids"));
  PCD_ASSIGN_OR_RETURN(std::vector<SendEncoding> encodings,
                       CheckSendEncodings(kind, init.send_encodings));
  if (state_.transceivers.size() >= max_transceivers_) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "more than " + std::to_string(max_transceivers_) + " transceivers",
                     {.dom_exception = "OperationError"});
  }
  const auto given = [&](std::string_view chosen, const char* prefix) {
    return chosen.empty() ? prefix + random_.IdString(12) : string(chosen);
  };
  Transceiver transceiver;
  transceiver.kind = kind;
  transceiver.direction = init.direction;
  transceiver.send_encodings = std::move(encodings);
  transceiver.sender_stream_ids = Unique(init.stream_ids);
  transceiver.id = given(id, "transceiver-");
  transceiver.sender_id = given(init.sender_id, "sender-");
  transceiver.receiver_id = given(init.receiver_id, "receiver-");
  transceiver.local_track_id = init.track_id;
  transceiver.sender_track_id = "track-" + random_.IdString(12);
  if (sdp::IsMsidId(init.track_id)) transceiver.sender_track_id = init.track_id;
  transceiver.track_id = "track-" + random_.IdString(12);
  state_.DrawSsrcs(random_, transceiver);
  string result = transceiver.id;
  state_.transceivers.push_back(std::move(transceiver));
  return result;
}

Transceiver* TransceiverSet::FindReusableSender(MediaKind kind) {
  for (Transceiver& t : state_.transceivers) {
    if (t.local_track_id.empty() && t.kind == kind && !t.stopping && !t.has_sent) return &t;
  }
  return nullptr;
}

// Who chose may not know yet that it has sent, which is all the same to the sender.
absl::StatusOr<Transceiver*> TransceiverSet::FindChosenSender(MediaKind kind, std::string_view id) {
  if (id.empty()) return BadArgument("the transceiver is required", "transceiver_id");
  Transceiver* transceiver = state_.Find(id);
  if (transceiver == nullptr) return transceiver;
  PCD_RETURN_IF_ERROR(CheckNotStopped(*transceiver));
  if (transceiver->kind != kind) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::TRACK_KIND_MISMATCH,
                     "the sender is for the other kind of media",
                     {.dom_exception = "TypeError", .field = "transceiver_id"});
  }
  if (!transceiver->local_track_id.empty()) return InvalidState("the sender has a track");
  return transceiver;
}

absl::StatusOr<string> TransceiverSet::AddTrack(MediaKind kind, const string& track_id,
                                                const std::vector<string>& stream_ids,
                                                std::string_view id, bool chosen,
                                                const EndIds& ends) {
  if (track_id.empty()) return BadArgument("the track is required", "track_id");
  PCD_RETURN_IF_ERROR(CheckStreams(stream_ids, "stream_ids"));
  PCD_RETURN_IF_ERROR(CheckTrackUnused(track_id));
  Transceiver* reused = nullptr;
  if (chosen) {
    PCD_ASSIGN_OR_RETURN(reused, FindChosenSender(kind, id));
  } else {
    reused = FindReusableSender(kind);
  }
  if (reused == nullptr) {
    PCD_ASSIGN_OR_RETURN(string added, Add(kind,
                                           {.stream_ids = stream_ids,
                                            .track_id = track_id,
                                            .sender_id = ends.sender_id,
                                            .receiver_id = ends.receiver_id},
                                           id));
    state_.Find(added)->created_by_add_track = true;
    return added;
  }
  reused->local_track_id = track_id;
  reused->sender_stream_ids = Unique(stream_ids);
  reused->direction = MakeDirection(true, Receives(reused->direction));
  reused->reused_by_add_track = true;
  return reused->id;
}

absl::StatusOr<Transceiver*> TransceiverSet::Find(std::string_view id) {
  if (Transceiver* transceiver = state_.Find(id)) return transceiver;
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::TRANSCEIVER_NOT_FOUND,
                   "there is no such transceiver", {.field = "transceiver_id"});
}

absl::StatusOr<Transceiver*> TransceiverSet::FindSender(std::string_view sender_id) {
  for (Transceiver& t : state_.transceivers) {
    if (t.sender_id == sender_id) return &t;
  }
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::SENDER_NOT_FOUND,
                   "there is no such sender",
                   {.dom_exception = "InvalidAccessError", .field = "sender_id"});
}

absl::Status TransceiverSet::RemoveTrack(std::string_view sender_id) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, FindSender(sender_id));
  if (transceiver->local_track_id.empty() || transceiver->stopping) return absl::OkStatus();
  transceiver->local_track_id.clear();
  transceiver->direction = MakeDirection(false, Receives(transceiver->direction));
  return absl::OkStatus();
}

absl::Status TransceiverSet::ReplaceTrack(std::string_view sender_id, MediaKind kind,
                                          const string& track_id) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, FindSender(sender_id));
  if (!track_id.empty() && kind != transceiver->kind) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::TRACK_KIND_MISMATCH,
                     "the sender is for the other kind of media",
                     {.dom_exception = "TypeError", .field = "track_id"});
  }
  PCD_RETURN_IF_ERROR(CheckNotStopped(*transceiver));
  transceiver->local_track_id = track_id;
  return absl::OkStatus();
}

bool TransceiverSet::ForgetTrack(const string& track_id) {
  bool found = false;
  for (Transceiver& t : state_.transceivers) {
    if (t.local_track_id != track_id) continue;
    t.local_track_id.clear();
    found = true;
  }
  return found;
}

absl::Status TransceiverSet::SetSenderStreams(std::string_view sender_id,
                                              const std::vector<string>& stream_ids) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, FindSender(sender_id));
  PCD_RETURN_IF_ERROR(CheckStreams(stream_ids, "stream_ids"));
  transceiver->sender_stream_ids = Unique(stream_ids);
  return absl::OkStatus();
}

absl::Status TransceiverSet::SetEncodings(std::string_view sender_id,
                                          std::vector<SendEncoding> encodings) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, FindSender(sender_id));
  PCD_RETURN_IF_ERROR(CheckNotStopped(*transceiver));
  PCD_ASSIGN_OR_RETURN(
      transceiver->send_encodings,
      CheckNewEncodings(transceiver->kind, transceiver->send_encodings, std::move(encodings)));
  return absl::OkStatus();
}

absl::Status TransceiverSet::SetDirection(std::string_view id, Direction direction) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, Find(id));
  PCD_RETURN_IF_ERROR(CheckNotStopped(*transceiver));
  if (direction == Direction::kStopped) {
    return BadArgument("a transceiver is stopped by StopTransceiver", "direction");
  }
  transceiver->direction = direction;
  return absl::OkStatus();
}

absl::Status TransceiverSet::Stop(std::string_view id) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, Find(id));
  if (transceiver->stopping) return absl::OkStatus();
  transceiver->stopping = true;
  transceiver->direction = Direction::kInactive;
  // Nobody else knows of it yet.
  if (!transceiver->mid) std::erase_if(state_.transceivers, [&](auto& t) { return t.id == id; });
  return absl::OkStatus();
}

absl::Status TransceiverSet::SetCodecPreferences(const Capabilities& capabilities,
                                                 std::string_view id, std::vector<Codec> codecs) {
  PCD_ASSIGN_OR_RETURN(Transceiver * transceiver, Find(id));
  PCD_RETURN_IF_ERROR(CheckPreferences(capabilities, transceiver->kind, codecs));
  transceiver->codec_preferences = std::move(codecs);
  return absl::OkStatus();
}

absl::StatusOr<bool> TransceiverSet::OfferToReceive(MediaKind kind, bool receive) {
  bool receives = false;
  for (Transceiver& t : state_.transceivers) {
    if (t.kind != kind || t.stopping) continue;
    receives = receives || Receives(t.direction);
    if (!receive) t.direction = MakeDirection(Sends(t.direction), false);
  }
  if (!receive || receives) return !receive && receives;
  PCD_RETURN_IF_ERROR(Add(kind, {.direction = Direction::kRecvOnly}, {}).status());
  return true;
}

}  // namespace pcd::jsep

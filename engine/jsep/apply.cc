#include "engine/jsep/apply.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/jsep/bundles.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/receive_parameters.h"
#include "engine/jsep/remote_tracks.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/send_encodings.h"
#include "engine/jsep/send_parameters.h"
#include "engine/jsep/transport_actions.h"

namespace pcd::jsep {
namespace {

// Our mids are numbers counted up. Numbers that the remote chose are stepped over when a mid
// is made, so only our own move the counter.
void NoteMid(State& state, const std::string& mid) {
  uint32_t number = 0;
  const char* end = mid.data() + mid.size();
  const auto parsed = std::from_chars(mid.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end && number < UINT32_MAX) {
    state.next_mid = std::max(state.next_mid, number + 1);
  }
}

StoredDescription Store(const State& state, const CreatedDescription& created, SdpType type) {
  StoredDescription stored{.type = type,
                           .parsed = created.description,
                           .generated_mids = created.generated_mids,
                           .transports = created.transports};
  // Candidates that were gathered since it was created belong to it as well.
  AddGathered(state, stored.transports, stored.parsed);
  if (stored.parsed == created.description) {
    stored.shown = std::make_shared<const SessionDescription>(
        SessionDescription{.type = type, .sdp = created.text});
  }
  return stored;
}

bool SendsTelephoneEvents(const SendParameters& sender) {
  return sender.sending &&
         std::any_of(sender.codecs.begin(), sender.codecs.end(),
                     [](const Codec& codec) { return codec.NameIs("telephone-event"); });
}

Transceiver MakeRemoteTransceiver(const sdp::MediaSection& section, MediaKind kind,
                                  const State& state, RandomSource& random) {
  Transceiver transceiver;
  transceiver.kind = kind;
  transceiver.direction = Direction::kRecvOnly;
  transceiver.created_by_remote = true;
  transceiver.send_encodings = DefaultEncodings(kind);
  transceiver.id = "transceiver-" + random.IdString(12);
  transceiver.sender_id = "sender-" + random.IdString(12);
  transceiver.receiver_id = "receiver-" + random.IdString(12);
  transceiver.sender_track_id = "track-" + random.IdString(12);
  transceiver.track_id = UsableTrackId(section, state);
  if (transceiver.track_id.empty()) transceiver.track_id = "track-" + random.IdString(12);
  state.DrawSsrcs(random, transceiver);
  return transceiver;
}

// RFC 9429 section 5.10: only what addTrack made is reused, and only for a section that may
// receive what it sends.
Transceiver* FindReusable(State& state, MediaKind kind, Direction offered) {
  if (!Receives(offered)) return nullptr;
  for (Transceiver& t : state.transceivers) {
    if (t.created_by_add_track && !t.mid && !t.stopping && t.kind == kind) return &t;
  }
  return nullptr;
}

Transceiver* Associate(State& state, const sdp::Description& offer, size_t index,
                       RandomSource& random, ApplyResult& result) {
  const sdp::MediaSection& section = offer.media[index];
  Transceiver* transceiver = state.AtSection(index);
  if (transceiver == nullptr && !section.IsRejected()) {
    const MediaKind kind = *KindOf(section);
    transceiver = FindReusable(state, kind, EffectiveDirection(offer, index));
    if (transceiver == nullptr) {
      state.transceivers.push_back(MakeRemoteTransceiver(section, kind, state, random));
      transceiver = &state.transceivers.back();
      result.created_transceivers.push_back(transceiver->id);
    }
  }
  if (transceiver != nullptr) {
    transceiver->mid = section.mid;
    transceiver->mline_index = index;
    if (!section.IsRejected()) TakeProposal(section, *transceiver);
  }
  return transceiver;
}

// A transceiver whose section was refused has ended (W3C "stop the RTCRtpTransceiver"). The track
// of one that is stopping has ended before.
void Stop(Transceiver& transceiver, ApplyResult& result) {
  if (transceiver.stopped) return;
  ProcessRemoteTrack(transceiver, Direction::kInactive, {}, result);
  if (!transceiver.stopping) result.ended_tracks.push_back(transceiver.track_id);
  transceiver.stopping = true;
  transceiver.stopped = true;
  transceiver.direction = Direction::kStopped;
  transceiver.current_direction = Direction::kStopped;
  result.stopped_transceivers.push_back(transceiver.id);
}

void SettleTransceivers(State& state, const Exchange& exchange, bool final, ApplyResult& result) {
  for (size_t i = 0; i < exchange.size(); ++i) {
    Transceiver* transceiver = state.AtSection(i);
    if (transceiver == nullptr) continue;
    if (!exchange.IsLive(i)) {
      if (final || !exchange.local_is_answer) Stop(*transceiver, result);
      continue;
    }
    if (transceiver->stopped) continue;
    const Direction direction = AgreedDirection(exchange, i);
    transceiver->current_direction = direction;
    transceiver->has_sent = transceiver->has_sent || Sends(direction);
    // While nothing is sent nothing is said about layers.
    if (Sends(direction)) {
      KeepAnswered(exchange.local_is_answer ? SentRids(exchange.local.media[i])
                                            : ReceivedRids(exchange.remote.media[i]),
                   *transceiver);
    }
    // A local answer can only take a track away; what it adds was told with the offer.
    const bool told = transceiver->fired_direction && Receives(*transceiver->fired_direction);
    if (!exchange.local_is_answer) {
      ProcessRemoteTrack(*transceiver, direction, StreamIds(exchange.remote.media[i]), result);
    } else if (told && !Receives(direction)) {
      ProcessRemoteTrack(*transceiver, direction, {}, result);
    } else {
      transceiver->fired_direction = direction;
    }
  }
  if (!final) return;
  std::erase_if(state.transceivers, [&](const Transceiver& t) {
    return t.stopped && t.mline_index && !exchange.IsLive(*t.mline_index);
  });
}

// What the remote's answer says of each section as a whole.
NegotiationRecord BeginRecord(const State& state, const Exchange& exchange) {
  NegotiationRecord record;
  for (size_t i = 0; i < exchange.size(); ++i) {
    const sdp::MediaSection& ours = exchange.local.media[i];
    const sdp::MediaSection& theirs = exchange.remote.media[i];
    const Transceiver* transceiver = state.AtSection(i);
    const bool bundled = BundleGroupOf(exchange.remote, theirs.mid) != nullptr;
    const char* rule = ours.IsRejected()     ? "rejected-in-offer"
                       : theirs.IsRejected() ? "rejected-in-answer"
                       : bundled             ? "accepted"
                                             : "accepted-unbundled";
    record.push_back({.mid = ours.mid,
                      .kind = KindOf(ours),
                      .transceiver_id = transceiver == nullptr ? std::string() : transceiver->id,
                      .sdp_line = theirs.line.number,
                      .section = {.subject = ours.media,
                                  .kept = exchange.IsLive(i),
                                  .rule = rule,
                                  .reference = "RFC 9429, 5.11"}});
  }
  return record;
}

void ApplyAnswer(State& state, const Options& options, bool local_is_answer, bool final,
                 ApplyResult& result) {
  state.carried = local_is_answer ? state.pending_local->transports
                                  : TransportsByAnswer(state.pending_local->parsed,
                                                       state.pending_local->transports,
                                                       state.pending_remote->parsed);
  const Exchange exchange{.local = state.pending_local->parsed,
                          .remote = state.pending_remote->parsed,
                          .local_is_answer = local_is_answer,
                          .transports = state.carried};
  NegotiationRecord record;
  if (!local_is_answer) record = BeginRecord(state, exchange);
  SettleTransceivers(state, exchange, final, result);
  UpdateTransports(state, exchange, options.limits, result);
  if (final) CloseUnusedTransports(state, result);
  result.receivers =
      MakeReceivers(exchange, options.limits.max_ssrcs, local_is_answer ? nullptr : &record);
  // That of an answer of ours was written down when it was made.
  if (!local_is_answer) state.record = std::make_shared<const NegotiationRecord>(std::move(record));
  result.senders = MakeSenders(exchange, state);
  for (const SendParameters& sender : *result.senders) {
    Transceiver* transceiver = state.Find(sender.transceiver_id);
    if (transceiver != nullptr) transceiver->sends_telephone_events = SendsTelephoneEvents(sender);
  }
  const auto data = MakeData(exchange);
  result.data_changed = data != state.data;
  state.data = data;
  state.data_wanted = state.data_wanted || data.has_value();
  if (!final) return;
  state.current_local = std::exchange(state.pending_local, std::nullopt);
  state.current_remote = std::exchange(state.pending_remote, std::nullopt);
  state.current_local.Edit().transports = state.carried;
  state.stable_transceivers.clear();
  state.stable_transports.clear();
}

}  // namespace

void ApplyLocalOffer(State& state, const CreatedDescription& offer, ApplyResult& result) {
  for (size_t i = 0; i < offer.plan.size(); ++i) {
    const sdp::MediaSection& section = offer.description.media[i];
    NoteMid(state, section.mid);
    Transceiver* transceiver = state.Find(offer.plan[i].transceiver_id);
    if (transceiver == nullptr) continue;
    transceiver->mid = section.mid;
    transceiver->mline_index = i;
  }
  StartLocalTransports(state, offer, result);
  state.pending_local = Store(state, offer, SdpType::kOffer);
}

void ApplyRemoteOffer(State& state, StoredDescription offer, RandomSource& random,
                      ApplyResult& result) {
  for (size_t i = 0; i < offer.parsed.media.size(); ++i) {
    const sdp::MediaSection& section = offer.parsed.media[i];
    if (!KindOf(section)) continue;
    Transceiver* transceiver = Associate(state, offer.parsed, i, random, result);
    if (transceiver == nullptr) continue;
    const Direction direction =
        section.IsRejected() ? Direction::kInactive : Reverse(EffectiveDirection(offer.parsed, i));
    ProcessRemoteTrack(*transceiver, direction, StreamIds(section), result);
    if (section.IsRejected()) Stop(*transceiver, result);
  }
  state.pending_remote = std::move(offer);
}

void ApplyLocalAnswer(State& state, const Options& options, const CreatedDescription& answer,
                      SdpType type, ApplyResult& result) {
  StartLocalTransports(state, answer, result);
  for (const Bundle& bundle : BundlesOf(answer.description, answer.transports)) {
    TransportState& transport = state.TransportAt(bundle.transport);
    if (!LosesTag(transport, answer.description, bundle.sections)) continue;
    if (transport.local_ice->lite) continue;
    transport.local_candidates.clear();
    transport.local_complete = false;
  }
  state.pending_local = Store(state, answer, type);
  state.record = answer.record;
  ApplyAnswer(state, options, true, type == SdpType::kAnswer, result);
}

void ApplyRemoteAnswer(State& state, const Options& options, StoredDescription answer,
                       ApplyResult& result) {
  const bool final = answer.type == SdpType::kAnswer;
  state.pending_remote = std::move(answer);
  ApplyAnswer(state, options, false, final, result);
}

namespace {

void RollTransceiverBack(Transceiver& transceiver, const Transceiver& before, ApplyResult& result) {
  // Nothing starts again what has been stopped.
  if (transceiver.stopped) return;
  const auto fired = before.fired_direction.value_or(Direction::kInactive);
  ProcessRemoteTrack(transceiver, fired, before.remote_stream_ids, result);
  transceiver.fired_direction = before.fired_direction;
  transceiver.mid = before.mid;
  transceiver.mline_index = before.mline_index;
  transceiver.current_direction = before.current_direction;
  RollEncodingsBack(before, transceiver);
}

// Made since: by the offer that is rolled back, or by a call. False: it goes.
bool KeepsAfterRollback(Transceiver& transceiver, ApplyResult& result) {
  ProcessRemoteTrack(transceiver, Direction::kInactive, {}, result);
  if (transceiver.created_by_remote && !transceiver.reused_by_add_track) {
    result.removed_transceivers.push_back(transceiver.id);
    if (!transceiver.stopping) result.ended_tracks.push_back(transceiver.track_id);
    return false;
  }
  if (transceiver.created_by_remote) {
    transceiver.created_by_remote = false;
    transceiver.created_by_add_track = true;
  }
  transceiver.mid.reset();
  transceiver.mline_index.reset();
  transceiver.fired_direction.reset();
  return true;
}

}  // namespace

void ApplyRollback(State& state, ApplyResult& result) {
  std::erase_if(state.transceivers, [&](Transceiver& transceiver) {
    const auto before =
        std::find_if(state.stable_transceivers.begin(), state.stable_transceivers.end(),
                     [&](const Transceiver& t) { return t.id == transceiver.id; });
    const bool known = before != state.stable_transceivers.end();
    if (known) RollTransceiverBack(transceiver, *before, result);
    if (!known && !KeepsAfterRollback(transceiver, result)) return true;
    // Stopped, and now nobody else knows of it.
    if (!transceiver.stopping || transceiver.mid) return false;
    result.stopped_transceivers.push_back(transceiver.id);
    return true;
  });
  state.stable_transceivers.clear();
  RollTransportsBack(state, result);
  state.pending_local.reset();
  state.pending_remote.reset();
}

}  // namespace pcd::jsep

// Calls that must be refused, each with its error, and change nothing.
#include <string>

#include "engine/base/status.h"
#include "engine/jsep/negotiation_player.h"

namespace pcd::jsep {
namespace {

constexpr char kInvalidState[] = "InvalidStateError";
constexpr char kInvalidAccess[] = "InvalidAccessError";
constexpr char kTypeError[] = "TypeError";

// The same description without its last section.
std::string WithoutLastSection(const std::string& sdp) {
  const size_t at = sdp.rfind("\r\nm=");
  return at == std::string::npos ? std::string() : sdp.substr(0, at + 2);
}

bool HasSections(const std::optional<SessionDescription>& description) {
  return description && description->sdp.find("\r\nm=") != std::string::npos;
}

}  // namespace

void NegotiationPlayer::ExpectRefused(const char* call, const absl::Status& status,
                                      ErrorReason reason, const char* dom_exception) {
  Check(!status.ok() && GetErrorReason(status) == reason &&
            GetErrorDetail(status).dom_exception == dom_exception,
        std::string(call) + " should fail with " + std::string(ErrorReasonName(reason)) + " (" +
            dom_exception + "): " + status.ToString());
}

void NegotiationPlayer::IllegalCalls(size_t end) {
  NegotiationEnd& at = *ends_[end];
  Note(end == 0 ? "illegal calls of the first" : "illegal calls of the second");
  const NegotiationSnapshot before = at.Snapshot();
  IllegalDescriptions(end, at);
  IllegalTransceiverCalls(at);
  Check(at.Snapshot() == before, "a refused call has changed something");
}

void NegotiationPlayer::IllegalDescriptions(size_t end, NegotiationEnd& at) {
  for (SdpType type : {SdpType::kAnswer, SdpType::kPranswer, SdpType::kRollback}) {
    const std::string name(ToString(type));
    ExpectRefused(("remote " + name).c_str(), at.SetRemote({.type = type, .sdp = "x"}),
                  ErrorReason::INVALID_STATE, kInvalidState);
    ExpectRefused(("local " + name).c_str(), at.SetLocal({.type = type}),
                  ErrorReason::INVALID_STATE, kInvalidState);
  }
  ExpectRefused("CreateAnswer", at.CreateAnswer().status(), ErrorReason::INVALID_STATE,
                kInvalidState);
  ExpectRefused("an offer that is no SDP", at.SetRemote({.type = SdpType::kOffer, .sdp = "v=1"}),
                ErrorReason::INVALID_SDP, "RTCError");
  ExpectRefused("an offer that was not made here",
                at.SetLocal({.type = SdpType::kOffer, .sdp = "v=0\r\n"}), ErrorReason::SDP_MODIFIED,
                "InvalidModificationError");
  const NegotiationSnapshot theirs = ends_[1 - end]->Snapshot();
  if (!HasSections(theirs.current_local)) return;
  ExpectRefused(
      "an offer with a section less",
      at.SetRemote({.type = SdpType::kOffer, .sdp = WithoutLastSection(theirs.current_local->sdp)}),
      ErrorReason::SDP_SEMANTICS, kInvalidAccess);
  ExpectRefused(
      "a candidate for no section",
      at.AddCandidate({.candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host", .sdp_mid = "none"}),
      ErrorReason::INVALID_CANDIDATE, "OperationError");
}

void NegotiationPlayer::IllegalTransceiverCalls(NegotiationEnd& at) {
  const NegotiationSnapshot now = at.Snapshot();
  // W3C has no ids: there the object is the argument.
  ExpectRefused("Stop of none", at.Stop("none"), ErrorReason::TRANSCEIVER_NOT_FOUND, "");
  ExpectRefused("SetDirection of none", at.SetDirection("none", Direction::kInactive),
                ErrorReason::TRANSCEIVER_NOT_FOUND, "");
  ExpectRefused("SetCodecPreferences of none", at.SetCodecPreferences("none", {}),
                ErrorReason::TRANSCEIVER_NOT_FOUND, "");
  ExpectRefused("RemoveTrack of none", at.RemoveTrack("none"), ErrorReason::SENDER_NOT_FOUND,
                kInvalidAccess);
  for (const Transceiver& t : now.transceivers) {
    const MediaKind other = t.kind == MediaKind::kAudio ? MediaKind::kVideo : MediaKind::kAudio;
    if (!t.local_track_id.empty()) {
      ExpectRefused("AddTrack of a track that is sent",
                    at.AddTrack(t.kind, t.local_track_id).status(), ErrorReason::TRACK_IN_USE,
                    kInvalidAccess);
      ExpectRefused("ReplaceTrack of none", at.ReplaceTrack("none", t.kind, t.local_track_id),
                    ErrorReason::SENDER_NOT_FOUND, kInvalidAccess);
    }
    if (t.stopping) continue;
    ExpectRefused("SetDirection to stopped", at.SetDirection(t.id, Direction::kStopped),
                  ErrorReason::INVALID_ARGUMENT, kTypeError);
    ExpectRefused("SetCodecPreferences of nothing known",
                  at.SetCodecPreferences(t.id, {{.name = "none", .clock_rate = 90000}}),
                  ErrorReason::INVALID_CODEC, "InvalidModificationError");
    for (const Transceiver& sending : now.transceivers) {
      if (sending.kind != other || sending.local_track_id.empty()) continue;
      ExpectRefused("ReplaceTrack by the other kind",
                    at.ReplaceTrack(t.sender_id, other, sending.local_track_id),
                    ErrorReason::TRACK_KIND_MISMATCH, kTypeError);
    }
  }
}

void NegotiationPlayer::IllegalWhileOffered(size_t offerer) {
  Note("illegal calls while offered");
  NegotiationEnd& ours = *ends_[offerer];
  NegotiationEnd& theirs = *ends_[1 - offerer];
  const NegotiationSnapshot before[2] = {ours.Snapshot(), theirs.Snapshot()};
  const auto wrong_state = [this](const char* call, const absl::Status& status) {
    ExpectRefused(call, status, ErrorReason::INVALID_STATE, kInvalidState);
  };
  wrong_state("CreateAnswer of the offerer", ours.CreateAnswer().status());
  wrong_state("a local answer to an offer of ours", ours.SetLocal({.type = SdpType::kAnswer}));
  wrong_state("CreateOffer of the answerer", theirs.CreateOffer().status());
  wrong_state("a local offer of the answerer", theirs.SetLocal({.type = SdpType::kOffer}));
  wrong_state("a remote answer to no offer of ours",
              theirs.SetRemote({.type = SdpType::kAnswer, .sdp = "x"}));
  ExpectRefused("an answer that is no SDP", ours.SetRemote({.type = SdpType::kAnswer, .sdp = "x"}),
                ErrorReason::INVALID_SDP, "RTCError");
  const std::string& offer = before[0].pending_local->sdp;
  if (!WithoutLastSection(offer).empty()) {
    ExpectRefused("an answer with a section less",
                  ours.SetRemote({.type = SdpType::kAnswer, .sdp = WithoutLastSection(offer)}),
                  ErrorReason::SDP_SEMANTICS, kInvalidAccess);
  }
  Check(ours.Snapshot() == before[0] && theirs.Snapshot() == before[1],
        "a refused call has changed something while offered");
}

}  // namespace pcd::jsep

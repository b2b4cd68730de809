#include "engine/jsep/validation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/base/status.h"
#include "engine/dtls/fingerprint.h"
#include "engine/jsep/bundles.h"
#include "engine/jsep/codec_negotiation.h"
#include "engine/jsep/section_view.h"

namespace pcd::jsep {
namespace {

absl::Status WithLine(ErrorReason reason, int line, const char* rule, const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason,
                   line > 0 ? "SDP line " + std::to_string(line) + ": " + message : message,
                   {.sdp_line = line, .rule = rule});
}

absl::Status ValidateMids(const sdp::Description& description) {
  std::set<std::string> mids;
  for (const sdp::MediaSection& section : description.media) {
    if (!section.mid.empty() && !mids.insert(section.mid).second) {
      return BadSemantics(section.line.number, "RFC 5888, 4", "two sections have the same mid");
    }
  }
  std::set<std::string> bundled;
  for (const sdp::Group& group : description.groups) {
    if (group.semantics != "BUNDLE") continue;
    for (const std::string& mid : group.mids) {
      if (!mids.contains(mid)) {
        return BadSemantics(group.line.number, "RFC 5888, 5",
                            "the BUNDLE group names a mid that no section has");
      }
      if (!bundled.insert(mid).second) {
        return BadSemantics(group.line.number, "RFC 9143, 5", "a mid is bundled twice");
      }
    }
  }
  return absl::OkStatus();
}

// RFC 8285 section 5. Across a BUNDLE group RFC 9143 section 10.1.2 forbids it as well, but aiortc
// numbers each section on its own: AnswerExtensions() leaves out what comes later.
absl::Status ValidateExtensionIds(const sdp::Description& description) {
  for (const sdp::MediaSection& section : description.media) {
    std::map<uint16_t, std::string> ids;
    for (const sdp::ExtMap& extmap : section.extmaps) {
      const auto [at, is_new] = ids.emplace(extmap.extension.id, extmap.extension.uri);
      if (!is_new && at->second != extmap.extension.uri) {
        return BadSemantics(extmap.line.number, "RFC 8285, 5",
                            "the header extension id has two meanings");
      }
    }
  }
  return absl::OkStatus();
}

// RFC 8827 section 6.5: SDES keys and plain RTP are never taken, DTLS-SRTP alone is.
absl::Status WithoutDtls(const sdp::MediaSection& section) {
  const int line = section.line.number;
  if (HasAttribute(section, "crypto")) {
    return UnsupportedSdp(line, "RFC 8827, 6.5", "keys by a=crypto (SDES) are refused");
  }
  if (section.IsRtp() && section.proto.find("TLS") == std::string::npos) {
    return UnsupportedSdp(
        line, "RFC 8827, 6.5",
        section.proto + " without a=fingerprint is refused; only DTLS-SRTP is possible");
  }
  return BadSemantics(line, "RFC 9429, 5.8.3", "a=fingerprint is missing");
}

absl::Status ValidateTransport(const sdp::Description& description, size_t index) {
  const int line = description.media[index].line.number;
  const std::vector<Fingerprint> fingerprints = EffectiveFingerprints(description, index);
  if (fingerprints.empty()) return WithoutDtls(description.media[index]);
  const IceParameters ice = EffectiveIce(description, index);
  if (ice.ufrag.empty() || ice.pwd.empty()) {
    return BadSemantics(line, "RFC 9429, 5.8.3", "a=ice-ufrag or a=ice-pwd is missing");
  }
  // RFC 8122 section 5 forbids the weak ones; without any other there is nothing to verify by.
  if (std::none_of(fingerprints.begin(), fingerprints.end(), [](const Fingerprint& fingerprint) {
        return dtls::IsSupportedHash(fingerprint.algorithm);
      })) {
    return BadSemantics(line, "RFC 8122, 5",
                        "no a=fingerprint has a supported hash (sha-1 and SHA-2)");
  }
  return absl::OkStatus();
}

absl::Status ValidateAnswerSection(const sdp::Description& offer, const sdp::Description& answer,
                                   size_t index) {
  const sdp::MediaSection& ours = offer.media[index];
  const sdp::MediaSection& theirs = answer.media[index];
  const int line = theirs.line.number;
  if (theirs.media != ours.media) {
    return BadSemantics(line, "RFC 3264, 6", "the answer has another kind of media than the offer");
  }
  if (!theirs.mid.empty() && theirs.mid != ours.mid) {
    return BadSemantics(line, "RFC 9429, 5.3.1", "the answer has another mid than the offer");
  }
  if (theirs.IsRejected()) return absl::OkStatus();
  if (ours.IsRejected())
    return BadSemantics(line, "RFC 3264, 6", "the answer accepts a section that was rejected");
  if (!KindOf(ours)) {
    return IsData(theirs)
               ? absl::OkStatus()
               : BadSemantics(line, "RFC 3264, 6", "the answer changes the data channel protocol");
  }
  if (!IsSupported(theirs))
    return BadSemantics(line, "RFC 3264, 6", "the answer changes the protocol");
  if (!EffectiveRtcpMux(answer, index))
    return UnsupportedSdp(line, "RFC 9429, 4.1.1", "a=rtcp-mux is missing");
  if (AgreedCodecs(ours.codecs, theirs).empty()) {
    return BadSemantics(line, "RFC 3264, 6.1", "the answer accepts no codec of the offer");
  }
  return absl::OkStatus();
}

// RFC 8839 section 4.4.3: only an offer begins a restart, and a pranswer settles its credentials.
absl::Status ValidateAnswerIce(const sdp::Description& answer, const Bundle& bundle,
                               const State& state) {
  const TransportState* transport = state.FindTransport(bundle.transport);
  if (transport == nullptr || !transport->remote_ice) return absl::OkStatus();
  const size_t leading = bundle.sections.front();
  const IceParameters now = EffectiveIce(answer, leading);
  const IceParameters& known = *transport->remote_ice;
  if (now.ufrag == known.ufrag && now.pwd == known.pwd) return absl::OkStatus();
  const TransportState* before = state.StableTransport(bundle.transport);
  const bool restarting = before != nullptr && before->local_ice && transport->local_ice &&
                          before->local_ice->ufrag != transport->local_ice->ufrag;
  const int line = answer.media[leading].line.number;
  if (!restarting) {
    return BadSemantics(line, "RFC 8839, 4.4.3",
                        "the answer restarts ICE, which the offer did not");
  }
  if (state.signaling == SignalingState::kHaveRemotePranswer) {
    return UnsupportedSdp(line, "RFC 8839, 4.4.3",
                          "the answer has other ICE credentials than the pranswer");
  }
  return absl::OkStatus();
}

// RFC 9143 section 7.3: what is bundled was offered so, all of it in one group, and all that stays
// of that group in one as well.
absl::Status ValidateAnswerGroups(const sdp::Description& offer, const sdp::Description& answer) {
  std::set<const sdp::Group*> answered;
  for (const sdp::Group& group : answer.groups) {
    if (group.semantics != "BUNDLE") continue;
    std::set<const sdp::Group*> offered;
    for (const std::string& mid : group.mids) {
      const auto index = FindSection(answer, mid);
      if (!index || answer.media[*index].IsRejected()) continue;
      offered.insert(BundleGroupOf(offer, offer.media[*index].mid));
    }
    if (offered.contains(nullptr) || offered.size() > 1) {
      return BadSemantics(group.line.number, "RFC 9143, 7.3",
                          "the answer bundles what the offer did not");
    }
    if (!offered.empty() && !answered.insert(*offered.begin()).second) {
      return BadSemantics(group.line.number, "RFC 9143, 7.3",
                          "the answer divides a BUNDLE group of the offer");
    }
  }
  return absl::OkStatus();
}

// What was offered on one transport cannot be accepted on two.
absl::Status ValidateUnbundled(const sdp::Description& answer, const SectionTransports& carried) {
  std::map<size_t, size_t> first;  // Section by transport.
  for (size_t i = 0; i < answer.media.size(); ++i) {
    if (!carried[i]) continue;
    const auto [at, is_new] = first.emplace(*carried[i], i);
    const sdp::Group* group = BundleGroupOf(answer, answer.media[i].mid);
    if (is_new) continue;
    if (group == nullptr || group != BundleGroupOf(answer, answer.media[at->second].mid)) {
      return UnsupportedSdp(answer.media[i].line.number, "RFC 9143, 7.3.2",
                            "the answer accepts sections without bundling them");
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateAnswerTransports(const sdp::Description& answer, const State& state) {
  const sdp::Description& offer = state.pending_local->parsed;
  const SectionTransports carried =
      TransportsByAnswer(offer, state.pending_local->transports, answer);
  PCD_RETURN_IF_ERROR(ValidateUnbundled(answer, carried));
  PCD_RETURN_IF_ERROR(ValidateAnswerGroups(offer, answer));
  for (const Bundle& bundle : BundlesOf(answer, carried)) {
    const size_t leading = bundle.sections.front();
    const auto setup = EffectiveSetup(answer, leading);
    if (!setup || *setup == DtlsSetup::kActpass) {
      return BadSemantics(answer.media[leading].line.number, "RFC 8842, 5.3",
                          "the answer's a=setup is neither active nor passive");
    }
    PCD_RETURN_IF_ERROR(ValidateAnswerIce(answer, bundle, state));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BadSemantics(int line, const char* rule, const std::string& message) {
  return WithLine(ErrorReason::SDP_SEMANTICS, line, rule, message);
}

absl::Status UnsupportedSdp(int line, const char* rule, const std::string& message) {
  return WithLine(ErrorReason::UNSUPPORTED_SDP, line, rule, message);
}

absl::Status ValidateRemote(const sdp::Description& description) {
  PCD_RETURN_IF_ERROR(ValidateMids(description));
  PCD_RETURN_IF_ERROR(ValidateExtensionIds(description));
  for (size_t i = 0; i < description.media.size(); ++i) {
    const sdp::MediaSection& section = description.media[i];
    if (section.IsRejected()) continue;
    if (KindOf(section) && section.IsRtp() && section.codecs.empty()) {
      return BadSemantics(section.line.number, "RFC 8866, 5.14",
                          "the section lists no payload type");
    }
    if (IsSupported(section)) PCD_RETURN_IF_ERROR(ValidateTransport(description, i));
  }
  return absl::OkStatus();
}

namespace {

absl::Status ValidateSectionOrder(const sdp::Description& offer, const State& state) {
  const StoredDescription* before = state.remote();
  if (before == nullptr) return absl::OkStatus();
  const auto& sections = before->parsed.media;
  if (offer.media.size() < sections.size()) {
    const int line = offer.media.empty() ? 0 : offer.media.back().line.number;
    return BadSemantics(line, "RFC 3264, 8", "the offer has fewer sections than were negotiated");
  }
  for (size_t i = 0; i < sections.size(); ++i) {
    const sdp::MediaSection& now = offer.media[i];
    if (state.IsRecyclable(i)) continue;
    if (now.media != sections[i].media) {
      return BadSemantics(now.line.number, "RFC 3264, 8",
                          "the section had another kind of media before");
    }
    if (!now.mid.empty() && now.mid != sections[i].mid) {
      return BadSemantics(now.line.number, "RFC 9429, 5.2.2", "the section had another mid before");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateRemoteOffer(const sdp::Description& offer, const State& state) {
  return ValidateSectionOrder(offer, state);
}

absl::Status ValidateRemoteAnswer(const sdp::Description& answer, const State& state) {
  const sdp::Description& offer = state.pending_local->parsed;
  if (answer.media.size() != offer.media.size()) {
    const int line = answer.media.empty() ? 0 : answer.media.back().line.number;
    return BadSemantics(line, "RFC 3264, 6",
                        "the answer has " + std::to_string(answer.media.size()) +
                            " sections, the offer has " + std::to_string(offer.media.size()));
  }
  for (size_t i = 0; i < answer.media.size(); ++i) {
    PCD_RETURN_IF_ERROR(ValidateAnswerSection(offer, answer, i));
  }
  return ValidateAnswerTransports(answer, state);
}

}  // namespace pcd::jsep

#include "engine/jsep/codec_negotiation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/model/codec_match.h"

namespace pcd::jsep {
namespace {

constexpr char kRtx[] = "rtx";
constexpr char kApt[] = "apt";

Codec FromCapability(const CodecCapability& capability) {
  return {.name = capability.name,
          .clock_rate = capability.clock_rate,
          .channels = capability.channels,
          .fmtp = capability.fmtp,
          .rtcp_feedback = capability.feedback};
}

bool Fits(const CodecCapability& capability, const Codec& offered) {
  // Most are of another name: no copy for them.
  if (!offered.NameIs(capability.name.c_str()) || offered.clock_rate != capability.clock_rate) {
    return false;
  }
  Codec ours = FromCapability(capability);
  for (const std::string& key : capability.echoed) {
    // Without a value of ours any is right.
    const std::string* value = offered.FindFmtp(key.c_str());
    if (value != nullptr && ours.FindFmtp(key.c_str()) == nullptr) {
      ours.fmtp.emplace_back(key, *value);
    }
  }
  return SameCodec(ours, offered);
}

const CodecCapability* FindCapability(const Capabilities& capabilities, MediaKind kind,
                                      const Codec& offered) {
  for (const CodecCapability& capability : capabilities.codecs) {
    if (capability.kind == kind && Fits(capability, offered)) return &capability;
  }
  return nullptr;
}

Codec MakeRtx(uint8_t payload_type, const Codec& primary) {
  return {.payload_type = payload_type,
          .name = kRtx,
          .clock_rate = primary.clock_rate,
          .fmtp = {{kApt, std::to_string(primary.payload_type)}}};
}

// Of our feedback values those that the other side lists too.
std::vector<std::string> CommonFeedback(const std::vector<std::string>& ours,
                                        const sdp::MediaSection& section, const Codec& theirs) {
  std::vector<std::string> both;
  for (const std::string& value : ours) {
    if (sdp::HasFeedback(section, theirs, value)) both.push_back(value);
  }
  return both;
}

// Nothing in `codecs` could carry media on its own.
bool OnlyAuxiliary(const std::vector<Codec>& codecs) {
  return std::all_of(codecs.begin(), codecs.end(), IsAuxiliary);
}

constexpr char kOfferAnswer[] = "RFC 3264, 6.1";
constexpr char kJsepAnswer[] = "RFC 9429, 5.3.1";
constexpr char kRtxReference[] = "RFC 4588, 8.6";
constexpr char kPreferences[] = "W3C WebRTC 1.0, setCodecPreferences";

// "VP8/90000 96".
std::string SubjectOf(const Codec& codec) {
  std::string subject = codec.name + "/" + std::to_string(codec.clock_rate);
  if (codec.channels > 1) subject += "/" + std::to_string(codec.channels);
  return subject + " " + std::to_string(codec.payload_type);
}

// Why an offered codec that is no retransmission format has no answer.
void DropOffered(const Capabilities& capabilities, MediaKind kind, const Codec& codec,
                 const Decisions& decisions) {
  const auto named = [&](const CodecCapability& known) {
    return known.kind == kind && codec.NameIs(known.name.c_str());
  };
  if (FindCapability(capabilities, kind, codec) != nullptr) {
    decisions.Drop(SubjectOf(codec), "not-in-preferences", kPreferences);
  } else if (std::any_of(capabilities.codecs.begin(), capabilities.codecs.end(), named)) {
    decisions.Drop(SubjectOf(codec), "parameters-mismatch", kJsepAnswer);
  } else {
    decisions.Drop(SubjectOf(codec), "not-supported", kJsepAnswer);
  }
}

// Why an offered retransmission format has no answer. `repeated`: what it repeats, if that is kept.
void DropRepair(const Capabilities& capabilities, MediaKind kind, const Codec& codec,
                const Codec* repeated, const Decisions& decisions) {
  if (repeated == nullptr) {
    decisions.Drop(SubjectOf(codec), "repeats-no-kept-codec", kRtxReference);
    return;
  }
  const CodecCapability* known = FindCapability(capabilities, kind, *repeated);
  if (known != nullptr && known->rtx) {
    decisions.Drop(SubjectOf(codec), "not-in-preferences", kPreferences);
  } else {
    decisions.Drop(SubjectOf(codec), "not-supported", kJsepAnswer);
  }
}

// Our parameters for an answer to `offered`.
std::vector<std::pair<std::string, std::string>> AnswerParameters(const CodecCapability& capability,
                                                                  const Codec& offered) {
  auto parameters = capability.fmtp;
  for (const std::string& key : capability.echoed) {
    std::erase_if(parameters, [&key](const auto& own) { return own.first == key; });
    const std::string* value = offered.FindFmtp(key.c_str());
    if (value != nullptr) parameters.emplace_back(key, *value);
  }
  return parameters;
}

bool HasPayloadType(const std::vector<Codec>& codecs, uint8_t payload_type) {
  return std::any_of(codecs.begin(), codecs.end(),
                     [&](const Codec& codec) { return codec.payload_type == payload_type; });
}

}  // namespace

std::vector<Codec> AnswerCodecs(const Capabilities& capabilities, const Capabilities& preferred,
                                MediaKind kind, const sdp::MediaSection& offered,
                                const Decisions& decisions) {
  std::vector<Codec> accepted;
  std::array<bool, 128> retransmittable{};
  for (const Codec& codec : offered.codecs) {
    const CodecCapability* capability = FindCapability(preferred, kind, codec);
    if (capability == nullptr) continue;
    Codec ours = FromCapability(*capability);
    ours.payload_type = codec.payload_type;
    ours.name = codec.name;
    ours.channels = codec.channels;
    ours.fmtp = AnswerParameters(*capability, codec);
    ours.rtcp_feedback = CommonFeedback(capability->feedback, offered, codec);
    retransmittable[codec.payload_type] = capability->rtx;
    accepted.push_back(std::move(ours));
  }
  std::vector<Codec> result;
  for (const Codec& codec : offered.codecs) {
    const auto own = std::find_if(accepted.begin(), accepted.end(), [&](const Codec& c) {
      return c.payload_type == codec.payload_type;
    });
    if (own != accepted.end()) {
      result.push_back(*own);
      decisions.Keep(SubjectOf(codec), "supported", kJsepAnswer);
      continue;
    }
    // A retransmission format lives and dies with the codec it repeats.
    const auto apt = AptOf(codec);
    const Codec* primary =
        apt && HasPayloadType(accepted, *apt) ? offered.FindCodec(*apt) : nullptr;
    if (primary != nullptr && retransmittable[*apt]) {
      result.push_back(MakeRtx(codec.payload_type, *primary));
      decisions.Keep(SubjectOf(codec), "repeats-a-kept-codec", kRtxReference);
    } else if (apt) {
      DropRepair(capabilities, kind, codec, primary, decisions);
    } else {
      DropOffered(capabilities, kind, codec, decisions);
    }
  }
  if (!OnlyAuxiliary(result)) return result;
  decisions.DropAll("no-media-codec-beside-it", kOfferAnswer);
  return {};
}

std::vector<Codec> AgreedCodecs(const std::vector<Codec>& offered, const sdp::MediaSection& answer,
                                const Decisions& decisions) {
  std::vector<Codec> agreed;
  for (const Codec& theirs : answer.codecs) {
    const auto fits = [&](const Codec& ours) { return SameCodec(ours, theirs); };
    auto found = std::find_if(offered.begin(), offered.end(), [&](const Codec& ours) {
      return ours.payload_type == theirs.payload_type && fits(ours);
    });
    // An answer may number differently for its own receiving (RFC 3264 section 5.1); what we
    // receive keeps our numbers.
    if (found == offered.end()) found = std::find_if(offered.begin(), offered.end(), fits);
    if (found == offered.end()) {
      decisions.Drop(SubjectOf(theirs), "not-offered", kOfferAnswer);
      continue;
    }
    if (HasPayloadType(agreed, found->payload_type)) {
      decisions.Drop(SubjectOf(theirs), "listed-twice", kOfferAnswer);
      continue;
    }
    decisions.Keep(SubjectOf(*found), "answered", kOfferAnswer);
    Codec codec = *found;
    codec.rtcp_feedback = CommonFeedback(codec.rtcp_feedback, answer, theirs);
    agreed.push_back(std::move(codec));
  }
  for (const Codec& ours : offered) {
    if (!HasPayloadType(agreed, ours.payload_type)) {
      decisions.Drop(SubjectOf(ours), "not-answered", kOfferAnswer);
    }
  }
  if (!OnlyAuxiliary(agreed)) return agreed;
  decisions.DropAll("no-media-codec-beside-it", kOfferAnswer);
  return {};
}

void PayloadTypes::Use(const Codec& codec) {
  if (codec.payload_type < used_.size() && !used_[codec.payload_type]) {
    used_[codec.payload_type] = codec;
  }
}

void PayloadTypes::Avoid(uint8_t payload_type) {
  if (payload_type < avoided_.size()) avoided_[payload_type] = true;
}

bool PayloadTypes::IsFree(uint8_t payload_type, bool even_avoided) const {
  return !used_[payload_type] && (even_avoided || !avoided_[payload_type]);
}

std::optional<uint8_t> PayloadTypes::Assign(const Codec& codec, std::optional<uint8_t> preferred,
                                            const std::vector<Codec>& previous) {
  for (const Codec& known : previous) {
    if (SameCodec(known, codec)) return known.payload_type;
  }
  for (size_t i = 0; i < used_.size(); ++i) {
    if (used_[i] && SameCodec(*used_[i], codec)) return static_cast<uint8_t>(i);
  }
  for (const bool even_avoided : {false, true}) {
    if (preferred && IsFree(*preferred, even_avoided)) return preferred;
    for (uint8_t i = 96; i < 128; ++i) {
      if (IsFree(i, even_avoided)) return i;
    }
    // Below 96 as RFC 5761 section 4 allows it beside RTCP on one port.
    for (uint8_t i = 35; i < 64; ++i) {
      if (IsFree(i, even_avoided)) return i;
    }
  }
  return std::nullopt;
}

std::vector<Codec> PayloadTypes::Offer(const Capabilities& capabilities, MediaKind kind,
                                       const std::vector<Codec>& previous) {
  std::vector<Codec> result;
  const auto add = [&](Codec codec, std::optional<uint8_t> preferred) {
    const auto payload_type = Assign(codec, preferred, previous);
    if (!payload_type) return false;
    codec.payload_type = *payload_type;
    Use(codec);
    result.push_back(std::move(codec));
    return true;
  };
  for (const CodecCapability& capability : capabilities.codecs) {
    if (capability.kind != kind || !capability.offered) continue;
    if (!add(FromCapability(capability), capability.preferred_payload)) continue;
    if (capability.rtx) add(MakeRtx(0, result.back()), std::nullopt);
  }
  return result;
}

}  // namespace pcd::jsep

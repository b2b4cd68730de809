#include "engine/jsep/codec_preferences.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/model/codec_match.h"

namespace pcd::jsep {
namespace {

constexpr char kRtx[] = "rtx";

Codec FromCapability(const CodecCapability& capability) {
  return {.name = capability.name,
          .clock_rate = capability.clock_rate,
          .channels = capability.channels,
          .fmtp = capability.fmtp,
          .rtcp_feedback = capability.feedback};
}

absl::Status Refuse(const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CODEC, message,
                   {.dom_exception = "InvalidModificationError", .field = "codecs"});
}

size_t Rank(const std::vector<Codec>& preferences, const Codec& codec) {
  const auto same = [&](const Codec& p) { return SameCapability(p, codec); };
  // What negotiation wrote may have other parameters than the capability; then it is decided by
  // those that make it another codec.
  const auto alike = [&](const Codec& p) { return SameCodec(p, codec); };
  auto found = std::find_if(preferences.begin(), preferences.end(), same);
  if (found == preferences.end()) {
    found = std::find_if(preferences.begin(), preferences.end(), alike);
  }
  return static_cast<size_t>(found - preferences.begin());
}

}  // namespace

bool SameCapability(const Codec& a, const Codec& b) {
  if (!a.NameIs(b.name.c_str()) || a.clock_rate != b.clock_rate) return false;
  if (std::max<int>(a.channels, 1) != std::max<int>(b.channels, 1)) return false;
  return a.fmtp.size() == b.fmtp.size() &&
         std::is_permutation(a.fmtp.begin(), a.fmtp.end(), b.fmtp.begin());
}

std::vector<Codec> CodecCapabilities(const Capabilities& capabilities, MediaKind kind) {
  std::vector<Codec> codecs;
  const CodecCapability* repaired = nullptr;
  for (const CodecCapability& capability : capabilities.codecs) {
    if (capability.kind != kind) continue;
    codecs.push_back(FromCapability(capability));
    if (capability.rtx && repaired == nullptr) repaired = &capability;
  }
  if (repaired != nullptr) codecs.push_back({.name = kRtx, .clock_rate = repaired->clock_rate});
  return codecs;
}

absl::Status CheckPreferences(const Capabilities& capabilities, MediaKind kind,
                              std::vector<Codec>& preferences) {
  const std::vector<Codec> known = CodecCapabilities(capabilities, kind);
  std::vector<Codec> unique;
  for (Codec& codec : preferences) {
    const auto same = [&](const Codec& other) { return SameCapability(other, codec); };
    if (std::none_of(known.begin(), known.end(), same)) {
      return Refuse("\"" + codec.name.substr(0, 64) + "\" is no capability of this kind");
    }
    if (std::none_of(unique.begin(), unique.end(), same)) unique.push_back(std::move(codec));
  }
  if (!unique.empty() && std::all_of(unique.begin(), unique.end(), IsAuxiliary)) {
    return Refuse("the list has no codec that carries media");
  }
  preferences = std::move(unique);
  return absl::OkStatus();
}

Capabilities PreferredCapabilities(const Capabilities& capabilities, MediaKind kind,
                                   const std::vector<Codec>& preferences) {
  if (preferences.empty()) return capabilities;
  Capabilities result = capabilities;
  std::erase_if(result.codecs, [&](const CodecCapability& c) { return c.kind == kind; });
  const bool rtx = std::any_of(preferences.begin(), preferences.end(),
                               [](const Codec& codec) { return codec.NameIs(kRtx); });
  for (const Codec& preferred : preferences) {
    for (const CodecCapability& capability : capabilities.codecs) {
      if (capability.kind != kind) continue;
      if (!SameCapability(FromCapability(capability), preferred)) continue;
      result.codecs.push_back(capability);
      result.codecs.back().rtx = capability.rtx && rtx;
      result.codecs.back().offered = true;
    }
  }
  return result;
}

void OrderByPreference(const std::vector<Codec>& preferences, std::vector<Codec>& codecs) {
  if (preferences.empty()) return;
  std::vector<Codec> repairs;
  std::vector<Codec> media;
  for (Codec& codec : codecs) (codec.NameIs(kRtx) ? repairs : media).push_back(std::move(codec));
  std::stable_sort(media.begin(), media.end(), [&](const Codec& a, const Codec& b) {
    return Rank(preferences, a) < Rank(preferences, b);
  });
  codecs.clear();
  for (Codec& codec : media) {
    const std::string apt = std::to_string(codec.payload_type);
    codecs.push_back(std::move(codec));
    for (const Codec& repair : repairs) {
      const std::string* repaired = repair.FindFmtp("apt");
      if (repaired != nullptr && *repaired == apt) codecs.push_back(repair);
    }
  }
}

}  // namespace pcd::jsep

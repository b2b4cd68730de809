#include "engine/sdp/session_description.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace pcd::sdp {
namespace {

// Groups whose second source repairs the first and is no source of media by itself.
bool IsRepairGroup(const SsrcGroup& group) {
  return group.ssrcs.size() == 2 && (group.semantics == "FID" || group.semantics == "FEC-FR");
}

}  // namespace

bool MediaSection::IsRtp() const { return proto.find("RTP/") != std::string::npos; }

const Codec* MediaSection::FindCodec(uint8_t payload_type) const {
  for (const Codec& codec : codecs) {
    if (codec.payload_type == payload_type) return &codec;
  }
  return nullptr;
}

bool IsMsidId(std::string_view id) {
  constexpr size_t kMaxBytes = 64;
  // RFC 8866 section 9: printable ASCII but for separators.
  constexpr std::string_view kSeparators = "\"(),/:;<=>?@[\\]";
  return !id.empty() && id.size() <= kMaxBytes && std::all_of(id.begin(), id.end(), [&](char c) {
    return c > ' ' && c < '\x7f' && kSeparators.find(c) == std::string_view::npos;
  });
}

std::vector<Msid> EffectiveMsids(const MediaSection& section) {
  if (!section.msids.empty()) return section.msids;
  for (const SsrcAttribute& attribute : section.ssrcs) {
    if (attribute.name != "msid" || attribute.value.empty()) continue;
    const size_t space = attribute.value.find(' ');
    if (space == std::string::npos) return {{.stream_id = attribute.value}};
    return {{.stream_id = attribute.value.substr(0, space),
             .track_id = attribute.value.substr(space + 1)}};
  }
  return {};
}

std::vector<SignaledSsrc> SignaledSsrcs(const MediaSection& section, size_t limit) {
  std::unordered_map<uint32_t, uint32_t> rtx_of;
  std::unordered_set<uint32_t> repairing;
  for (const SsrcGroup& group : section.ssrc_groups) {
    if (!IsRepairGroup(group)) continue;
    repairing.insert(group.ssrcs[1]);
    if (group.semantics == "FID") rtx_of.emplace(group.ssrcs[0], group.ssrcs[1]);
  }
  std::vector<SignaledSsrc> result;
  std::unordered_map<uint32_t, size_t> index;
  for (const SsrcAttribute& attribute : section.ssrcs) {
    if (repairing.contains(attribute.ssrc)) continue;
    const auto [at, is_new] = index.emplace(attribute.ssrc, result.size());
    if (is_new) {
      if (result.size() == limit) break;
      const auto rtx = rtx_of.find(attribute.ssrc);
      result.push_back(
          {.ssrc = attribute.ssrc,
           .rtx_ssrc = rtx == rtx_of.end() ? std::nullopt : std::optional(rtx->second)});
    }
    if (attribute.name == "cname") result[at->second].cname = attribute.value;
  }
  return result;
}

bool HasFeedback(const MediaSection& section, const Codec& codec, const std::string& feedback) {
  const auto& all = section.wildcard_feedback;
  return codec.HasFeedback(feedback.c_str()) ||
         std::find(all.begin(), all.end(), feedback) != all.end();
}

}  // namespace pcd::sdp

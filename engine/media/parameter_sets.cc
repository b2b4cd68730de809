#include "engine/media/parameter_sets.h"

#include <algorithm>
#include <string_view>

#include "engine/rtp/h264_payload.h"
#include "engine/rtp/h265_payload.h"

namespace pcd::media {
namespace {

constexpr size_t kVps = 0, kSps = 1, kPps = 2;

std::string Base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = (group << 8) | (j < count ? static_cast<uint8_t>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      out += j <= count ? kDigits[(group >> (18 - 6 * j)) & 0x3F] : '=';
    }
  }
  return out;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0x0F];
  }
  return out;
}

void Set(Codec& codec, const std::string& key, const std::string& value) {
  std::erase_if(codec.fmtp, [&key](const auto& own) { return own.first == key; });
  codec.fmtp.emplace_back(key, value);
}

}  // namespace

void ParameterSets::Keep(size_t index, ByteSpan unit) {
  if (unit.empty() || unit.size() > kMaxBytes) return;
  const std::string_view text(reinterpret_cast<const char*>(unit.data()), unit.size());
  if (units_[index] != text) units_[index].assign(text);
}

void ParameterSets::OnPayload(PayloadFormat format, ByteSpan payload) {
  if (format != PayloadFormat::kH264 && format != PayloadFormat::kH265) return;
  if (format != format_) {
    format_ = format;
    units_.fill({});
  }
  if (format == PayloadFormat::kH264) {
    const auto h264 = rtp::ParseH264Payload(payload);
    if (!h264) return;
    Keep(kSps, h264->sps);
    Keep(kPps, h264->pps);
    return;
  }
  const auto h265 = rtp::ParseH265Payload(payload);
  if (!h265) return;
  Keep(kVps, h265->vps);
  Keep(kSps, h265->sps);
  Keep(kPps, h265->pps);
}

void ParameterSets::Describe(Codec& codec) const {
  if (FormatOf(codec) != format_ || units_[kSps].empty() || units_[kPps].empty()) return;
  if (format_ == PayloadFormat::kH264) {
    Set(codec, "sprop-parameter-sets", Base64(units_[kSps]) + "," + Base64(units_[kPps]));
    // The three bytes behind the NAL unit header.
    if (units_[kSps].size() >= 4) Set(codec, "profile-level-id", Hex(units_[kSps].substr(1, 3)));
    return;
  }
  if (!units_[kVps].empty()) Set(codec, "sprop-vps", Base64(units_[kVps]));
  Set(codec, "sprop-sps", Base64(units_[kSps]));
  Set(codec, "sprop-pps", Base64(units_[kPps]));
}

}  // namespace pcd::media

#include "engine/model/codec_match.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace pcd {
namespace {

// One row of RFC 6184 table 5: profile_idc, and which bits of profile-iop must be what.
struct ProfileRow {
  uint8_t profile_idc;
  uint8_t iop_mask;
  uint8_t iop_value;
  H264Profile profile;
};
constexpr std::array<ProfileRow, 13> kProfiles = {{
    {0x42, 0x4F, 0x40, H264Profile::kConstrainedBaseline},
    {0x4D, 0x8F, 0x80, H264Profile::kConstrainedBaseline},
    {0x58, 0xCF, 0xC0, H264Profile::kConstrainedBaseline},
    {0x42, 0x4F, 0x00, H264Profile::kBaseline},
    {0x58, 0xCF, 0x80, H264Profile::kBaseline},
    {0x4D, 0xAF, 0x00, H264Profile::kMain},
    {0x58, 0xCF, 0x00, H264Profile::kExtended},
    {0x64, 0xFF, 0x0C, H264Profile::kConstrainedHigh},
    {0x64, 0xFF, 0x00, H264Profile::kHigh},
    {0x6E, 0xFF, 0x00, H264Profile::kHigh10},
    {0x7A, 0xFF, 0x00, H264Profile::kHigh422},
    {0xF4, 0xFF, 0x00, H264Profile::kHigh444Predictive},
    // x264 and some hardware set constraint bits that high profiles do not define.
    {0x64, 0xF3, 0x00, H264Profile::kHigh},
}};

// A parameter that must agree, with the value that its absence means.
struct Parameter {
  const char* codec;
  const char* key;
  const char* absent;
};
constexpr std::array<Parameter, 8> kMustAgree = {{
    {"H264", "packetization-mode", "0"},
    {"VP9", "profile-id", "0"},
    {"AV1", "profile", "0"},
    {"H265", "profile-space", "0"},
    {"H265", "profile-id", "1"},
    {"H265", "tier-flag", "0"},
    {"H265", "tx-mode", "SRST"},
    {"rtx", "apt", ""},
}};

bool SameFormat(const Codec& a, const Codec& b) {
  return a.NameIs(b.name.c_str()) && a.clock_rate == b.clock_rate &&
         std::max<int>(a.channels, 1) == std::max<int>(b.channels, 1);
}

std::string ValueOf(const Codec& codec, const char* key, const char* absent) {
  const std::string* value = codec.FindFmtp(key);
  return value == nullptr ? absent : *value;
}

bool SameH264Profile(const Codec& a, const Codec& b) {
  // Baseline at level 1 is what absence means (RFC 6184 section 8.1).
  const std::string first = ValueOf(a, "profile-level-id", "42000a");
  const std::string second = ValueOf(b, "profile-level-id", "42000a");
  if (strcasecmp(first.c_str(), second.c_str()) == 0) return true;
  const auto parsed = ParseH264ProfileLevelId(first);
  const auto other = ParseH264ProfileLevelId(second);
  return parsed && other && parsed->profile == other->profile;
}

}  // namespace

std::optional<H264ProfileLevel> ParseH264ProfileLevelId(const std::string& text) {
  if (text.size() != 6) return std::nullopt;
  uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, 16);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  const auto idc = static_cast<uint8_t>(value >> 16);
  const auto iop = static_cast<uint8_t>(value >> 8);
  for (const ProfileRow& row : kProfiles) {
    if (row.profile_idc == idc && (iop & row.iop_mask) == row.iop_value) {
      return H264ProfileLevel{row.profile, static_cast<uint8_t>(value)};
    }
  }
  return std::nullopt;
}

bool SameCodec(const Codec& a, const Codec& b) {
  if (!SameFormat(a, b)) return false;
  if (a.NameIs("H264") && !SameH264Profile(a, b)) return false;
  return std::all_of(kMustAgree.begin(), kMustAgree.end(), [&](const Parameter& p) {
    return !a.NameIs(p.codec) || strcasecmp(ValueOf(a, p.key, p.absent).c_str(),
                                            ValueOf(b, p.key, p.absent).c_str()) == 0;
  });
}

bool IsAuxiliary(const Codec& codec) {
  for (const char* name :
       {"rtx", "telephone-event", "CN", "red", "ulpfec", "flexfec", "flexfec-03"}) {
    if (codec.NameIs(name)) return true;
  }
  return false;
}

std::optional<uint8_t> AptOf(const Codec& codec) {
  const std::string* text = codec.NameIs("rtx") ? codec.FindFmtp("apt") : nullptr;
  if (text == nullptr) return std::nullopt;
  uint8_t apt = 0;
  const char* end = text->data() + text->size();
  const auto result = std::from_chars(text->data(), end, apt);
  const bool whole = result.ec == std::errc() && result.ptr == end;
  return whole && apt < 128 ? std::optional(apt) : std::nullopt;
}

}  // namespace pcd

// When two payload formats are one codec: encoding name, clock and channels, and those format
// parameters that make streams incompatible.
#ifndef ENGINE_MODEL_CODEC_MATCH_H_
#define ENGINE_MODEL_CODEC_MATCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/rtp_parameters.h"

namespace pcd {

// The profiles of H.264 that RFC 6184 table 5 tells apart, and constrained high.
enum class H264Profile : uint8_t {
  kConstrainedBaseline,
  kBaseline,
  kMain,
  kExtended,
  kConstrainedHigh,
  kHigh,
  kHigh10,
  kHigh422,
  kHigh444Predictive
};

struct H264ProfileLevel {
  H264Profile profile = H264Profile::kBaseline;
  uint8_t level_idc = 10;  // Ten times the level; 11 with constraint_set3 means 1b.
  friend bool operator==(const H264ProfileLevel&, const H264ProfileLevel&) = default;
};

// Reads "42e01f". Nullopt: not six hexadecimal digits, or a profile of no name here.
std::optional<H264ProfileLevel> ParseH264ProfileLevelId(const std::string& text);

// Equal name (without case), clock rate and channels (absent: one); for H.264 equal profile
// and packetization-mode (RFC 6184 section 8.2.2), for VP9 equal profile-id (RFC 9628 section
// 7), for AV1 equal profile, for H.265 equal profile and tier (RFC 7798 section 7.2.2), for
// rtx equal apt. Levels, rates and preferences may differ. Payload types are not compared.
bool SameCodec(const Codec& a, const Codec& b);

// Retransmission, telephone events, comfort noise, redundancy, FEC: of use only beside a codec.
bool IsAuxiliary(const Codec& codec);

// The apt of an rtx format; nullopt for other formats, or when it is no payload type.
std::optional<uint8_t> AptOf(const Codec& codec);

}  // namespace pcd

#endif  // ENGINE_MODEL_CODEC_MATCH_H_

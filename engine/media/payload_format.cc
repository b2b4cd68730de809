#include "engine/media/payload_format.h"

#include <array>
#include <optional>
#include <utility>

#include "engine/rtp/av1_payload.h"
#include "engine/rtp/h264_payload.h"
#include "engine/rtp/h265_payload.h"
#include "engine/rtp/vp8_payload.h"
#include "engine/rtp/vp9_payload.h"

namespace pcd::media {
namespace {

template <typename Payload>
KeyFrameStart WithSize(const std::optional<Payload>& payload) {
  if (!payload || !payload->start_of_key_frame) return {};
  return {.begins = true, .pixels = uint32_t{payload->width} * payload->height};
}

template <typename Payload>
KeyFrameStart WithParameters(const std::optional<Payload>& payload, bool out_of_band) {
  return {.begins = payload && payload->start_of_key_frame(out_of_band)};
}

}  // namespace

PayloadFormat FormatOf(const Codec& codec) {
  static constexpr std::array<std::pair<const char*, PayloadFormat>, 5> kNames = {
      {{"VP8", PayloadFormat::kVp8},
       {"VP9", PayloadFormat::kVp9},
       {"H264", PayloadFormat::kH264},
       {"H265", PayloadFormat::kH265},
       {"AV1", PayloadFormat::kAv1}}};
  for (const auto& [name, format] : kNames) {
    if (codec.NameIs(name)) return format;
  }
  return PayloadFormat::kOther;
}

bool HasParametersOutOfBand(const Codec& codec) {
  return codec.FindFmtp("sprop-parameter-sets") != nullptr ||
         codec.FindFmtp("sprop-sps") != nullptr;
}

KeyFrameStart InspectPayload(PayloadFormat format, bool parameters_out_of_band, ByteSpan payload) {
  switch (format) {
    case PayloadFormat::kVp8:
      return WithSize(rtp::ParseVp8Payload(payload));
    case PayloadFormat::kVp9:
      return WithSize(rtp::ParseVp9Payload(payload));
    case PayloadFormat::kH264:
      return WithParameters(rtp::ParseH264Payload(payload), parameters_out_of_band);
    case PayloadFormat::kH265:
      return WithParameters(rtp::ParseH265Payload(payload), parameters_out_of_band);
    case PayloadFormat::kAv1: {
      const auto av1 = rtp::ParseAv1Payload(payload);
      return {.begins = av1 && av1->start_of_key_frame()};
    }
    case PayloadFormat::kOther:
      break;
  }
  return {.begins = true};
}

}  // namespace pcd::media

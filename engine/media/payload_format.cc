#include "engine/media/payload_format.h"

#include <array>
#include <optional>
#include <utility>

#include "engine/rtp/av1_payload.h"
#include "engine/rtp/frame_size/av1_frame_size.h"
#include "engine/rtp/frame_size/h264_frame_size.h"
#include "engine/rtp/frame_size/h265_frame_size.h"
#include "engine/rtp/frame_size/vp9_frame_size.h"
#include "engine/rtp/h264_payload.h"
#include "engine/rtp/h265_payload.h"
#include "engine/rtp/vp8_payload.h"
#include "engine/rtp/vp9_payload.h"

namespace pcd::media {
namespace {

KeyFrameStart InspectVp8(ByteSpan payload) {
  const auto vp8 = rtp::ParseVp8Payload(payload);
  if (!vp8 || !vp8->start_of_key_frame) return {};
  return {.begins = true, .size = {vp8->width, vp8->height}};
}

KeyFrameStart InspectVp9(ByteSpan payload) {
  const auto vp9 = rtp::ParseVp9Payload(payload);
  if (!vp9 || !vp9->start_of_key_frame) return {};
  KeyFrameStart start{.begins = true, .size = {vp9->width, vp9->height}};
  if (!start.size.known()) {
    start.size = rtp::ParseVp9FrameSize(payload.subspan(vp9->descriptor_size));
  }
  return start;
}

KeyFrameStart InspectH264(ByteSpan payload, bool parameters_out_of_band) {
  const auto h264 = rtp::ParseH264Payload(payload);
  if (!h264 || !h264->start_of_key_frame(parameters_out_of_band)) return {};
  return {.begins = true, .size = rtp::ParseH264FrameSize(h264->sps)};
}

KeyFrameStart InspectH265(ByteSpan payload, bool parameters_out_of_band) {
  const auto h265 = rtp::ParseH265Payload(payload);
  if (!h265 || !h265->start_of_key_frame(parameters_out_of_band)) return {};
  return {.begins = true, .size = rtp::ParseH265FrameSize(h265->sps)};
}

KeyFrameStart InspectAv1(ByteSpan payload) {
  const auto av1 = rtp::ParseAv1Payload(payload);
  if (!av1 || !av1->start_of_key_frame()) return {};
  return {.begins = true, .size = rtp::ParseAv1FrameSize(av1->sequence_header)};
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
      return InspectVp8(payload);
    case PayloadFormat::kVp9:
      return InspectVp9(payload);
    case PayloadFormat::kH264:
      return InspectH264(payload, parameters_out_of_band);
    case PayloadFormat::kH265:
      return InspectH265(payload, parameters_out_of_band);
    case PayloadFormat::kAv1:
      return InspectAv1(payload);
    case PayloadFormat::kOther:
      break;
  }
  return {.begins = true};
}

}  // namespace pcd::media

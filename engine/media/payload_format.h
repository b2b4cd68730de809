#ifndef ENGINE_MEDIA_PAYLOAD_FORMAT_H_
#define ENGINE_MEDIA_PAYLOAD_FORMAT_H_

#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/model/rtp_parameters.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::media {

// Payloads whose key frames are recognised. kOther: a receiver may begin anywhere.
enum class PayloadFormat : uint8_t { kOther, kVp8, kVp9, kH264, kH265, kAv1 };

PayloadFormat FormatOf(const Codec& codec);

// Whether the remote gave parameter sets in its description (sprop-parameter-sets, sprop-sps),
// so that its stream may be without them.
bool HasParametersOutOfBand(const Codec& codec);

struct KeyFrameStart {
  bool begins = false;    // A decoder can begin with this packet.
  rtp::FrameSize size{};  // Where the packet tells.
};

// Payloads that cannot be read begin nothing.
KeyFrameStart InspectPayload(PayloadFormat format, bool parameters_out_of_band, ByteSpan payload);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_PAYLOAD_FORMAT_H_

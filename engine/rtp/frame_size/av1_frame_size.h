#ifndef ENGINE_RTP_FRAME_SIZE_AV1_FRAME_SIZE_H_
#define ENGINE_RTP_FRAME_SIZE_AV1_FRAME_SIZE_H_

#include "engine/base/bytes.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::rtp {

// The largest that a sequence header allows, from the header of its OBU on (AV1 bitstream
// specification, section 5.5.1). Unknown when it is none, or cannot be read.
FrameSize ParseAv1FrameSize(ByteSpan obu);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_FRAME_SIZE_AV1_FRAME_SIZE_H_

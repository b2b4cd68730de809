#ifndef ENGINE_RTP_FRAME_SIZE_H264_FRAME_SIZE_H_
#define ENGINE_RTP_FRAME_SIZE_H264_FRAME_SIZE_H_

#include "engine/base/bytes.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::rtp {

// Of a sequence parameter set, from the header of its NAL unit on (ITU-T H.264 section
// 7.3.2.1.1), less what it crops. Unknown when it cannot be read.
FrameSize ParseH264FrameSize(ByteSpan sps);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_FRAME_SIZE_H264_FRAME_SIZE_H_

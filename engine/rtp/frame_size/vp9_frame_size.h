#ifndef ENGINE_RTP_FRAME_SIZE_VP9_FRAME_SIZE_H_
#define ENGINE_RTP_FRAME_SIZE_VP9_FRAME_SIZE_H_

#include "engine/base/bytes.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::rtp {

// Of a key frame, from the first byte of its uncompressed header on (VP9 bitstream
// specification, section 6.2). Unknown when it is none, or cannot be read.
FrameSize ParseVp9FrameSize(ByteSpan frame);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_FRAME_SIZE_VP9_FRAME_SIZE_H_

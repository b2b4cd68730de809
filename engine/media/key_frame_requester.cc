#include "engine/media/key_frame_requester.h"

namespace pcd::media {

bool KeyFrameRequester::Request(Timestamp now, bool live) {
  wanted_ = true;
  if (!live) {
    deadline_ = kNever;
    return false;
  }
  if (ever_sent_ && now - last_sent_ < kMinInterval) {
    deadline_ = last_sent_ + kMinInterval;
    return false;
  }
  ever_sent_ = true;
  last_sent_ = now;
  deadline_ = now + kRetryInterval;
  return true;
}

bool KeyFrameRequester::HandleTimeout(Timestamp now, bool live) {
  if (!wanted_ || now < deadline_) return false;
  return Request(now, live);
}

}  // namespace pcd::media

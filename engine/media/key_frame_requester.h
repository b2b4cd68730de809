#ifndef ENGINE_MEDIA_KEY_FRAME_REQUESTER_H_
#define ENGINE_MEDIA_KEY_FRAME_REQUESTER_H_

#include "engine/base/time.h"

namespace pcd::media {

// When to ask one video track for a key frame: requests of several sinks become one, are
// throttled, and repeated until a key frame arrives. A core. Threading: its owner's.
class KeyFrameRequester {
 public:
  static constexpr Duration kMinInterval = std::chrono::milliseconds(500);
  static constexpr Duration kRetryInterval = std::chrono::seconds(1);

  // Somebody needs a key frame that begins after `now`. True: send a request at once. `live`
  // says whether packets arrive; without, the request waits for OnLive.
  bool Request(Timestamp now, bool live);
  // The first packet of a key frame arrived: all that was asked before is answered.
  void OnKeyFrame() {
    wanted_ = false;
    deadline_ = kNever;
  }
  // A packet arrived. True: send a request that waited for it. Cheap.
  bool OnLive(Timestamp now) { return wanted_ && deadline_ == kNever && Request(now, true); }
  // True: a request is due; send it if `live`, which is the caller's knowledge too.
  bool HandleTimeout(Timestamp now, bool live);

  bool wanted() const { return wanted_; }
  Timestamp NextDeadline() const { return deadline_; }

 private:
  bool wanted_ = false;
  bool ever_sent_ = false;
  Timestamp last_sent_{};
  Timestamp deadline_ = kNever;  // kNever while wanted: waits for packets.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_KEY_FRAME_REQUESTER_H_

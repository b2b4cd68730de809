#ifndef ENGINE_MEDIA_TRANSPORT_CC_RECORDER_H_
#define ENGINE_MEDIA_TRANSPORT_CC_RECORDER_H_

#include <array>
#include <cstdint>
#include <memory>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/rtp/sequence_unwrapper.h"

namespace pcd::media {

// Remembers when packets with a transport-wide sequence number arrived and writes the feedback
// about them (draft-holmer-rmcat-transport-wide-cc-extensions-01). A core. Memory: a fixed
// window, taken with the first packet. Threading: its owner's.
class TransportCcRecorder {
 public:
  // Numbers remembered; a packet later than that is not reported any more.
  static constexpr int64_t kWindow = 1024;
  // Received packets in one feedback message, so that it stays below 1200 bytes.
  static constexpr size_t kMaxReceivedPerFeedback = 400;
  // Feedback waits this long, where few packets come for more of them: a message for each packet of
  // a slow connection would cost more than the packet. Senders expect some every 250 ms.
  static constexpr Duration kInterval = std::chrono::milliseconds(100);
  static constexpr Duration kMaxInterval = std::chrono::milliseconds(250);
  static constexpr size_t kFewPackets = 10;
  static constexpr size_t kPacketsPerInterval = 50;

  void OnPacket(uint16_t transport_sequence, Timestamp arrival);

  // When feedback is due; at once when kPacketsPerInterval packets wait. kNever: none waits.
  Timestamp NextDeadline() const { return deadline_; }
  bool HasPending() const { return received_since_feedback_ > 0; }

  // Writes the next message and returns true, or returns false when all is reported: call it
  // until then. `out` should have room for 1200 bytes.
  bool WriteFeedback(ByteWriter& out, uint32_t sender_ssrc, uint32_t media_ssrc);

 private:
  static constexpr int64_t kNotReceived = INT64_MIN;
  struct Window {
    std::array<int64_t, kWindow> ticks;
    std::array<int32_t, kWindow> deltas;  // Room to build a message.
  };

  int64_t& TicksOf(int64_t sequence) {
    return window_->ticks[static_cast<size_t>(sequence) % static_cast<size_t>(kWindow)];
  }
  void Restart(uint16_t transport_sequence);
  bool TakeIn(uint16_t transport_sequence);

  std::unique_ptr<Window> window_;
  rtp::SequenceUnwrapper unwrapper_;
  int64_t current_ = 0;  // The packet taken in last.
  int64_t begin_ = 0;    // First number that the next feedback covers.
  int64_t end_ = 0;      // One behind the highest number seen.
  size_t received_since_feedback_ = 0;
  unsigned too_old_in_a_row_ = 0;
  Timestamp first_since_feedback_{};
  Timestamp deadline_ = kNever;
  uint8_t feedback_count_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_TRANSPORT_CC_RECORDER_H_

#include "engine/media/transport_cc_recorder.h"

#include <algorithm>
#include <limits>

#include "engine/rtp/rtcp/transport_feedback.h"

namespace pcd::media {
namespace {

// A sender that starts its numbers anew far below the window is followed after this many.
constexpr unsigned kTooOldBeforeRestart = 3;

int64_t FloorDivide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

void TransportCcRecorder::Restart(uint16_t transport_sequence) {
  if (window_ == nullptr) window_ = std::make_unique<Window>();
  window_->ticks.fill(kNotReceived);
  unwrapper_.Reset();
  begin_ = unwrapper_.Unwrap(transport_sequence);
  end_ = begin_ + 1;
  current_ = begin_;
  too_old_in_a_row_ = 0;
}

// False when the number is too old to be reported.
bool TransportCcRecorder::TakeIn(uint16_t transport_sequence) {
  const int64_t sequence = unwrapper_.Peek(transport_sequence);
  if (sequence < end_ - kWindow) {
    if (++too_old_in_a_row_ < kTooOldBeforeRestart) return false;
    Restart(transport_sequence);
    return true;
  }
  too_old_in_a_row_ = 0;
  if (sequence >= end_ + kWindow) {
    Restart(transport_sequence);  // The gap is longer than what could be reported.
    return true;
  }
  unwrapper_.Unwrap(transport_sequence);
  for (int64_t i = end_; i < sequence; ++i) TicksOf(i) = kNotReceived;
  if (sequence >= end_) TicksOf(sequence) = kNotReceived;
  end_ = std::max(end_, sequence + 1);
  // A late packet makes the next feedback begin with it; what is told twice does no harm.
  begin_ = std::max(std::min(begin_, sequence), end_ - kWindow);
  current_ = sequence;
  return true;
}

void TransportCcRecorder::OnPacket(uint16_t transport_sequence, Timestamp arrival) {
  if (window_ == nullptr) {
    Restart(transport_sequence);
  } else if (!TakeIn(transport_sequence)) {
    return;
  }
  // The first arrival counts.
  if (TicksOf(current_) != kNotReceived) return;
  TicksOf(current_) =
      FloorDivide(arrival.time_since_epoch().count(), rtp::kTransportFeedbackTickMicros);
  ++received_since_feedback_;
  if (received_since_feedback_ == 1) {
    first_since_feedback_ = arrival;
    deadline_ = arrival + kMaxInterval;
  } else if (received_since_feedback_ == kFewPackets) {
    deadline_ = std::min(deadline_, std::max(first_since_feedback_ + kInterval, arrival));
  }
  if (received_since_feedback_ >= kPacketsPerInterval) deadline_ = std::min(deadline_, arrival);
}

bool TransportCcRecorder::WriteFeedback(ByteWriter& out, uint32_t sender_ssrc,
                                        uint32_t media_ssrc) {
  received_since_feedback_ = 0;
  deadline_ = kNever;
  int64_t first = begin_;
  while (first < end_ && TicksOf(first) == kNotReceived) ++first;
  if (window_ == nullptr || first == end_) {
    begin_ = end_;
    return false;
  }
  const int64_t reference = FloorDivide(TicksOf(first), rtp::kTransportFeedbackReferenceTicks);
  int64_t previous = reference * rtp::kTransportFeedbackReferenceTicks;
  size_t received = 0, count = 0;
  for (int64_t i = begin_; i < end_ && received < kMaxReceivedPerFeedback; ++i) {
    const int64_t ticks = TicksOf(i);
    if (ticks == kNotReceived) {
      window_->deltas[count++] = rtp::kTransportFeedbackLost;
      continue;
    }
    const int64_t delta = ticks - previous;
    // What does not fit begins the next message, with a reference time of its own.
    if (delta < std::numeric_limits<int16_t>::min() || delta > std::numeric_limits<int16_t>::max())
      break;
    window_->deltas[count++] = static_cast<int32_t>(delta);
    previous = ticks;
    ++received;
  }
  rtp::TransportFeedback header;
  header.sender_ssrc = sender_ssrc;
  header.media_ssrc = media_ssrc;
  header.base_sequence = static_cast<uint16_t>(begin_);
  header.reference_time = static_cast<int32_t>(reference & 0xFFFFFF);
  header.feedback_count = feedback_count_++;
  rtp::WriteTransportFeedback(out, header, {window_->deltas.data(), count});
  begin_ += static_cast<int64_t>(count);
  return true;
}

}  // namespace pcd::media

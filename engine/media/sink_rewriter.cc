#include "engine/media/sink_rewriter.h"

#include <algorithm>

#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {

void SinkRewriter::Start(int64_t sequence, uint32_t timestamp, bool same_source,
                         uint32_t clock_rate, Timestamp now) {
  start_in_ = sequence;
  start_out_ = last_out_ + 1;
  highest_in_ = sequence - 1;
  skipped_ = 0;
  if (ever_started_ && !same_source) {
    const Duration passed = std::max(now - last_time_, Duration(0));
    // At least one step, so that two frames never share a timestamp.
    const int64_t units = std::max<int64_t>(1, rtp::RtpUnits(passed, clock_rate));
    timestamp_offset_ = last_timestamp_ + static_cast<uint32_t>(units) - timestamp;
  }
  ever_started_ = true;
}

int64_t SinkRewriter::SkippedBefore(int64_t sequence) const {
  int64_t before = skipped_;
  const int64_t kept = std::min<int64_t>(skipped_, kSkipHistory);
  for (int64_t i = 1; i <= kept; ++i) {
    if (skips_[static_cast<size_t>(skipped_ - i) % kSkipHistory] < sequence) break;
    --before;
  }
  return before;
}

std::optional<SinkRewriter::Out> SinkRewriter::Map(int64_t sequence, uint32_t timestamp,
                                                   Timestamp now) {
  if (sequence < start_in_) return std::nullopt;
  const bool newest = sequence > highest_in_;
  const int64_t out =
      start_out_ + (sequence - start_in_) - (newest ? skipped_ : SkippedBefore(sequence));
  const uint32_t out_timestamp = timestamp + timestamp_offset_;
  if (newest) {
    highest_in_ = sequence;
    last_timestamp_ = out_timestamp;
    last_time_ = now;
  }
  last_out_ = std::max(last_out_, out);
  return Out{static_cast<uint16_t>(out), out_timestamp};
}

SinkRewriter::Out SinkRewriter::Insert(uint32_t clock_rate, Timestamp now) {
  if (ever_started_) {
    const Duration passed = std::max(now - last_time_, Duration(0));
    last_timestamp_ += static_cast<uint32_t>(rtp::RtpUnits(passed, clock_rate));
  }
  last_time_ = now;
  ever_started_ = true;
  return {static_cast<uint16_t>(++last_out_), last_timestamp_};
}

void SinkRewriter::Skip(int64_t sequence) {
  // A late one left a gap already when its successors were sent.
  if (sequence <= highest_in_) return;
  highest_in_ = sequence;
  skips_[static_cast<size_t>(skipped_++) % kSkipHistory] = sequence;
}

}  // namespace pcd::media

#include "engine/media/receive_statistics.h"

#include <algorithm>
#include <cstdlib>

#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/sequence_unwrapper.h"

namespace pcd::media {
namespace {

// A transit step of more than this is a jump of the sender's timestamps, not jitter.
constexpr uint32_t kMaxJitterSeconds = 5;

}  // namespace

bool ReceiveStatistics::Seen(int64_t sequence) const {
  const auto bit = static_cast<size_t>(sequence) % kHistory;
  return (seen_[bit / 64] >> (bit % 64) & 1) != 0;
}

void ReceiveStatistics::SetSeen(int64_t sequence, bool seen) {
  const auto bit = static_cast<size_t>(sequence) % kHistory;
  const uint64_t mask = uint64_t{1} << (bit % 64);
  seen_[bit / 64] = seen ? seen_[bit / 64] | mask : seen_[bit / 64] & ~mask;
}

ReceiveStatistics::Result ReceiveStatistics::Begin(uint16_t sequence, Arrival arrival) {
  lost_before_restart_ = lost();
  started_ = true;
  // One cycle up, so that late packets before the first stay above zero.
  base_ = highest_ = int64_t{sequence} + 0x10000;
  received_ = 1;
  expected_prior_ = received_prior_ = 0;
  seen_.fill(0);
  SetSeen(highest_, true);
  has_transit_ = false;
  return {arrival, highest_};
}

ReceiveStatistics::Result ReceiveStatistics::Advance(int64_t sequence) {
  const int64_t forget_from = std::max(highest_ + 1, sequence - static_cast<int64_t>(kHistory) + 1);
  for (int64_t i = forget_from; i < sequence; ++i) SetSeen(i, false);
  SetSeen(sequence, true);
  highest_ = sequence;
  ++received_;
  return {Arrival::kNew, sequence};
}

ReceiveStatistics::Result ReceiveStatistics::FillIn(int64_t sequence) {
  ++received_;
  if (highest_ - sequence >= static_cast<int64_t>(kHistory)) return {Arrival::kLate, sequence};
  if (Seen(sequence)) {
    ++duplicates_;
    return {Arrival::kDuplicate, sequence};
  }
  SetSeen(sequence, true);
  // A packet sent before the first one that arrived was expected all the same.
  base_ = std::min(base_, sequence);
  return {Arrival::kLate, sequence};
}

ReceiveStatistics::Result ReceiveStatistics::OnPacket(uint16_t sequence, uint32_t timestamp,
                                                      uint32_t clock_rate, Timestamp arrival) {
  Result result;
  const int step = rtp::SequenceDistance(static_cast<uint16_t>(highest_), sequence);
  if (!started_) {
    result = Begin(sequence, Arrival::kNew);
  } else if (step >= kMaxDropout || step < -kMaxMisorder) {
    const bool restart = after_jump_ == sequence;
    after_jump_ = static_cast<uint16_t>(sequence + 1);
    if (!restart) return {Arrival::kJump, highest_ + step};
    result = Begin(sequence, Arrival::kRestart);
  } else {
    result = step > 0 ? Advance(highest_ + step) : FillIn(highest_ + step);
  }
  after_jump_.reset();
  news_ = true;
  if (result.arrival != Arrival::kDuplicate) UpdateJitter(timestamp, clock_rate, arrival);
  return result;
}

std::optional<int64_t> ReceiveStatistics::Locate(uint16_t sequence) const {
  if (!started_) return std::nullopt;
  const int step = rtp::SequenceDistance(static_cast<uint16_t>(highest_), sequence);
  if (step >= kMaxDropout || step < -kMaxMisorder) return std::nullopt;
  return highest_ + step;
}

void ReceiveStatistics::UpdateJitter(uint32_t timestamp, uint32_t clock_rate, Timestamp arrival) {
  if (clock_rate != clock_rate_) {
    clock_rate_ = clock_rate;
    has_transit_ = false;
    jitter_q4_ = 0;
  }
  const auto now = static_cast<uint32_t>(rtp::RtpUnits(arrival.time_since_epoch(), clock_rate));
  const uint32_t transit = now - timestamp;
  if (has_transit_) {
    const auto signed_step = static_cast<int32_t>(transit - transit_);
    const uint32_t step = signed_step < 0 ? 0 - static_cast<uint32_t>(signed_step)
                                          : static_cast<uint32_t>(signed_step);
    // Both sides stay below 2^32: the step is below five seconds of a rate below 2^28.
    if (clock_rate < (1u << 28) && step < kMaxJitterSeconds * clock_rate) {
      jitter_q4_ += step - ((jitter_q4_ + 8) >> 4);
    }
  }
  has_transit_ = true;
  transit_ = transit;
}

double ReceiveStatistics::jitter_seconds() const {
  if (clock_rate_ == 0) return 0;
  return static_cast<double>(jitter_q4_ >> 4) / clock_rate_;
}

rtp::ReportBlock ReceiveStatistics::TakeReport() {
  const int64_t expected_interval = expected() - expected_prior_;
  const int64_t lost_interval = expected_interval - (received_ - received_prior_);
  expected_prior_ = expected();
  received_prior_ = received_;
  news_ = false;

  rtp::ReportBlock block;
  if (expected_interval > 0 && lost_interval > 0) {
    block.fraction_lost =
        static_cast<uint8_t>(std::min<int64_t>(255, lost_interval * 256 / expected_interval));
  }
  block.cumulative_lost = static_cast<int32_t>(std::clamp<int64_t>(lost(), -0x800000, 0x7FFFFF));
  // Without the cycle that Begin added.
  block.extended_sequence = static_cast<uint32_t>(highest_ - 0x10000);
  block.jitter = jitter_q4_ >> 4;
  return block;
}

}  // namespace pcd::media

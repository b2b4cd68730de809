#include "engine/media/nack_generator.h"

#include <algorithm>
#include <utility>

namespace pcd::media {

void NackGenerator::OnPacket(int64_t sequence, Timestamp now) {
  if (!std::exchange(started_, true)) {
    highest_ = sequence;
  } else if (sequence > highest_) {
    if (sequence > highest_ + 1) AddGap(highest_ + 1, sequence, now);
    highest_ = sequence;
  } else {
    Arrived(sequence, now);
  }
}

void NackGenerator::Follow(int64_t sequence) {
  missing_.clear();
  deadline_ = kNever;
  highest_ = started_ ? std::max(highest_, sequence) : sequence;
  started_ = true;
}

void NackGenerator::Reset() {
  missing_.clear();
  deadline_ = kNever;
  started_ = false;
  given_up_ = false;
}

void NackGenerator::AddGap(int64_t from, int64_t until, Timestamp now) {
  const auto count = static_cast<size_t>(until - from);
  if (count + missing_.size() > kMaxMissing) return GiveUpAll();
  const Timestamp next = now + kReorderTolerance;
  for (int64_t sequence = from; sequence < until; ++sequence) {
    missing_.push_back({.sequence = sequence, .since = now, .next = next});
  }
  deadline_ = std::min(deadline_, next);
}

void NackGenerator::GiveUpAll() {
  missing_.clear();
  deadline_ = kNever;
  given_up_ = true;
}

void NackGenerator::Arrived(int64_t sequence, Timestamp now) {
  const auto it =
      std::lower_bound(missing_.begin(), missing_.end(), sequence,
                       [](const Missing& m, int64_t wanted) { return m.sequence < wanted; });
  if (it == missing_.end() || it->sequence != sequence) return;
  // After several requests nobody knows which one was answered.
  if (it->tries == 1) {
    const Duration took = now - it->asked;
    recovery_ = recovery_ == Duration(0) ? took : (recovery_ * 7 + took) / 8;
  }
  missing_.erase(it);
  if (missing_.empty()) deadline_ = kNever;
}

Duration NackGenerator::RetryInterval() const {
  if (recovery_ == Duration(0)) return kFirstRetry;
  return std::clamp<Duration>(recovery_ * 3 / 2, kMinRetry, kMaxRetry);
}

bool NackGenerator::IsHopeless(const Missing& missing, Timestamp now) const {
  if (now - missing.since >= kMaxAge) return true;
  return missing.tries >= kMaxTries && now >= missing.next;
}

size_t NackGenerator::TakeDue(Timestamp now, std::span<uint16_t> out) {
  if (now < deadline_) return 0;
  const size_t erased =
      std::erase_if(missing_, [&](const Missing& m) { return IsHopeless(m, now); });
  if (erased > 0) given_up_ = true;
  size_t count = 0;
  deadline_ = kNever;
  for (Missing& m : missing_) {
    if (m.next <= now && count < out.size()) {
      out[count++] = static_cast<uint16_t>(m.sequence);
      ++m.tries;
      m.asked = now;
      m.next = now + RetryInterval();
    }
    deadline_ = std::min(deadline_, m.next);
  }
  return count;
}

bool NackGenerator::TakeGivenUp() { return std::exchange(given_up_, false); }

}  // namespace pcd::media

#include "engine/ice/fair_share.h"

#include <algorithm>
#include <limits>

namespace pcd::ice {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

}  // namespace

void FairShare::OnBatch(bool full, Timestamp now) {
  // Nobody tells of a read that found nothing.
  if (now - latest_ > kIdle) busy_ = overloaded_ = false;
  latest_ = now;
  if (!full) {
    busy_ = overloaded_ = false;
    return;
  }
  if (busy_ && now - window_since_ < kWindow) return;
  if (busy_) {
    overloaded_ = true;
    capacity_ = std::max(capacity_, carried_);
    const size_t with_slack = capacity_ + capacity_ / 4;
    share_ = connections_ > 1 ? std::max(kMinShare, with_slack / connections_) : kAll;
  } else {
    capacity_ = 0;
  }
  busy_ = true;
  window_since_ = now;
  ++window_;
  carried_ = connections_ = 0;
}

size_t FairShare::Admit(Use& use, size_t count) {
  if (!busy_) return count;
  if (use.window != window_) {
    use = {.window = window_};
    ++connections_;
  }
  size_t taken = count;
  if (overloaded_) taken = std::min(count, share_ - std::min<size_t>(share_, use.packets));
  use.packets += static_cast<uint32_t>(taken);
  carried_ += taken;
  return taken;
}

}  // namespace pcd::ice

#include "engine/ice/fair_share/fair_share.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace pcd::ice {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

}  // namespace

void FairShare::OnLastBatch(Timestamp now) {
  latest_ = now;
  busy_ = overloaded_ = false;
}

void FairShare::OnFullBatch(Timestamp now, Duration worked) {
  const Timestamp before = std::exchange(latest_, now);
  // Nobody tells of a read that found nothing.
  if (now - before > kIdle) busy_ = overloaded_ = false;
  if (!busy_) {
    busy_ = true;
    busy_since_ = before == Timestamp{} ? now : before;
    busy_worked_ = worked;
    capacity_ = 0;
    BeginWindow(worked);
    return;
  }
  if (worked - window_worked_ < kWindow) return;
  capacity_ = std::max(capacity_, carried_);
  overloaded_ = overloaded_ || HasCaughtUp(now, worked);
  const size_t with_slack = capacity_ + capacity_ / 4;
  share_ = connections_ > 1 ? std::max(kMinShare, with_slack / connections_) : kAll;
  BeginWindow(worked);
}

void FairShare::BeginWindow(Duration worked) {
  window_worked_ = worked;
  ++window_;
  carried_ = connections_ = 0;
}

bool FairShare::HasCaughtUp(Timestamp now, Duration worked) const {
  const Duration work = worked - busy_worked_;
  const Duration kept = std::clamp((now - busy_since_) - work, Duration(0), kMaxBacklog);
  return work >= kWindow + kept;
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

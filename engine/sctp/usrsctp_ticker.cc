#include "engine/sctp/usrsctp_ticker.h"

#include <algorithm>

#include "engine/sctp/usrsctp_runtime.h"

namespace pcd::sctp {
namespace {

// With up to kUsersPerPeriod users; with more, as many times longer.
constexpr Duration kPeriod = std::chrono::milliseconds(10);
constexpr int kUsersPerPeriod = 500;
constexpr Duration kQuietPeriod = std::chrono::milliseconds(100);
constexpr Duration kQuietAfter = std::chrono::seconds(1);
constexpr Duration kLinger = std::chrono::seconds(2);

}  // namespace

std::shared_ptr<UsrsctpTicker> UsrsctpTicker::Create(net::Loop& loop) {
  // The last pointer may go on another thread while the timer belongs to the loop's.
  return {new UsrsctpTicker(loop), [&loop](UsrsctpTicker* ticker) {
            loop.Post([owned = std::unique_ptr<UsrsctpTicker>(ticker)] {});
          }};
}

void UsrsctpTicker::AddUser() {
  if (users_.fetch_add(1) > 0) return;
  loop_.Post([self = shared_from_this()] { self->Arm(); });
}

void UsrsctpTicker::Arm() {
  last_used_ = loop_.Now();
  if (timer_ != nullptr) return;
  timer_ = loop_.CreateTimer([this] { OnTimer(); });
  timer_->Set(loop_.Now() + Period(loop_.Now()));
}

Duration UsrsctpTicker::Period(Timestamp now) const {
  const Timestamp last_activity{Duration(last_activity_.load(std::memory_order_relaxed))};
  if (now - last_activity > kQuietAfter) return kQuietPeriod;
  const int busy_factor = 1 + users_.load() / kUsersPerPeriod;
  return std::min(kPeriod * busy_factor, kQuietPeriod);
}

void UsrsctpTicker::OnTimer() {
  const Timestamp now = loop_.Now();
  UsrsctpRuntime::Get().Tick(now);
  if (users_.load() > 0) last_used_ = now;
  if (now - last_used_ < kLinger) {
    timer_->Set(now + Period(now));
    return;
  }
  timer_.reset();
}

}  // namespace pcd::sctp

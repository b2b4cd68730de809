#include "engine/sctp/usrsctp_ticker.h"

#include "engine/sctp/usrsctp_runtime.h"

namespace pcd::sctp {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds(10);
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
  timer_->Set(loop_.Now() + kPeriod);
}

void UsrsctpTicker::OnTimer() {
  const Timestamp now = loop_.Now();
  UsrsctpRuntime::Get().Tick(now);
  if (users_.load() > 0) last_used_ = now;
  if (now - last_used_ < kLinger) {
    timer_->Set(now + kPeriod);
    return;
  }
  timer_.reset();
}

}  // namespace pcd::sctp

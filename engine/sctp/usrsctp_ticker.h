// The clock of usrsctp, on one loop.
#ifndef ENGINE_SCTP_USRSCTP_TICKER_H_
#define ENGINE_SCTP_USRSCTP_TICKER_H_

#include <atomic>
#include <memory>

#include "engine/base/time.h"
#include "engine/net/loop.h"

namespace pcd::sctp {

// Ticks while there are users and a little longer, for what usrsctp frees late; not at all
// otherwise. usrsctp walks all its timers at each tick, so it ticks more slowly when there
// are many users, and when none of them has done anything for a while: then only
// retransmission and shutdown timers are left, and they are long.
//
// Threading: AddUser, RemoveUser and NoteActivity from any thread, the rest on the tick loop, where
// it is also destroyed after the last pointer to it is gone. The loop must outlive that.
class UsrsctpTicker : public std::enable_shared_from_this<UsrsctpTicker> {
 public:
  static std::shared_ptr<UsrsctpTicker> Create(net::Loop& loop);

  void AddUser();
  void RemoveUser() { users_.fetch_sub(1); }
  // A user sends or receives at `now`.
  void NoteActivity(Timestamp now) {
    last_activity_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  }

 private:
  explicit UsrsctpTicker(net::Loop& loop) : loop_(loop) {}
  void Arm();
  void OnTimer();
  Duration Period(Timestamp now) const;

  net::Loop& loop_;
  std::atomic<int> users_{0};
  std::atomic<Duration::rep> last_activity_{0};
  std::unique_ptr<net::Timer> timer_;  // Tick loop only; null while idle.
  Timestamp last_used_{};              // Tick loop only.
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_TICKER_H_

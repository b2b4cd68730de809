// Lets the ordered calls of one connection through in the order of their numbers. gRPC promises
// none between unary calls: a call that overtook others on the way waits here until they came.
//
//   gate.HandleCall(order, bytes, std::move(call), now);
//   while (auto due = gate.PollCall()) due->call(due->status);
//   timer.Set(gate.NextDeadline());  // then HandleTimeout(now), and poll again
#ifndef ENGINE_HOST_ORDER_GATE_H_
#define ENGINE_HOST_ORDER_GATE_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "engine/base/time.h"
#include "engine/host/call_order.h"

namespace pcd::host {

// A number has its turn once, and whatever comes of the call: one that fails holds up nobody. A
// call waits for those before it for `Limits::wait` at most. Then it fails, and what has not come
// before it is given up: the calls after it go on, and those given up are refused if they come.
class OrderGate {
 public:
  struct Limits {
    // Longer than a client looks for a lost service (15 s), shorter than its calls last (30 s).
    Duration wait = std::chrono::seconds(20);
    size_t max_callers = 16;
    size_t max_waiting_of_caller = 128;
    size_t max_waiting = 512;
    size_t max_waiting_bytes = size_t{4} << 20;
  };
  // Called once. OK: its turn has come. Otherwise it is not carried out: CALL_OUT_OF_ORDER,
  // LIMIT_EXCEEDED, or what Close was given.
  using Call = absl::AnyInvocable<void(const absl::Status&)>;
  struct Due {
    Call call{};
    absl::Status status{};
  };

  OrderGate() : OrderGate(Limits{}) {}
  explicit OrderGate(Limits limits) : limits_(limits) {}

  // `bytes`: what the call holds while it waits. LIMIT_EXCEEDED leaves its number free: it may come
  // again. Of callers that wait for nothing, the one that has not called for longest is forgotten
  // when there are too many; if it calls again, it begins with 0.
  void HandleCall(const CallOrder& order, size_t bytes, Call call, Timestamp now);
  void HandleTimeout(Timestamp now);
  // The connection is gone: all calls that wait are due with `status`.
  void Close(const absl::Status& status);
  // The next call to be made, in order.
  std::optional<Due> PollCall();
  // When a call will have waited for too long; kNever: none waits.
  Timestamp NextDeadline() const;

  size_t waiting() const { return waiting_; }

 private:
  struct Waiting {
    Call call{};
    size_t bytes = 0;
    Timestamp until{};
  };
  struct Caller {
    uint64_t next = 0;  // The number whose turn it is.
    std::map<uint64_t, Waiting> waiting{};
    uint64_t last_call = 0;  // In the order of all calls.
  };

  // Null: there are too many.
  Caller* FindOrAdd(const std::string& id);
  bool HasRoom(const Caller& caller, size_t bytes) const;
  // Takes the first one that waits out of the queue.
  void Release(Caller& caller, const absl::Status& status);
  // All whose turn it is.
  void Advance(Caller& caller);
  void GiveUp(Caller& caller, Timestamp now);

  const Limits limits_;
  std::map<std::string, Caller> callers_;
  std::deque<Due> due_;
  uint64_t calls_ = 0;
  size_t waiting_ = 0;
  size_t waiting_bytes_ = 0;
};

}  // namespace pcd::host

#endif  // ENGINE_HOST_ORDER_GATE_H_

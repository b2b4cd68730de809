// The ordered calls of one connection, on its loop: an OrderGate with the loop's time.
#ifndef ENGINE_HOST_ORDERED_CALLS_H_
#define ENGINE_HOST_ORDERED_CALLS_H_

#include <cstddef>
#include <memory>

#include "engine/host/call_order.h"
#include "engine/host/order_gate.h"
#include "engine/net/loop.h"

namespace pcd::host {

// Threading: the loop's. Calls are made from within Take, from the timer, or from the destructor;
// none of them may destroy it.
class OrderedCalls {
 public:
  explicit OrderedCalls(net::Loop& loop) : loop_(loop) {}
  // Calls that wait end with PEER_CONNECTION_CLOSED.
  ~OrderedCalls();
  OrderedCalls(const OrderedCalls&) = delete;
  OrderedCalls& operator=(const OrderedCalls&) = delete;

  // As OrderGate::HandleCall.
  void Take(const CallOrder& order, size_t bytes, OrderGate::Call call);

 private:
  void MakeDueCalls();
  void SetTimer();

  net::Loop& loop_;
  OrderGate gate_;
  std::unique_ptr<net::Timer> timer_;  // Null until the first call has to wait.
};

}  // namespace pcd::host

#endif  // ENGINE_HOST_ORDERED_CALLS_H_

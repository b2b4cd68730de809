#include "engine/host/ordered_calls.h"

#include <utility>

#include "engine/base/status.h"

namespace pcd::host {

OrderedCalls::~OrderedCalls() {
  gate_.Close(MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::PEER_CONNECTION_CLOSED,
                        "the connection was closed before the calls ahead of this one had come",
                        {.dom_exception = "InvalidStateError"}));
  MakeDueCalls();
}

void OrderedCalls::Take(const CallOrder& order, size_t bytes, OrderGate::Call call) {
  gate_.HandleCall(order, bytes, std::move(call), loop_.Now());
  MakeDueCalls();
  SetTimer();
}

void OrderedCalls::MakeDueCalls() {
  while (auto due = gate_.PollCall()) due->call(due->status);
}

void OrderedCalls::SetTimer() {
  if (timer_ == nullptr) {
    if (gate_.waiting() == 0) return;
    timer_ = loop_.CreateTimer([this] {
      gate_.HandleTimeout(loop_.Now());
      MakeDueCalls();
      SetTimer();
    });
  }
  timer_->Set(gate_.NextDeadline());
}

}  // namespace pcd::host

#include "engine/host/order_gate.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"

namespace pcd::host {
namespace {

absl::Status OutOfOrder(const std::string& message) {
  return MakeError(absl::StatusCode::kAborted, ErrorReason::CALL_OUT_OF_ORDER, message);
}

absl::Status TooMany(std::string_view what) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED, what);
}

}  // namespace

OrderGate::Caller* OrderGate::FindOrAdd(const std::string& id) {
  const auto found = callers_.find(id);
  if (found != callers_.end()) return &found->second;
  if (callers_.size() >= limits_.max_callers) {
    auto oldest = callers_.end();
    for (auto it = callers_.begin(); it != callers_.end(); ++it) {
      if (!it->second.waiting.empty()) continue;
      if (oldest == callers_.end() || it->second.last_call < oldest->second.last_call) oldest = it;
    }
    if (oldest == callers_.end()) return nullptr;
    callers_.erase(oldest);
  }
  return &callers_[id];
}

bool OrderGate::HasRoom(const Caller& caller, size_t bytes) const {
  return caller.waiting.size() < limits_.max_waiting_of_caller && waiting_ < limits_.max_waiting &&
         bytes <= limits_.max_waiting_bytes - waiting_bytes_;
}

void OrderGate::HandleCall(const CallOrder& order, size_t bytes, Call call, Timestamp now) {
  const auto refuse = [&](const absl::Status& status) {
    due_.push_back({.call = std::move(call), .status = status});
  };
  Caller* caller = FindOrAdd(order.caller);
  if (caller == nullptr) {
    refuse(TooMany("calls of too many callers wait for their turn"));
    return;
  }
  caller->last_call = ++calls_;
  if (order.number < caller->next || caller->waiting.contains(order.number)) {
    refuse(OutOfOrder("a call with the number " + std::to_string(order.number) +
                      " has come, or was given up"));
    return;
  }
  if (order.number > caller->next && !HasRoom(*caller, bytes)) {
    refuse(TooMany("too many calls wait for call " + std::to_string(caller->next)));
    return;
  }
  caller->waiting[order.number] = {
      .call = std::move(call), .bytes = bytes, .until = now + limits_.wait};
  ++waiting_;
  waiting_bytes_ += bytes;
  Advance(*caller);
}

void OrderGate::Release(Caller& caller, const absl::Status& status) {
  const auto first = caller.waiting.begin();
  caller.next = first->first + 1;
  --waiting_;
  waiting_bytes_ -= first->second.bytes;
  due_.push_back({.call = std::move(first->second.call), .status = status});
  caller.waiting.erase(first);
}

void OrderGate::Advance(Caller& caller) {
  while (!caller.waiting.empty() && caller.waiting.begin()->first == caller.next) {
    Release(caller, absl::OkStatus());
  }
}

// What came before the last one that has waited for too long is carried out, in order.
void OrderGate::GiveUp(Caller& caller, Timestamp now) {
  const auto overdue = [now](const auto& entry) { return entry.second.until <= now; };
  while (std::any_of(caller.waiting.begin(), caller.waiting.end(), overdue)) {
    const auto& first = *caller.waiting.begin();
    const bool late = overdue(first);
    Release(caller, late ? OutOfOrder("call " + std::to_string(first.first) + " has waited for " +
                                      std::to_string(caller.next) + ", which has not come in time")
                         : absl::OkStatus());
  }
  Advance(caller);
}

void OrderGate::HandleTimeout(Timestamp now) {
  for (auto& [id, caller] : callers_) GiveUp(caller, now);
}

void OrderGate::Close(const absl::Status& status) {
  for (auto& [id, caller] : callers_) {
    while (!caller.waiting.empty()) Release(caller, status);
  }
  callers_.clear();
}

std::optional<OrderGate::Due> OrderGate::PollCall() {
  if (due_.empty()) return std::nullopt;
  std::optional<Due> due(std::move(due_.front()));
  due_.pop_front();
  return due;
}

Timestamp OrderGate::NextDeadline() const {
  Timestamp next = kNever;
  for (const auto& [id, caller] : callers_) {
    for (const auto& [number, waiting] : caller.waiting) next = std::min(next, waiting.until);
  }
  return next;
}

}  // namespace pcd::host

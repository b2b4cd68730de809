#include "service/request_ids.h"

#include <utility>

#include "service/contract.h"
#include "service/status_mapping.h"

namespace pcd::service {

RequestIds::Ticket::Ticket(Ticket&& other) noexcept
    : ids_(std::exchange(other.ids_, nullptr)),
      id_(std::move(other.id_)),
      keep_failure_(other.keep_failure_) {}

RequestIds::Ticket& RequestIds::Ticket::operator=(Ticket&& other) noexcept {
  std::swap(ids_, other.ids_);
  std::swap(id_, other.id_);
  std::swap(keep_failure_, other.keep_failure_);
  return *this;
}

RequestIds::Ticket::~Ticket() {
  if (ids_ == nullptr) return;
  Close(MakeGrpcStatus(grpc::StatusCode::UNAVAILABLE, v1::ERROR_REASON_NOT_READY,
                       "the service is stopping"),
        {});
}

void RequestIds::Ticket::Close(const grpc::Status& status, std::string response) {
  if (ids_ == nullptr) return;
  const bool keep = status.ok() || keep_failure_;
  std::exchange(ids_, nullptr)->End(id_, status, std::move(response), keep);
}

RequestIds::Start RequestIds::Begin(const std::string& id, uint64_t digest, Waiter waiter) {
  const std::lock_guard lock(mutex_);
  ForgetOld();
  const auto [it, is_new] = entries_.try_emplace(id);
  Entry& entry = it->second;
  if (is_new) {
    entry.digest = digest;
    return {.kind = Kind::kRun, .ticket = Ticket(this, id)};
  }
  if (entry.digest != digest) return {.kind = Kind::kReused};
  if (entry.done) {
    return {.kind = Kind::kAnswered, .status = entry.status, .response = entry.response};
  }
  if (entry.waiters.size() >= kMaxWaiters) return {.kind = Kind::kTooMany};
  entry.waiters.push_back(std::move(waiter));
  return {.kind = Kind::kPending};
}

size_t RequestIds::CostOf(const std::string& id, const Entry& entry) {
  constexpr size_t kOverhead = 128;
  return kOverhead + 2 * id.size() + entry.response.size() + entry.status.error_message().size() +
         entry.status.error_details().size();
}

void RequestIds::End(const std::string& id, const grpc::Status& status, std::string response,
                     bool keep) {
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    const auto it = entries_.find(id);
    if (it == entries_.end()) return;
    Entry& entry = it->second;
    waiters.swap(entry.waiters);
    if (keep) {
      entry.done = true;
      entry.status = status;
      entry.response = response;
      entry.forget_at = options_.now() + options_.keep;
      done_.push_back(id);
      bytes_ += CostOf(id, entry);
      ForgetOld();
    } else {
      entries_.erase(it);
    }
  }
  for (Waiter& waiter : waiters) waiter(status, response);
}

void RequestIds::ForgetOld() {
  const Clock::time_point now = options_.now();
  while (!done_.empty()) {
    const auto it = entries_.find(done_.front());
    if (it->second.forget_at > now && bytes_ <= options_.max_bytes) return;
    bytes_ -= CostOf(it->first, it->second);
    entries_.erase(it);
    done_.pop_front();
  }
}

}  // namespace pcd::service

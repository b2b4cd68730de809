// Safe retries (AIP-155): a call whose request_id was seen before gets the first answer instead
// of being carried out again.
//
//   RequestIds::Start start = ids.Begin(id, digest, waiter);
//   kRun: carry it out; start.ticket.Close(status, response) when it has ended.
#ifndef SERVICE_REQUEST_IDS_H_
#define SERVICE_REQUEST_IDS_H_

#include <absl/functional/any_invocable.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace pcd::service {

// Only a success is kept: a call that failed changed nothing, and its repeat is carried out. Unless
// the call says otherwise: a turn that comes once cannot come again (order_gate.h).
// Threading: any thread. Waiters are called on the thread that ends the first call, without a
// lock.
class RequestIds {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::chrono::seconds keep{600};  // From the end of the first call.
    // Of answers that are kept, with 128 bytes for each; beyond, the oldest go before their time.
    size_t max_bytes = size_t{32} << 20;
    std::function<Clock::time_point()> now = &Clock::now;
  };
  // Repeats that wait for one call; one more is refused.
  static constexpr size_t kMaxWaiters = 16;

  // What the first call ended with; `response` is serialized, empty unless the status is OK.
  using Waiter = absl::AnyInvocable<void(const grpc::Status& status, const std::string& response)>;

  // The duty to tell how the first call ended. Destroyed unused, it ended with UNAVAILABLE.
  // Threading: one thread at a time.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket();
    explicit operator bool() const { return ids_ != nullptr; }
    // However the call ends, a repeat gets that.
    void KeepFailure() { keep_failure_ = true; }
    void Close(const grpc::Status& status, std::string response);

   private:
    friend class RequestIds;
    Ticket(RequestIds* ids, std::string id) : ids_(ids), id_(std::move(id)) {}
    RequestIds* ids_ = nullptr;
    std::string id_;
    bool keep_failure_ = false;
  };

  enum class Kind {
    kRun,       // New: `ticket` is set.
    kAnswered,  // `status` and `response` are the first answer.
    kPending,   // The first call goes on; the waiter will be called.
    kReused,    // The id belongs to another request.
    kTooMany,   // kMaxWaiters wait already.
  };
  struct Start {
    Kind kind = Kind::kRun;
    Ticket ticket{};
    grpc::Status status{};
    std::string response{};
  };

  RequestIds() : RequestIds(Options{}) {}
  explicit RequestIds(Options options) : options_(std::move(options)) {}
  RequestIds(const RequestIds&) = delete;
  RequestIds& operator=(const RequestIds&) = delete;

  // `digest` stands for the method and the contents of the request.
  Start Begin(const std::string& id, uint64_t digest, Waiter waiter);

 private:
  struct Entry {
    uint64_t digest = 0;
    bool done = false;
    grpc::Status status{};
    std::string response{};
    Clock::time_point forget_at{};
    std::vector<Waiter> waiters{};
  };

  void End(const std::string& id, const grpc::Status& status, std::string response, bool keep);
  void ForgetOld();
  static size_t CostOf(const std::string& id, const Entry& entry);

  const Options options_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // Guarded by mutex_.
  std::deque<std::string> done_;          // Ids in the order of their end. Guarded by mutex_.
  size_t bytes_ = 0;                      // Of those in done_. Guarded by mutex_.
};

}  // namespace pcd::service

#endif  // SERVICE_REQUEST_IDS_H_

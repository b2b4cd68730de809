// Bytes that queues of a kind may hold together, in the process.
#ifndef SERVICE_BYTE_BUDGET_H_
#define SERVICE_BYTE_BUDGET_H_

#include <atomic>
#include <cstddef>

namespace pcd::service {

// Threading: any thread.
class ByteBudget {
 public:
  // What one queue gets even when the others hold all: one reader must not cost another its
  // stream.
  static constexpr size_t kOwnBytes = 1 << 20;

  explicit ByteBudget(size_t most) : most_(most) {}

  // For a queue that holds `held` bytes already. False: there is no room; nothing was taken.
  bool Take(size_t bytes, size_t held) {
    const size_t before = used_.fetch_add(bytes);
    if (before + bytes <= most_ || held + bytes <= kOwnBytes || held == 0) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void Give(size_t bytes) { used_.fetch_sub(bytes); }

  size_t used() const { return used_.load(); }

 private:
  const size_t most_;
  std::atomic<size_t> used_{0};
};

}  // namespace pcd::service

#endif  // SERVICE_BYTE_BUDGET_H_

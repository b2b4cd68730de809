// How many streams of a kind are open at a time, in the process.
#ifndef SERVICE_STREAM_CAP_H_
#define SERVICE_STREAM_CAP_H_

#include <atomic>
#include <cstdint>
#include <memory>

namespace pcd::service {

// Threading: any thread. It may be gone before its permits are.
class StreamCap {
 public:
  // Gives its place back when the last copy is gone; null: there was no place.
  using Permit = std::shared_ptr<void>;

  explicit StreamCap(int64_t most)
      : most_(most), open_(std::make_shared<std::atomic<int64_t>>(0)) {}

  Permit Take() {
    if (open_->fetch_add(1) >= most_) {
      open_->fetch_sub(1);
      return nullptr;
    }
    return Permit(open_.get(), [open = open_](void*) { open->fetch_sub(1); });
  }

  int64_t most() const { return most_; }

 private:
  const int64_t most_;
  const std::shared_ptr<std::atomic<int64_t>> open_;
};

}  // namespace pcd::service

#endif  // SERVICE_STREAM_CAP_H_

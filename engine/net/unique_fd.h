// A file descriptor that closes itself.
#ifndef ENGINE_NET_UNIQUE_FD_H_
#define ENGINE_NET_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace pcd::net {

// Threading: none of its own; a value.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() {
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_UNIQUE_FD_H_

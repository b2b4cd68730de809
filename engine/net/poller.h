// The epoll set of a loop and the descriptor that wakes it.
#ifndef ENGINE_NET_POLLER_H_
#define ENGINE_NET_POLLER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/time.h"
#include "engine/net/loop.h"
#include "engine/net/unique_fd.h"

namespace pcd::net {

// Threading: Wake from anywhere, the rest on the loop.
class Poller {
 public:
  static absl::StatusOr<Poller> Create();

  // Level-triggered. INVALID_STATE when the descriptor is watched already.
  absl::Status Watch(int fd, FdHandler* handler);
  // What this turn has still to deliver for `fd` is forgotten; without effect if not watched.
  void Unwatch(int fd);
  // Whether writability counts as well; without effect if not watched.
  void WatchWritable(int fd, bool on);

  // Ends the current or the next Wait.
  void Wake();

  // Waits for events; zero: only looks; negative: without end. Microseconds where the kernel
  // has epoll_pwait2, else rounded up to milliseconds.
  void Wait(Duration timeout);
  // Calls the handlers of what Wait has found; they may watch and unwatch anything. Errors
  // and hang-ups count as readable, so that the handler's read finds out. What is both is read
  // first. Returns the number of handlers called.
  size_t Dispatch();

 private:
  static constexpr int kMaxEvents = 256;
  // A descriptor number may be closed and used again within one turn: events carry the
  // generation of the watch that they belong to.
  struct Watched {
    FdHandler* handler = nullptr;
    uint32_t generation = 0;
  };

  Poller(UniqueFd epoll, UniqueFd wake);
  int WaitOnce(Duration timeout);
  // Null: that watch has ended.
  FdHandler* HandlerOf(int fd, uint32_t generation) const;

  UniqueFd epoll_;
  UniqueFd wake_;
  std::vector<Watched> watched_;  // By descriptor number.
  uint32_t next_generation_ = 1;  // Zero marks the wake-up descriptor.
  bool has_pwait2_ = true;
  int ready_ = 0;
  std::array<epoll_event, kMaxEvents> events_{};
};

}  // namespace pcd::net

#endif  // ENGINE_NET_POLLER_H_

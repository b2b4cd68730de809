// Who may have how much of a loop that is overloaded: nothing is refused before that.
//
//   share.OnBatch(full, now);                       // for each read of the socket
//   size_t taken = share.Admit(use_of_that_connection, count);
#ifndef ENGINE_ICE_FAIR_SHARE_H_
#define ENGINE_ICE_FAIR_SHARE_H_

#include <cstddef>
#include <cstdint>

#include "engine/base/time.h"

namespace pcd::ice {

// All connections of a port wait in one queue of the kernel, so one that sends more than the loop
// can carry makes all others late, and then lose. Its excess is therefore dropped right after it
// was read, where a packet costs little, so that the queue gets short again.
//
// Rules it keeps:
// - Overloaded is a loop that did not once read the socket to its end for kWindow.
// - Then a connection may have, of each kWindow, its equal share of the most that was carried in
//   one since the overload began, a quarter more as windows differ, and kMinShare at least; one
//   that is alone has all.
// Threading: its loop.
class FairShare {
 public:
  static constexpr Duration kWindow = std::chrono::milliseconds(5);
  static constexpr size_t kMinShare = 32;
  // Without a batch for so long the socket was empty.
  static constexpr Duration kIdle = std::chrono::milliseconds(20);

  // What a connection has had; each has one, made as is.
  struct Use {
    uint32_t window = 0;  // The latest in which it sent.
    uint32_t packets = 0;
  };

  // `full`: more datagrams may wait than were read.
  void OnBatch(bool full, Timestamp now);
  // Of `count` packets of a connection the first so many are to be carried.
  size_t Admit(Use& use, size_t count);
  bool overloaded() const { return overloaded_; }

 private:
  bool busy_ = false;  // More waited than was read.
  bool overloaded_ = false;
  Timestamp window_since_{}, latest_{};
  uint32_t window_ = 0;
  size_t carried_ = 0, connections_ = 0;  // In this window.
  size_t capacity_ = 0;
  size_t share_ = kMinShare;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_FAIR_SHARE_H_

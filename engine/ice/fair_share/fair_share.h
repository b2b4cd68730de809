// Who may have how much of a loop that is overloaded: nothing is refused before that.
//
//   share.OnFullBatch(now, worked);                 // for each read of the socket: more may wait,
//   share.OnLastBatch(now);                         // or the socket is empty
//   size_t taken = share.Admit(use_of_that_connection, count);
#ifndef ENGINE_ICE_FAIR_SHARE_FAIR_SHARE_H_
#define ENGINE_ICE_FAIR_SHARE_FAIR_SHARE_H_

#include <cstddef>
#include <cstdint>

#include "engine/base/time.h"

namespace pcd::ice {

// All connections of a port wait in one queue of the kernel, so one that sends more than the loop
// can carry makes all others late, and then lose. Its excess is therefore dropped right after it
// was read, where a packet costs little, so that the queue gets short again.
//
// Rules it keeps:
// - Time is the processor time of the loop's thread: a machine that takes the processor away makes
//   the queue long, and nobody who sends is to blame for it.
// - Overloaded is a loop that worked for kWindow and did not once read the socket to its end. Where
//   it was kept from work since the socket was last empty, it has as long again, kMaxBacklog at
//   most, for what came meanwhile.
// - Then a connection may have, of each kWindow, its equal share of the most that was carried in
//   one since the queue got long, a quarter more as windows differ, and kMinShare at least; one
//   that is alone has all.
// Threading: its loop.
class FairShare {
 public:
  static constexpr Duration kWindow = std::chrono::milliseconds(5);
  static constexpr size_t kMinShare = 32;
  // Without a batch for so long the socket was empty.
  static constexpr Duration kIdle = std::chrono::milliseconds(20);
  // Work on what the kernel's queue holds at most, and what comes meanwhile.
  static constexpr Duration kMaxBacklog = std::chrono::milliseconds(50);

  // What a connection has had; each has one, made as is.
  struct Use {
    uint32_t window = 0;  // The latest in which it sent.
    uint32_t packets = 0;
  };

  // More datagrams may wait than were read. `worked`: processor time that the loop's thread has
  // used so far.
  void OnFullBatch(Timestamp now, Duration worked);
  // Nothing waits any more.
  void OnLastBatch(Timestamp now);
  // Of `count` packets of a connection the first so many are to be carried.
  size_t Admit(Use& use, size_t count);
  bool overloaded() const { return overloaded_; }

 private:
  void BeginWindow(Duration worked);
  // Whether all that may have gathered while the thread was kept from work is done.
  bool HasCaughtUp(Timestamp now, Duration worked) const;

  bool busy_ = false;  // More waited than was read.
  bool overloaded_ = false;
  Timestamp latest_{};        // Batch; zero: none came.
  Timestamp busy_since_{};    // The batch before the first that left something behind.
  Duration busy_worked_{};    // Work at that first one.
  Duration window_worked_{};  // Work when the window began.
  uint32_t window_ = 0;
  size_t carried_ = 0, connections_ = 0;  // In this window.
  size_t capacity_ = 0;
  size_t share_ = kMinShare;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_FAIR_SHARE_FAIR_SHARE_H_

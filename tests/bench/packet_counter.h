// The receiving end of all sinks: one socket for every loopback address, one thread, counts
// datagrams, and how long those took that say when they were sent.
#ifndef TESTS_BENCH_PACKET_COUNTER_H_
#define TESTS_BENCH_PACKET_COUNTER_H_

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::bench {

// Now, as a stamp at the end of a payload (testing::OutgoingRtp::stamp): monotonic microseconds.
uint64_t StampNow();

// Threading: count() from any thread, TakeDelays() while nothing arrives.
class PacketCounter {
 public:
  PacketCounter();  // Port chosen by the system.
  ~PacketCounter();
  PacketCounter(const PacketCounter&) = delete;
  PacketCounter& operator=(const PacketCounter&) = delete;

  uint16_t port() const { return port_; }
  uint64_t count() const { return count_.load(std::memory_order_acquire); }
  // Of the stamped ones since the last call, sorted, in microseconds.
  std::vector<uint32_t> TakeDelays();

 private:
  void Run();
  void NoteDelay(ByteSpan packet);

  int fd_ = -1;
  uint16_t port_ = 0;
  std::atomic<uint64_t> count_{0};
  std::atomic<bool> stop_{false};
  std::vector<uint32_t> delays_;
  std::thread thread_;
};

// Binds a UDP socket to 127.0.0.1 with large buffers; exits this program when it cannot.
int BindLoopback(uint16_t& port);

}  // namespace pcd::bench

#endif  // TESTS_BENCH_PACKET_COUNTER_H_

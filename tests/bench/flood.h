// Somebody who throws datagrams at a port as fast as one thread can, and proves nothing.
#ifndef TESTS_BENCH_FLOOD_H_
#define TESTS_BENCH_FLOOD_H_

#include <atomic>
#include <cstdint>
#include <thread>

namespace pcd::bench {

// Threading: sent() from any thread.
class Flood {
 public:
  explicit Flood(uint16_t port);  // On 127.0.0.1. Begins at once.
  ~Flood();                       // Ends it.
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

  uint64_t sent() const { return sent_.load(); }

 private:
  void Run();

  int fd_ = -1;
  std::atomic<uint64_t> sent_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_FLOOD_H_

// Spreads `rate` packets a second of each of `streams` streams evenly over time.
#ifndef TESTS_BENCH_PACER_H_
#define TESTS_BENCH_PACER_H_

#include <cstddef>
#include <cstdint>

namespace pcd::bench {

// Threading: one thread.
class Pacer {
 public:
  Pacer(size_t streams, double rate) : streams_(streams), rate_(rate) {}

  // Calls `send(stream)` for every packet due `seconds` after the start, stream after stream.
  template <typename Send>
  void Advance(double seconds, Send send) {
    const auto due = static_cast<uint64_t>(seconds * rate_ * static_cast<double>(streams_));
    for (; sent_ < due; ++sent_) send(static_cast<size_t>(sent_ % streams_));
  }
  uint64_t sent() const { return sent_; }

 private:
  size_t streams_;
  double rate_;
  uint64_t sent_ = 0;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_PACER_H_

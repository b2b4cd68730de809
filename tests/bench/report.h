// The figures of one run: told as they come, then as docs/performance.md and as a line of its
// trend.
#ifndef TESTS_BENCH_REPORT_H_
#define TESTS_BENCH_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/enums.h"

namespace pcd::bench {

struct Delays {  // From send to receive, in microseconds.
  uint32_t p50 = 0, p99 = 0, max = 0;
};
// Of sorted values.
Delays Summarise(const std::vector<uint32_t>& sorted);

struct PacketFigure {
  size_t connections = 0;
  double rate = 0;  // Packets a second of each.
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::string backend;
  double floor_us = 0, service_us = 0;  // CPU per packet.
  Delays delays{};
  uint64_t sent = 0, delivered = 0;

  double ratio() const { return service_us / floor_us; }
};

struct CostFigure {
  std::string name, backend, unit;
  double value = 0;
  std::optional<double> target;  // At most this; with `more_is_better` at least.
  bool more_is_better = false;
};

struct FloodFigure {
  std::string beside;
  Delays delays{};
  uint64_t sent = 0, delivered = 0;
};

// Threading: one thread.
class Report {
 public:
  // `commit` may be empty.
  explicit Report(std::string commit);

  void Add(const PacketFigure& figure);
  void Add(const CostFigure& figure);
  void Add(const FloodFigure& figure);

  // False, with the cause on standard error, when the file cannot be written.
  bool WriteMarkdown(const std::string& path) const;
  bool AppendTrend(const std::string& path) const;

 private:
  const std::string commit_, date_, machine_;
  std::vector<PacketFigure> packets_;
  std::vector<CostFigure> costs_;
  std::vector<FloodFigure> floods_;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_REPORT_H_

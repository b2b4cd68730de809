// The figures of one run: told as they come, then as docs/performance.md and as a line of its
// trend.
#ifndef TESTS_BENCH_REPORT_H_
#define TESTS_BENCH_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/figures.h"

namespace pcd::bench {

// Of sorted values.
Delays Summarise(const std::vector<uint32_t>& sorted);

// Threading: one thread.
class Report {
 public:
  // `commit` may be empty.
  explicit Report(std::string commit);

  void Add(const PacketFigure& figure);
  void Add(const CostFigure& figure);
  void Add(const FloodFigure& figure);
  // On standard output: each target beside what was measured. Nothing where no row has one.
  void PrintVerdicts() const;

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

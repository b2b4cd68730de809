// The targets of docs/performance.md, and how far the figures of a run meet them.
#ifndef TESTS_BENCH_VERDICTS_H_
#define TESTS_BENCH_VERDICTS_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/figures.h"

namespace pcd::bench {

// One row of the targets, with one ICE backend.
struct Verdict {
  std::string row, backend;
  std::string target, measured;
  std::string floor;   // Of the same run; empty: there is none for this row.
  std::string result;  // "met", "missed by 28 %", or why there is none.
};

// CPU of a packet may be so many times the floor's; nullopt: no target.
std::optional<double> FloorTarget(const PacketFigure& figure);

// "met", or "missed by 28 %" of the target. `more_is_better`: the target is the least.
std::string Compare(double measured, double target, bool more_is_better = false);

// In the order of the targets. A row that was not measured has no verdict, but for the one that
// compares several: it says which is missing.
std::vector<Verdict> Judge(const std::vector<PacketFigure>& packets,
                           const std::vector<CostFigure>& costs);

}  // namespace pcd::bench

#endif  // TESTS_BENCH_VERDICTS_H_

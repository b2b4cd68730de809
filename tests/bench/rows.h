// The rows of the bench: each starts the service, loads it, and gives its figures to the report.
#ifndef TESTS_BENCH_ROWS_H_
#define TESTS_BENCH_ROWS_H_

#include "tests/bench/report.h"
#include "tests/bench/scale.h"

namespace pcd::bench {

// False: a packet was lost, so that a figure is worth nothing.
bool PacketRows(const Scale& scale, Report& report);
void SetUpRow(const Scale& scale, const Backend& backend, Report& report);
void IdleRow(const Scale& scale, const Backend& backend, Report& report);
void DataRow(const Scale& scale, const Backend& backend, Report& report);
// What a flood adds to the delay of others on the same loop and port.
void FloodRows(const Scale& scale, Report& report);

}  // namespace pcd::bench

#endif  // TESTS_BENCH_ROWS_H_

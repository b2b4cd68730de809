// What a run measures.
#ifndef TESTS_BENCH_FIGURES_H_
#define TESTS_BENCH_FIGURES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/enums.h"

namespace pcd::bench {

struct Delays {  // From send to receive, in microseconds.
  uint32_t p50 = 0, p99 = 0, max = 0;
};

struct PacketFigure {
  size_t connections = 0;
  double rate = 0;  // Packets a second of each.
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::string backend;
  double floor_us = 0, service_us = 0;  // CPU per packet.
  Delays delays{};
  uint64_t sent = 0, delivered = 0;
  // Of the floor with the same load, in the same run.
  Delays floor_delays{};
  uint64_t floor_lost = 0;

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

inline const char* Name(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes128Gcm ? "GCM" : "CM";
}

}  // namespace pcd::bench

#endif  // TESTS_BENCH_FIGURES_H_

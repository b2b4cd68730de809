// What is measured, and how much of it.
#ifndef TESTS_BENCH_SCALE_H_
#define TESTS_BENCH_SCALE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/enums.h"

namespace pcd::bench {

// A value of the service's --ice-backend, and how the tables call it.
struct Backend {
  std::string flag;
  std::string name;
};
inline const Backend kSharedPort{"auto", "shared port"};
inline const Backend kFull{"full", "full ICE"};

// Packets that are forwarded, under one SRTP profile.
struct PacketLoad {
  size_t connections = 0;
  double rate = 0;  // Packets a second of each.
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  friend bool operator==(const PacketLoad&, const PacketLoad&) = default;
};

struct Scale {
  std::vector<Backend> backends = {kSharedPort, kFull};
  double seconds = 10;  // Of a row.
  // Connections, and packets a second of each.
  std::vector<std::pair<size_t, double>> rows = {{1, 500}, {20, 500}, {100, 200}, {100, 500}};
  std::vector<SrtpProfile> profiles = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAes128CmSha1_80};
  // The same load from more and more connections.
  std::vector<std::pair<size_t, double>> growing = {{400, 50}, {1000, 20}, {2000, 10}};
  size_t set_ups = 100;
  size_t idle = 200;
  size_t data_megabytes = 64;
  size_t flooded = 100;        // Connections, at 50 packets/s each.
  double flood_rate = 40'000;  // Packets/s of the connection that floods.
  std::string only;            // A kind of row; empty: all.
  std::string profile;         // Where perf writes; empty: it does not run.

  // Every load of packets, with each profile.
  std::vector<PacketLoad> packet_loads() const {
    std::vector<PacketLoad> loads;
    for (const auto* group : {&rows, &growing}) {
      for (const SrtpProfile each : profiles) {
        for (const auto& [connections, rate] : *group) loads.push_back({connections, rate, each});
      }
    }
    return loads;
  }

  bool Has(const std::string& kind) const { return only.empty() || only == kind; }
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_SCALE_H_

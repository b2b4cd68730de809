#include "tests/bench/rows.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/child_process.h"
#include "tests/bench/data_load.h"
#include "tests/bench/flood.h"
#include "tests/bench/floor_load.h"
#include "tests/bench/packet_counter.h"
#include "tests/bench/publishers.h"
#include "tests/bench/service_client.h"

namespace pcd::bench {
namespace {

std::string ServicePath() { return "service/peerconnectiond"; }
std::string FloorPath() { return "tests/bench/floor"; }

// Lets what is under way arrive: waits until the counter stands still.
void Settle(const PacketCounter& counter) {
  for (uint64_t before = 0; before != counter.count();) {
    before = counter.count();
    usleep(200'000);
  }
}

struct Measured {
  uint64_t sent = 0;
  uint64_t delivered = 0;
  double cpu_us_per_packet = 0;
  Delays delays{};
};

template <typename Load>
Measured MeasurePackets(ChildProcess& process, PacketCounter& counter, Load& load, double rate,
                        double seconds) {
  load.Send(rate, 1.0);  // Warm-up: pools, key frames, first reports.
  Settle(counter);
  counter.TakeDelays();
  const uint64_t received = counter.count();
  const double cpu = process.CpuMicros();
  Measured measured;
  measured.sent = load.Send(rate, seconds);
  Settle(counter);
  measured.delivered = counter.count() - received;
  measured.cpu_us_per_packet = (process.CpuMicros() - cpu) / static_cast<double>(measured.sent);
  measured.delays = Summarise(counter.TakeDelays());
  return measured;
}

struct Service {
  explicit Service(const Backend& backend, const std::vector<std::string>& more = {})
      : process(Arguments(backend, more)), client(process.WaitForLine("listening on ")) {}
  static std::vector<std::string> Arguments(const Backend& backend,
                                            const std::vector<std::string>& more) {
    std::vector<std::string> all = {ServicePath(), "--listen=127.0.0.1:0", "--log-level=error",
                                    std::string("--ice-backend=") + backend.flag};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  ChildProcess process;
  ServiceClient client;
};

// perf watches the service from here on, if it was asked to. Stopping it makes it write its file.
std::unique_ptr<ChildProcess> Profile(const Scale& scale, const ChildProcess& process) {
  if (scale.profile.empty()) return nullptr;
  return std::make_unique<ChildProcess>(std::vector<std::string>{
      "/usr/bin/perf", "record", "--quiet", "--call-graph=fp", "--freq=999",
      "--output=" + scale.profile, "--pid=" + std::to_string(process.pid())});
}

bool ServiceRow(const Scale& scale, const Backend& backend, const PacketLoad& row,
                const Measured& floor, Report& report) {
  PacketCounter counter;
  Service running(backend);
  Publishers load(running.client, row.profile, counter.port());
  load.Connect(row.connections);
  const auto perf = Profile(scale, running.process);
  const Measured service = MeasurePackets(running.process, counter, load, row.rate, scale.seconds);
  report.Add(PacketFigure{.connections = row.connections,
                          .rate = row.rate,
                          .profile = row.profile,
                          .backend = backend.name,
                          .floor_us = floor.cpu_us_per_packet,
                          .service_us = service.cpu_us_per_packet,
                          .delays = service.delays,
                          .sent = service.sent,
                          .delivered = service.delivered,
                          .floor_delays = floor.delays,
                          .floor_lost = floor.sent - floor.delivered});
  return service.sent == service.delivered;
}

bool PacketRow(const Scale& scale, const PacketLoad& row, Report& report) {
  const bool gcm = row.profile == SrtpProfile::kAeadAes128Gcm;
  Measured floor;
  {
    PacketCounter counter;
    ChildProcess process({FloorPath(), std::to_string(row.connections), gcm ? "gcm" : "cm",
                          std::to_string(counter.port())});
    FloorLoad load(process.WaitForLine("ports "), row.profile);
    floor = MeasurePackets(process, counter, load, row.rate, scale.seconds);
  }
  bool all = true;
  for (const Backend& backend : scale.backends) {
    all &= ServiceRow(scale, backend, row, floor, report);
  }
  if (floor.sent != floor.delivered) {
    std::printf("      the floor delivered %llu of %llu: its figure is too low to compare with\n",
                static_cast<unsigned long long>(floor.delivered),
                static_cast<unsigned long long>(floor.sent));
  }
  return all && floor.sent == floor.delivered;
}

void FloodRow(const char* name, Publishers& load, PacketCounter& counter, double seconds,
              Report& report) {
  constexpr double kRate = 50;
  load.Send(kRate, 0.5);
  Settle(counter);
  counter.TakeDelays();
  const uint64_t before = counter.count();
  FloodFigure figure{.beside = name};
  figure.sent = load.Send(kRate, seconds);
  Settle(counter);
  figure.delivered = counter.count() - before;
  figure.delays = Summarise(counter.TakeDelays());
  report.Add(figure);
}

uint16_t FreePort() {
  uint16_t port = 0;
  close(BindLoopback(port));
  return port;
}

}  // namespace

bool PacketRows(const Scale& scale, Report& report) {
  bool all = true;
  for (const PacketLoad& row : scale.packet_loads()) all &= PacketRow(scale, row, report);
  return all;
}

void SetUpRow(const Scale& scale, const Backend& backend, Report& report) {
  Service running(backend);
  Publishers load(running.client, SrtpProfile::kAeadAes128Gcm, 0);
  const auto perf = Profile(scale, running.process);
  load.Connect(5);
  const double cpu = running.process.CpuMicros();
  load.Connect(scale.set_ups);
  const double ms = (running.process.CpuMicros() - cpu) / 1e3;
  report.Add(CostFigure{.name = "CPU of a set-up, AcceptOffer to connected",
                        .backend = backend.name,
                        .unit = "ms",
                        .value = ms / static_cast<double>(scale.set_ups),
                        .target = backend.name == kFull.name ? 2.0 : 1.0});
}

void IdleRow(const Scale& scale, const Backend& backend, Report& report) {
  Service running(backend);
  Publishers load(running.client, SrtpProfile::kAeadAes128Gcm, 0);
  load.Connect(5);
  const double resident = running.process.ResidentKib();
  load.Connect(scale.idle);
  const double grown = running.process.ResidentKib() - resident;
  const double cpu = running.process.CpuMicros();
  usleep(static_cast<useconds_t>(scale.seconds * 1e6));
  const double idle = running.process.CpuMicros() - cpu;
  const auto count = static_cast<double>(scale.idle);
  report.Add(CostFigure{.name = "memory of an idle connection",
                        .backend = backend.name,
                        .unit = "KiB",
                        .value = grown / count,
                        .target = backend.name == kFull.name ? 120.0 : 60.0});
  report.Add(CostFigure{.name = "CPU of an idle connection in a second",
                        .backend = backend.name,
                        .unit = "us",
                        .value = idle / scale.seconds / count,
                        .target = 60.0});
}

void DataRow(const Scale& scale, const Backend& backend, Report& report) {
  Service running(backend);
  DataLoad load(running.client);
  const auto perf = Profile(scale, running.process);
  const double cpu = running.process.CpuMicros();
  const uint64_t bytes = load.Transfer(scale.data_megabytes << 20);
  const double seconds = (running.process.CpuMicros() - cpu) / 1e6;
  report.Add(CostFigure{.name = "data channel to a gRPC stream, in a CPU second",
                        .backend = backend.name,
                        .unit = "MB",
                        .value = static_cast<double>(bytes) / 1e6 / seconds,
                        .target = 150.0,
                        .more_is_better = true});
}

void FloodRows(const Scale& scale, Report& report) {
  const uint16_t port = FreePort();
  Service running(kSharedPort, {"--media-loops=1", "--media-port=" + std::to_string(port),
                                "--ice-address=127.0.0.1"});
  PacketCounter counter, of_flooder;
  Publishers load(running.client, SrtpProfile::kAeadAes128Gcm, counter.port());
  load.Connect(scale.flooded);
  FloodRow("nobody", load, counter, scale.seconds, report);
  {
    Flood flood(port);
    FloodRow("a stranger, all it can", load, counter, scale.seconds, report);
  }
  Publishers flooder(running.client, SrtpProfile::kAeadAes128Gcm, of_flooder.port());
  flooder.Connect(1);
  std::thread flooding([&] { flooder.Send(scale.flood_rate, scale.seconds + 2); });
  usleep(500'000);
  FloodRow("a connection, 40,000/s", load, counter, scale.seconds, report);
  flooding.join();
}

}  // namespace pcd::bench

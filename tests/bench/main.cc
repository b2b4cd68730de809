// The figures of the service beside those of the raw floor, in one run.
//
//   bazel run --config=opt //tests/bench            all rows, 10 s each
//   bazel run --config=opt //tests/bench -- --smoke short rows, few connections: does it work?
//   ... -- --backend=shared-port (or full)          one ICE backend instead of both
//   ... -- --only=packets (set-up, idle, data, flood) one kind of row
//   ... -- --only=packets --row=100x200             that load alone, with GCM
//   ... -- --profile=FILE                           perf records the service there; one row only
//
// CPU is user + system time of the measured process alone; the load runs in this one.
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
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

// A value of the service's --ice-backend, and how the tables call it.
struct Backend {
  const char* flag;
  const char* name;
};
constexpr Backend kSharedPort{"auto", "shared-port"};
constexpr Backend kFull{"full", "full"};

const std::set<std::string> kKinds = {"packets", "set-up", "idle", "data", "flood"};

struct Scale {
  std::vector<Backend> backends = {kSharedPort, kFull};
  double seconds = 10;
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

  bool Has(const char* kind) const { return only.empty() || only == kind; }
};

struct Measured {
  uint64_t sent = 0;
  uint64_t delivered = 0;
  double cpu_us_per_packet = 0;
};

std::string ServicePath() { return "service/peerconnectiond"; }
std::string FloorPath() { return "tests/bench/floor"; }

// Lets what is under way arrive: waits until the counter stands still.
void Settle(const PacketCounter& counter) {
  for (uint64_t before = 0; before != counter.count();) {
    before = counter.count();
    usleep(200'000);
  }
}

template <typename Load>
Measured MeasurePackets(ChildProcess& process, PacketCounter& counter, Load& load, double rate,
                        double seconds) {
  load.Send(rate, 1.0);  // Warm-up: pools, key frames, first reports.
  Settle(counter);
  const uint64_t received = counter.count();
  const double cpu = process.CpuMicros();
  Measured measured;
  measured.sent = load.Send(rate, seconds);
  Settle(counter);
  measured.delivered = counter.count() - received;
  measured.cpu_us_per_packet = (process.CpuMicros() - cpu) / static_cast<double>(measured.sent);
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

struct Load {
  size_t connections;
  double rate;
  SrtpProfile profile;
};

bool ServiceRow(const Scale& scale, const Backend& backend, const Load& row,
                const Measured& floor) {
  PacketCounter counter;
  Service running(backend);
  Publishers load(running.client, row.profile, counter.port());
  load.Connect(row.connections);
  const auto perf = Profile(scale, running.process);
  const Measured service = MeasurePackets(running.process, counter, load, row.rate, scale.seconds);
  std::printf("%4zu x %3.0f  %-3s  %-11s  %8.2f  %8.2f  %5.2fx  %9llu  %9llu  %s\n",
              row.connections, row.rate, row.profile == SrtpProfile::kAeadAes128Gcm ? "GCM" : "CM",
              backend.name, floor.cpu_us_per_packet, service.cpu_us_per_packet,
              service.cpu_us_per_packet / floor.cpu_us_per_packet,
              static_cast<unsigned long long>(service.sent),
              static_cast<unsigned long long>(service.delivered),
              service.sent == service.delivered ? "all" : "LOST");
  std::fflush(stdout);
  return service.sent == service.delivered;
}

bool PacketRow(const Scale& scale, const Load& row) {
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
  for (const Backend& backend : scale.backends) all &= ServiceRow(scale, backend, row, floor);
  if (floor.sent != floor.delivered) {
    std::printf("      the floor delivered %llu of %llu: its figure is too low to compare with\n",
                static_cast<unsigned long long>(floor.delivered),
                static_cast<unsigned long long>(floor.sent));
  }
  return all && floor.sent == floor.delivered;
}

void SetUpRow(const Scale& scale, const Backend& backend) {
  const size_t count = scale.set_ups;
  Service running(backend);
  Publishers load(running.client, SrtpProfile::kAeadAes128Gcm, 0);
  const auto perf = Profile(scale, running.process);
  load.Connect(5);
  const double cpu = running.process.CpuMicros();
  load.Connect(count);
  std::printf("%-11s  CPU per connection set-up (AcceptOffer to connected): %.2f ms over %zu\n",
              backend.name, (running.process.CpuMicros() - cpu) / 1e3 / static_cast<double>(count),
              count);
  std::fflush(stdout);
}

void IdleRow(const Backend& backend, size_t count, double seconds) {
  Service running(backend);
  Publishers load(running.client, SrtpProfile::kAeadAes128Gcm, 0);
  load.Connect(5);
  const double resident = running.process.ResidentKib();
  load.Connect(count);
  const double grown = running.process.ResidentKib() - resident;
  const double cpu = running.process.CpuMicros();
  usleep(static_cast<useconds_t>(seconds * 1e6));
  const double idle = running.process.CpuMicros() - cpu;
  std::printf("%-11s  idle connection: %.1f KB resident, %.0f us CPU per second, over %zu\n",
              backend.name, grown / static_cast<double>(count),
              idle / seconds / static_cast<double>(count), count);
  std::fflush(stdout);
}

void DataRow(const Scale& scale, const Backend& backend) {
  Service running(backend);
  DataLoad load(running.client);
  const auto perf = Profile(scale, running.process);
  const double cpu = running.process.CpuMicros();
  const uint64_t bytes = load.Transfer(scale.data_megabytes << 20);
  const double seconds = (running.process.CpuMicros() - cpu) / 1e6;
  std::printf("%-11s  data channel to gRPC stream: %.1f MB per CPU second, %llu bytes\n",
              backend.name, static_cast<double>(bytes) / 1e6 / seconds,
              static_cast<unsigned long long>(bytes));
  std::fflush(stdout);
}

// What a flood adds to the delay of others on the same loop and port, from send to receive.
void FloodRow(const char* name, Publishers& load, PacketCounter& counter, double seconds) {
  constexpr double kRate = 50;
  load.Send(kRate, 0.5);
  Settle(counter);
  counter.TakeDelays();
  const uint64_t before = counter.count();
  const uint64_t sent = load.Send(kRate, seconds);
  Settle(counter);
  const uint64_t delivered = counter.count() - before;
  const std::vector<uint32_t> delays = counter.TakeDelays();
  const auto at = [&](double share) {
    return delays.empty() ? 0U : delays[static_cast<size_t>(share * (delays.size() - 1.0))];
  };
  std::printf("%-28s  %8u  %8u  %8u  %9llu  %9llu\n", name, at(0.5), at(0.99), at(1.0),
              static_cast<unsigned long long>(sent), static_cast<unsigned long long>(delivered));
  std::fflush(stdout);
}

uint16_t FreePort() {
  uint16_t port = 0;
  close(BindLoopback(port));
  return port;
}

void FloodRows(const Scale& scale) {
  const uint16_t port = FreePort();
  Service running(kSharedPort, {"--media-loops=1", "--media-port=" + std::to_string(port),
                                "--ice-address=127.0.0.1"});
  PacketCounter counter, of_flooder;
  Publishers load(running.client, SrtpProfile::kAeadAes128Gcm, counter.port());
  load.Connect(scale.flooded);
  std::printf("\n%zu connections x 50 packets/s, shared port, one loop: delay in us\n",
              scale.flooded);
  std::printf("beside them                        p50       p99       max       sent  delivered\n");
  FloodRow("nobody", load, counter, scale.seconds);
  {
    Flood flood(port);
    FloodRow("a stranger, all it can", load, counter, scale.seconds);
  }
  Publishers flooder(running.client, SrtpProfile::kAeadAes128Gcm, of_flooder.port());
  flooder.Connect(1);
  std::thread flooding([&] { flooder.Send(scale.flood_rate, scale.seconds + 2); });
  usleep(500'000);
  FloodRow("a connection, 40,000/s", load, counter, scale.seconds);
  flooding.join();
}

void DescribeMachine() {
  std::string model = "unknown CPU";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
  }
  utsname system{};
  uname(&system);
  double load = 0;
  getloadavg(&load, 1);
  std::printf("%s, %ld processors, %s %s; load average before %.2f\n\n", model.c_str(),
              sysconf(_SC_NPROCESSORS_ONLN), system.sysname, system.release, load);
}

// Thousands of ICE agents have a socket for each address of the machine.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

bool PacketRows(const Scale& scale) {
  std::printf("CPU us per forwarded 1,100-byte packet\n");
  std::printf("  load      SRTP  ICE             floor   service  ratio       sent  delivered\n");
  bool all = true;
  for (const SrtpProfile profile : scale.profiles) {
    for (const auto& [connections, rate] : scale.rows) {
      all &= PacketRow(scale, {connections, rate, profile});
    }
  }
  for (const auto& [connections, rate] : scale.growing) {
    all &= PacketRow(scale, {connections, rate, SrtpProfile::kAeadAes128Gcm});
  }
  return all;
}

int Run(const Scale& scale) {
  RaiseFileLimit();
  DescribeMachine();
  const bool all = !scale.Has("packets") || PacketRows(scale);
  for (const Backend& backend : scale.backends) {
    if (scale.Has("set-up")) SetUpRow(scale, backend);
    if (scale.Has("idle")) IdleRow(backend, scale.idle, scale.seconds);
    if (scale.Has("data")) DataRow(scale, backend);
  }
  if (scale.Has("flood") && scale.backends.front().name == kSharedPort.name) FloodRows(scale);
  return all ? 0 : 1;
}

// False: there is no such option.
bool Take(const std::string& argument, Scale& scale) {
  const size_t equals = argument.find('=');
  const std::string name = argument.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
  size_t connections = 0;
  double rate = 0;
  if (argument == "--smoke") {
    scale.seconds = 1;
    scale.rows = {{3, 100}};
    scale.growing.clear();
    scale.set_ups = scale.idle = 3;
    scale.data_megabytes = 1;
    scale.flooded = 3;
  } else if (argument == "--backend=shared-port") {
    scale.backends = {kSharedPort};
  } else if (argument == "--backend=full") {
    scale.backends = {kFull};
  } else if (name == "--only" && kKinds.contains(value)) {
    scale.only = value;
  } else if (name == "--row" && std::sscanf(value.c_str(), "%zux%lf", &connections, &rate) == 2) {
    scale.rows = {{connections, rate}};
    scale.growing.clear();
    scale.profiles = {SrtpProfile::kAeadAes128Gcm};
  } else if (name == "--profile" && !value.empty()) {
    scale.profile = value;
    scale.set_ups = 500;  // Enough samples.
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace pcd::bench

int main(int argc, char** argv) {
  pcd::bench::Scale scale;
  for (int i = 1; i < argc; ++i) {
    if (pcd::bench::Take(argv[i], scale)) continue;
    std::fprintf(stderr,
                 "usage: bench [--smoke] [--backend=shared-port|full] [--row=CONNECTIONSxRATE]\n"
                 "             [--only=packets|set-up|idle|data|flood] [--profile=FILE]\n");
    return 2;
  }
  return pcd::bench::Run(scale);
}

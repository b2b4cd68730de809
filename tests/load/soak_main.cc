// Connections come and go against a running service; what they leave behind must not grow.
//
//   bazel run --config=opt //tests/load:soak                 one hour
//   bazel run --config=opt //tests/load:soak -- --minutes=5
//   ... --smoke                                              a few rounds: does it hold at all?
//
// A round connects some publishers, sends media to a sink, and closes them. After the first
// rounds (pools and arenas fill) descriptors must come back to the same number each time, and
// resident memory may grow by no more than the bound below over the whole run.
#include <dirent.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/bench/child_process.h"
#include "tests/bench/packet_counter.h"
#include "tests/bench/publishers.h"
#include "tests/bench/service_client.h"

namespace pcd::load {
namespace {

constexpr size_t kConnections = 10;
constexpr int kWarmUpRounds = 3;
// Bytes that a run may keep per connection made; a leak of one small object each shows.
constexpr double kMaxKibPerConnection = 1.0;
// What allocators and gRPC may still take after the warm-up, once.
constexpr double kSlackKib = 8 * 1024;

size_t Descriptors(const bench::ChildProcess& process) {
  size_t count = 0;
  DIR* folder = opendir(("/proc/" + std::to_string(process.pid()) + "/fd").c_str());
  if (folder == nullptr) return 0;
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

// Waits until the service has let go of what the closed connections held.
bool DescriptorsReturn(const bench::ChildProcess& process, size_t expected) {
  for (int tries = 0; tries < 100; ++tries) {
    if (Descriptors(process) <= expected) return true;
    usleep(100'000);
  }
  return false;
}

bool Round(bench::ServiceClient& service) {
  bench::PacketCounter counter;
  bench::Publishers publishers(service, SrtpProfile::kAeadAes128Gcm, counter.port());
  publishers.Connect(kConnections);
  const uint64_t sent = publishers.Send(50, 1.0);
  for (int tries = 0; counter.count() < sent && tries < 100; ++tries) usleep(100'000);
  if (counter.count() == sent) return true;
  std::fprintf(stderr, "soak: %llu of %llu packets arrived\n",
               static_cast<unsigned long long>(counter.count()),
               static_cast<unsigned long long>(sent));
  return false;
}

int Run(std::chrono::seconds duration, int min_rounds) {
  using Clock = std::chrono::steady_clock;
  bench::ChildProcess process(
      {"service/peerconnectiond", "--listen=127.0.0.1:0", "--log-level=error"});
  bench::ServiceClient service(process.WaitForLine("listening on "));
  for (int i = 0; i < kWarmUpRounds; ++i) {
    if (!Round(service)) return 1;
  }
  usleep(1'000'000);
  const size_t descriptors = Descriptors(process);
  const double resident = process.ResidentKib();
  const auto end = Clock::now() + duration;
  size_t made = 0;
  for (int round = 0; round < min_rounds || Clock::now() < end; ++round) {
    if (!Round(service)) return 1;
    made += kConnections;
    if (!DescriptorsReturn(process, descriptors)) {
      std::fprintf(stderr, "soak: %zu descriptors, %zu before\n", Descriptors(process),
                   descriptors);
      return 1;
    }
    std::printf("%zu connections, %zu descriptors, %.0f KiB resident\n", made, Descriptors(process),
                process.ResidentKib());
    std::fflush(stdout);
  }
  const double grown = process.ResidentKib() - resident;
  std::printf("resident memory grew by %.0f KiB over %zu connections\n", grown, made);
  return grown <= kSlackKib + kMaxKibPerConnection * static_cast<double>(made) ? 0 : 1;
}

}  // namespace
}  // namespace pcd::load

int main(int argc, char** argv) {
  std::chrono::seconds duration = std::chrono::hours(1);
  if (argc == 2 && std::strcmp(argv[1], "--smoke") == 0) {
    return pcd::load::Run(std::chrono::seconds(0), 2);
  }
  if (argc == 2 && std::strncmp(argv[1], "--minutes=", 10) == 0) {
    duration = std::chrono::minutes(std::atoi(argv[1] + 10));
  } else if (argc != 1) {
    std::fprintf(stderr, "usage: soak [--minutes=N | --smoke]\n");
    return 2;
  }
  return pcd::load::Run(duration, 1);
}

// The figures of the service beside those of the raw floor, in one run.
//
//   bazel run --config=opt //tests/bench            all rows, 10 s each
//   bazel run --config=opt //tests/bench -- --smoke short rows, few connections: does it work?
//   ... -- --backend=shared-port (or full)          one ICE backend instead of both
//   ... -- --only=packets (set-up, idle, data, flood) one kind of row
//   ... -- --only=packets --row=100x200             that load alone, with GCM
//   ... -- --profile=FILE                           perf records the service there; one row only
//   ... -- --markdown=FILE --trend=FILE --commit=ID what `make bench` leaves in docs/
//
// CPU is user + system time of the measured process alone; the load runs in this one.
#include <sys/resource.h>

#include <cstdio>
#include <set>
#include <string>

#include "tests/bench/report.h"
#include "tests/bench/rows.h"
#include "tests/bench/scale.h"

namespace pcd::bench {
namespace {

const std::set<std::string> kKinds = {"packets", "set-up", "idle", "data", "flood"};

struct Options {
  Scale scale;
  std::string markdown, trend, commit;
};

// Thousands of ICE agents have a socket for each address of the machine.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Run(const Options& options) {
  const Scale& scale = options.scale;
  RaiseFileLimit();
  Report report(options.commit);
  bool good = !scale.Has("packets") || PacketRows(scale, report);
  for (const Backend& backend : scale.backends) {
    if (scale.Has("set-up")) SetUpRow(scale, backend, report);
    if (scale.Has("idle")) IdleRow(scale, backend, report);
    if (scale.Has("data")) DataRow(scale, backend, report);
  }
  if (scale.Has("flood") && scale.backends.front().name == kSharedPort.name) {
    FloodRows(scale, report);
  }
  report.PrintVerdicts();
  if (!options.markdown.empty()) good &= report.WriteMarkdown(options.markdown);
  if (!options.trend.empty()) good &= report.AppendTrend(options.trend);
  return good ? 0 : 1;
}

void TakeSmoke(Scale& scale) {
  scale.seconds = 1;
  scale.rows = {{3, 100}};
  scale.growing.clear();
  scale.set_ups = scale.idle = 3;
  scale.data_megabytes = 1;
  scale.flooded = 3;
}

// False: there is no such option.
bool Take(const std::string& argument, Options& options) {
  Scale& scale = options.scale;
  const size_t equals = argument.find('=');
  const std::string name = argument.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
  size_t connections = 0;
  double rate = 0;
  if (argument == "--smoke") {
    TakeSmoke(scale);
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
  } else if (name == "--markdown" && !value.empty()) {
    options.markdown = value;
  } else if (name == "--trend" && !value.empty()) {
    options.trend = value;
  } else if (name == "--commit") {
    options.commit = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace pcd::bench

int main(int argc, char** argv) {
  pcd::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    if (pcd::bench::Take(argv[i], options)) continue;
    std::fprintf(stderr,
                 "usage: bench [--smoke] [--backend=shared-port|full] [--row=CONNECTIONSxRATE]\n"
                 "             [--only=packets|set-up|idle|data|flood] [--profile=FILE]\n"
                 "             [--markdown=FILE] [--trend=FILE] [--commit=ID]\n");
    return 2;
  }
  return pcd::bench::Run(options);
}

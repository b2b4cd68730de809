#include "service/file_limit.h"

#include <sys/resource.h>

namespace pcd::service {
namespace {

constexpr uint64_t kFilesOfProcess = 256;   // Loops, gRPC and its callers, the log.
constexpr uint64_t kFilesOfConnection = 8;  // Agent, two addresses, two sinks.
constexpr uint64_t kTcpFilesOfConnection = 2;

}  // namespace

uint64_t RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) != 0) return limit.rlim_cur;
  return raised.rlim_cur;
}

std::string FileLimitWarning(uint64_t limit, size_t max_peer_connections, bool ice_tcp) {
  const uint64_t each = kFilesOfConnection + (ice_tcp ? kTcpFilesOfConnection : 0);
  const uint64_t needed = kFilesOfProcess + each * max_peer_connections;
  if (limit >= needed) return "";
  return "at most " + std::to_string(limit) + " open files (RLIMIT_NOFILE), but " +
         std::to_string(max_peer_connections) +
         " connections (--max-peer-connections) need about " + std::to_string(needed);
}

}  // namespace pcd::service

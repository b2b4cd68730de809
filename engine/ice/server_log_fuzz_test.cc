// Whatever a server answers, only an error response is kept from libnice, and an address that it
// gave is known to be from it.
#include <cstdint>
#include <cstdlib>

#include "engine/base/bytes.h"
#include "engine/ice/server_log.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const pcd::SocketAddress server{pcd::IpAddress::V4({192, 0, 2, 1}), 3478};
  const pcd::SocketAddress tunnel{pcd::IpAddress::V4({127, 0, 0, 1}), 5000};
  pcd::ice::ServerLog log;
  log.SetServers({{.url = "stun:a", .address = server},
                  {.url = "turn:b", .turn = true, .address = server},
                  {.url = "turn:c", .turn = true, .tcp = true, .address = server, .via = tunnel}});
  const bool pass = log.OnMessage(tunnel, {data, size});
  if (!pass && (size < 20 || (pcd::LoadU16(data) & 0x0110) != 0x0110)) std::abort();
  const auto failures = log.Failures();
  if (failures.size() < 2 || failures.size() > 3) std::abort();
  const bool gave = failures.size() == 2;
  if (gave && (!pass || pcd::LoadU16(data) != 0x0103)) std::abort();
  return 0;
}

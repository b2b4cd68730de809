#include "engine/ice/ice_transport.h"

#include <algorithm>
#include <array>

namespace pcd::ice {

size_t IceTransport::SendPackets(std::span<PacketPtr> packets) {
  constexpr size_t kAtOnce = 64;
  std::array<ByteSpan, kAtOnce> spans;
  size_t sent = 0;
  while (!packets.empty()) {
    const size_t count = std::min(packets.size(), kAtOnce);
    for (size_t i = 0; i < count; ++i) spans[i] = packets[i]->bytes();
    sent += SendBatch(std::span(spans).first(count));
    packets = packets.subspan(count);
  }
  return sent;
}

}  // namespace pcd::ice

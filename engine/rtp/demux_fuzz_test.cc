#include <cstdlib>

#include "engine/rtp/demux.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const pcd::rtp::PacketKind kind = pcd::rtp::ClassifyPacket({data, size});
  if (kind == pcd::rtp::PacketKind::kRtp && size < 12) std::abort();
  if (kind == pcd::rtp::PacketKind::kRtcp && size < 4) std::abort();
  return 0;
}

#include <cstdlib>
#include <vector>

#include "engine/rtp/rtx.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> packet(data, data + size);
  const auto view = pcd::rtp::RtpPacketView::Parse(packet);
  if (!view) return 0;
  const size_t payload = view->payload().size();
  const size_t padding = view->padding_size();
  const size_t restored = pcd::rtp::RestoreOriginal(packet, *view, 1, 96);
  if (restored == 0) return 0;
  const auto original = pcd::rtp::RtpPacketView::Parse({packet.data(), restored});
  if (!original || original->payload().size() + 2 != payload) std::abort();
  if (original->padding_size() != padding || original->ssrc() != 1) std::abort();
  return 0;
}

#include <cstdlib>

#include "engine/rtp/h264_payload.h"

namespace {

void CheckInside(pcd::ByteSpan part, const uint8_t* data, size_t size) {
  if (part.empty()) return;
  if (part.data() < data || part.data() + part.size() > data + size) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto payload = pcd::rtp::ParseH264Payload({data, size});
  if (!payload) return 0;
  CheckInside(payload->sps, data, size);
  CheckInside(payload->pps, data, size);
  if (payload->starts_idr && !(payload->has_idr && payload->starts_frame)) std::abort();
  if (payload->start_of_key_frame(false) && !payload->start_of_key_frame(true)) std::abort();
  return 0;
}

#include <cstdlib>

#include "engine/rtp/h265_payload.h"

namespace {

void CheckInside(pcd::ByteSpan part, const uint8_t* data, size_t size) {
  if (part.empty()) return;
  if (part.data() < data || part.data() + part.size() > data + size) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto payload = pcd::rtp::ParseH265Payload({data, size});
  if (!payload) return 0;
  CheckInside(payload->vps, data, size);
  CheckInside(payload->sps, data, size);
  CheckInside(payload->pps, data, size);
  if (payload->starts_irap && !(payload->has_irap && payload->starts_frame)) std::abort();
  return 0;
}

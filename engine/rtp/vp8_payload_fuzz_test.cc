#include <cstdlib>

#include "engine/rtp/vp8_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto payload = pcd::rtp::ParseVp8Payload({data, size});
  if (!payload) return 0;
  if (payload->descriptor_size >= size || payload->descriptor_size > 6) std::abort();
  if (payload->start_of_key_frame && !payload->start_of_frame) std::abort();
  return 0;
}

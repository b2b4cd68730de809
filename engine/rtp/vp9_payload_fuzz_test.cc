#include <cstdlib>

#include "engine/rtp/vp9_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto payload = pcd::rtp::ParseVp9Payload({data, size});
  if (!payload) return 0;
  if (payload->descriptor_size == 0 || payload->descriptor_size >= size) std::abort();
  if (payload->start_of_key_frame && !payload->start_of_frame) std::abort();
  if (payload->start_of_key_frame && payload->inter_predicted) std::abort();
  return 0;
}

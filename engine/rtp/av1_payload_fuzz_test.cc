#include <cstdlib>

#include "engine/rtp/av1_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto payload = pcd::rtp::ParseAv1Payload({data, size});
  if (!payload) return 0;
  if (size < 2 || payload->element_count > 3) std::abort();
  if (payload->starts_coded_sequence && payload->continues_obu) std::abort();
  return 0;
}

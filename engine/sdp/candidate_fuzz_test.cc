#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/sdp/candidate.h"

// What parses once must read back as the same value from its own text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  pcd::sdp::IsEndOfCandidates(text);
  const auto candidate = pcd::sdp::ParseCandidate(text);
  if (!candidate.ok()) return 0;
  const auto again = pcd::sdp::ParseCandidate(pcd::sdp::WriteCandidate(*candidate));
  if (!again.ok() || !(*again == *candidate)) std::abort();
  return 0;
}

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/sdp/candidate.h"

// What parses once must read back as the same value from its own text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  pcd::sdp::IsEndOfCandidates(text);
  const auto candidate = pcd::sdp::ParseCandidate(text);
  if (!candidate.ok()) return 0;
  const std::string written = pcd::sdp::WriteCandidate(*candidate);
  if (written.size() > 4096) return 0;  // Spelled out it may pass the cap.
  const auto again = pcd::sdp::ParseCandidate(written);
  if (!again.ok() || !(*again == *candidate)) std::abort();
  return 0;
}

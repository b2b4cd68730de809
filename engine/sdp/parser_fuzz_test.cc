#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/sdp/parser.h"
#include "engine/sdp/writer.h"

// What parses once must read back as the same value from its own text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pcd::sdp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto description = Parse(text, {});
  if (!description.ok()) return 0;
  for (const MediaSection& section : description->media) {
    EffectiveMsids(section);
    if (SignaledSsrcs(section, 4).size() > 4) std::abort();
  }
  const auto again = Parse(Write(*description), {.max_sdp_bytes = SIZE_MAX});
  if (!again.ok() || !(*again == *description)) std::abort();
  return 0;
}

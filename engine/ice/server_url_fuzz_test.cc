// Whatever is read as a URL is written and read again as the same one.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/ice/server_url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto url =
      pcd::ice::ServerUrl::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!url.ok()) return 0;
  const auto again = pcd::ice::ServerUrl::Parse(url->ToString());
  if (!again.ok() || *again != *url) std::abort();
  return 0;
}

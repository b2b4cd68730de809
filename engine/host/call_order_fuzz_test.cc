// Whatever is read as an order is written as the same text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/host/call_order.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto order = pcd::host::ParseCallOrder(text);
  if (!order.ok()) return 0;
  if (order->number > pcd::host::kMaxCallNumber || ToString(*order) != text) std::abort();
  return 0;
}

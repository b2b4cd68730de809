// Whatever is read as a rule is written and read again as the same rule.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/net/address_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rule = pcd::net::AddressRule::Parse(text);
  if (!rule.ok()) return 0;
  const auto again = pcd::net::AddressRule::Parse(rule->ToString());
  if (!again.ok() || *again != *rule) std::abort();
  if (!rule->Matches({rule->network, rule->first_port})) std::abort();
  return 0;
}

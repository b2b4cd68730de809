#include <cstdint>
#include <cstdlib>
#include <variant>

#include "engine/datachannel/dcep.h"
#include "engine/datachannel/utf8.h"

// Whatever parses is written again and parses to the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pcd::datachannel::DcepOpen;
  using pcd::datachannel::ParseDcep;
  const auto message = ParseDcep({data, size});
  if (!message) return 0;
  const auto* open = std::get_if<DcepOpen>(&*message);
  if (open == nullptr) return 0;
  const auto& label = open->init.label;
  const auto* bytes = reinterpret_cast<const uint8_t*>(label.data());
  if (!pcd::datachannel::IsUtf8({bytes, label.size()})) std::abort();
  // Replacement characters may have made a text longer than its length field can say.
  if (label.size() > 0xffff || open->init.protocol.size() > 0xffff) return 0;
  const auto again = ParseDcep(pcd::datachannel::WriteDcepOpen(open->init));
  if (!again || std::get<DcepOpen>(*again).init != open->init) std::abort();
  return 0;
}

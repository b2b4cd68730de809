#include "engine/datachannel/stream_ids.h"

#include <algorithm>

namespace pcd::datachannel {

std::optional<uint16_t> StreamIds::Allocate(DtlsRole role, uint32_t limit) {
  if (role == DtlsRole::kAuto) return std::nullopt;
  const uint32_t end = std::min<uint32_t>(limit, uint32_t{kMaxId} + 1);
  for (uint32_t id = role == DtlsRole::kClient ? 0 : 1; id < end; id += 2) {
    if (Take(static_cast<uint16_t>(id))) return static_cast<uint16_t>(id);
  }
  return std::nullopt;
}

}  // namespace pcd::datachannel

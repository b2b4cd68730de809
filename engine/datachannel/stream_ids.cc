#include "engine/datachannel/stream_ids.h"

#include <algorithm>

namespace pcd::datachannel {

std::optional<uint16_t> StreamIds::Allocate(DtlsRole role, uint32_t limit) {
  const uint32_t end = std::min<uint32_t>(limit, uint32_t{kMaxId} + 1);
  switch (role) {
    case DtlsRole::kClient:
      return TakeBetween(0, end);
    case DtlsRole::kServer:
      if (const auto id = TakeBetween(kFirstServerId, end)) return id;
      return TakeBetween(1, std::min<uint32_t>(end, kFirstServerId));
    case DtlsRole::kAuto:
      break;
  }
  return std::nullopt;
}

std::optional<uint16_t> StreamIds::AllocatePreferred(DtlsRole role, uint32_t limit,
                                                     std::optional<uint16_t> preferred) {
  const bool usable =
      preferred.has_value() && *preferred < limit && *preferred <= kMaxId && IsOf(role, *preferred);
  if (usable && Take(*preferred)) return preferred;
  return Allocate(role, limit);
}

std::optional<uint16_t> StreamIds::TakeBetween(uint32_t begin, uint32_t end) {
  for (uint32_t id = begin; id < end; id += 2) {
    if (Take(static_cast<uint16_t>(id))) return static_cast<uint16_t>(id);
  }
  return std::nullopt;
}

}  // namespace pcd::datachannel

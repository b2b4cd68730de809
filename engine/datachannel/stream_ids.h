// Which SCTP streams of a connection are in use (RFC 8832 section 6).
#ifndef ENGINE_DATACHANNEL_STREAM_IDS_H_
#define ENGINE_DATACHANNEL_STREAM_IDS_H_

#include <cstdint>
#include <optional>
#include <unordered_set>

#include "engine/model/enums.h"

namespace pcd::datachannel {

// Threading: one loop.
class StreamIds {
 public:
  static constexpr uint16_t kMaxId = 65534;  // 65535 is not an id (RFC 8832 section 6).

  // The lowest free id below `limit` of the parity that `role` has: the DTLS client's are
  // even. nullopt when all are taken, or the role is kAuto.
  std::optional<uint16_t> Allocate(DtlsRole role, uint32_t limit);
  // Whether the side that has `role` gives out this id.
  static bool IsOf(DtlsRole role, uint16_t id) {
    return role != DtlsRole::kAuto && (id % 2 == 0) == (role == DtlsRole::kClient);
  }
  // False when it is taken already.
  bool Take(uint16_t id) { return used_.insert(id).second; }
  void Release(uint16_t id) { used_.erase(id); }

 private:
  std::unordered_set<uint16_t> used_;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_STREAM_IDS_H_

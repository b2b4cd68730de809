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

  // Where the DTLS server's ids begin. aiortc and werift number the channels of an offerer
  // 1, 3, 5, ... even if it is the DTLS client: two sides that both begin at 1 would open the same
  // stream for different channels, so we leave the first ids to them.
  static constexpr uint16_t kFirstServerId = 65;

  // A free id below `limit` of the parity that `role` has, the lowest that there is: the DTLS
  // client's are even, the server's are odd and begin at kFirstServerId; those below it come last.
  // nullopt when all are taken, or the role is kAuto.
  std::optional<uint16_t> Allocate(DtlsRole role, uint32_t limit);
  // `preferred` if it is below `limit`, of the parity that `role` has and free; else as Allocate.
  std::optional<uint16_t> AllocatePreferred(DtlsRole role, uint32_t limit,
                                            std::optional<uint16_t> preferred);
  // Whether the side that has `role` gives out this id.
  static bool IsOf(DtlsRole role, uint16_t id) {
    return role != DtlsRole::kAuto && (id % 2 == 0) == (role == DtlsRole::kClient);
  }
  // False when it is taken already.
  bool Take(uint16_t id) { return used_.insert(id).second; }
  void Release(uint16_t id) { used_.erase(id); }

 private:
  // Takes the first free one of `begin`, `begin` + 2, ... below `end`.
  std::optional<uint16_t> TakeBetween(uint32_t begin, uint32_t end);

  std::unordered_set<uint16_t> used_;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_STREAM_IDS_H_

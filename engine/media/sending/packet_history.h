#ifndef ENGINE_MEDIA_SENDING_PACKET_HISTORY_H_
#define ENGINE_MEDIA_SENDING_PACKET_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"

namespace pcd::media {

// What a sender has sent last, to send again what the remote misses. Packets lie one after
// another in a ring of bytes, which begins small and grows while it holds less than
// kTargetAge; the oldest make room. A core; it allocates only when it grows. Threading: its
// owner's.
class PacketHistory {
 public:
  static constexpr size_t kPackets = 1024;  // At most; a power of two.
  static constexpr size_t kFirstBytes = 64 * 1024;
  static constexpr size_t kMaxBytes = 1024 * 1024;
  // Later than this a receiver has given up.
  static constexpr Duration kTargetAge = std::chrono::seconds(1);
  // A packet goes out again at most this often, or once a round trip if that is longer.
  static constexpr Duration kMinInterval = std::chrono::milliseconds(10);

  // `packet`: plain RTP as sent, of `sequence`.
  void Store(uint16_t sequence, ByteSpan packet, Timestamp now);
  // The packet to send again, and notes that it is. Empty: never sent, no longer kept, or sent
  // again less than `round_trip` ago. Valid until the next call.
  ByteSpan Take(uint16_t sequence, Duration round_trip, Timestamp now);
  // Frees what it holds.
  void Clear();

  size_t capacity() const { return ring_.size(); }

 private:
  struct Entry {
    uint64_t begin = 0;  // In bytes ever written.
    uint32_t size = 0;   // 0: none.
    uint16_t sequence = 0;
    Timestamp sent_again{};
  };

  bool IsKept(const Entry& entry) const {
    return entry.size > 0 && entry.begin + ring_.size() >= written_;
  }
  // Twice the bytes; `turn_end`: where the ring is at its beginning again.
  void Grow(uint64_t turn_end);
  // Where `size` bytes begin that do not cross the end of the ring.
  uint64_t PlaceFor(size_t size) const;

  std::vector<uint8_t> ring_;
  std::vector<Entry> entries_;
  uint64_t written_ = 0;
  Timestamp turn_began_{};  // When the ring was last at its beginning.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_PACKET_HISTORY_H_

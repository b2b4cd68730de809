// One datagram in a pooled buffer. The media path moves PacketPtr from the socket through
// decryption and rewriting (both in place) to the sending batch without a copy.
#ifndef ENGINE_BASE_PACKET_H_
#define ENGINE_BASE_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"

namespace pcd {

class PacketPool;

// Threading: belongs to the loop that owns its pool.
class Packet {
 public:
  // The largest datagram taken: an Ethernet frame and then some. Longer ones are dropped.
  static constexpr size_t kCapacity = 2048;
  // Kept free behind the payload so that protection can append its trailer in place
  // (SRTCP index, authentication tag, MKI).
  static constexpr size_t kTailroom = 160;
  static constexpr size_t kMaxPayload = kCapacity - kTailroom;

  uint8_t* data() { return buffer_; }
  const uint8_t* data() const { return buffer_; }
  size_t size() const { return size_; }
  void set_size(size_t size) { size_ = size; }
  MutableByteSpan bytes() { return {buffer_, size_}; }
  ByteSpan bytes() const { return {buffer_, size_}; }
  // Replaces the content; false (and unchanged) when it does not fit in kMaxPayload.
  bool Assign(ByteSpan content);

  // When the loop read it from its socket.
  Timestamp arrival{};

 private:
  friend class PacketPool;
  size_t size_ = 0;
  alignas(16) uint8_t buffer_[kCapacity];
};

struct PacketDeleter {
  PacketPool* pool = nullptr;
  void operator()(Packet* packet) const;
};
using PacketPtr = std::unique_ptr<Packet, PacketDeleter>;

// Hands out buffers and takes them back; allocates only while it grows to its working size.
// Must outlive every packet taken from it. Threading: one loop.
class PacketPool {
 public:
  // Buffers kept for reuse at most; more than that go back to the allocator.
  explicit PacketPool(size_t max_idle = 4096);
  ~PacketPool();
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  PacketPtr Get();
  PacketPtr CopyOf(ByteSpan content);  // Null when content exceeds kMaxPayload.
  size_t outstanding() const { return outstanding_; }

 private:
  friend struct PacketDeleter;
  void Put(Packet* packet);

  size_t max_idle_;
  size_t outstanding_ = 0;
  std::vector<Packet*> idle_;
};

}  // namespace pcd

#endif  // ENGINE_BASE_PACKET_H_

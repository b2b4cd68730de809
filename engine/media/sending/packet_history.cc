#include "engine/media/sending/packet_history.h"

#include <algorithm>
#include <cstring>

namespace pcd::media {

uint64_t PacketHistory::PlaceFor(size_t size) const {
  const size_t offset = written_ % ring_.size();
  return offset + size > ring_.size() ? written_ + (ring_.size() - offset) : written_;
}

// What was kept is lost, which happens a few times in a sender's life.
void PacketHistory::Grow(size_t bytes) {
  ring_.resize(bytes);
  entries_.assign(kPackets, {});
  written_ = 0;
}

void PacketHistory::Store(uint16_t sequence, ByteSpan packet, Timestamp now) {
  if (packet.empty() || packet.size() > kFirstBytes) return;
  if (ring_.empty()) {
    Grow(kFirstBytes);
    turn_began_ = now;
  } else if (written_ / ring_.size() != PlaceFor(packet.size()) / ring_.size()) {
    // Once around: how long did it take?
    if (now - turn_began_ < kTargetAge && ring_.size() < kMaxBytes) Grow(2 * ring_.size());
    turn_began_ = now;
  }
  const uint64_t begin = PlaceFor(packet.size());
  std::memcpy(&ring_[begin % ring_.size()], packet.data(), packet.size());
  written_ = begin + packet.size();
  entries_[sequence % kPackets] = {
      .begin = begin, .size = static_cast<uint32_t>(packet.size()), .sequence = sequence};
}

ByteSpan PacketHistory::Take(uint16_t sequence, Duration round_trip, Timestamp now) {
  if (entries_.empty()) return {};
  Entry& entry = entries_[sequence % kPackets];
  if (entry.sequence != sequence || !IsKept(entry)) return {};
  const bool again = entry.sent_again != Timestamp{};
  if (again && now - entry.sent_again < std::max(round_trip, kMinInterval)) return {};
  entry.sent_again = now;
  return {&ring_[entry.begin % ring_.size()], entry.size};
}

void PacketHistory::Clear() {
  ring_ = {};
  entries_ = {};
  written_ = 0;
}

}  // namespace pcd::media

#include "engine/media/sending/packet_history.h"

#include <algorithm>
#include <cstring>

namespace pcd::media {

uint64_t PacketHistory::PlaceFor(size_t size) const {
  const size_t offset = written_ % ring_.size();
  return offset + size > ring_.size() ? written_ + (ring_.size() - offset) : written_;
}

// When the ring has just gone around: what it holds lies in one piece from its beginning, and
// stays there.
void PacketHistory::Grow(uint64_t turn_end) {
  const uint64_t turn_begin = turn_end - ring_.size();
  for (Entry& entry : entries_) {
    if (entry.begin < turn_begin)
      entry = {};
    else
      entry.begin -= turn_begin;
  }
  written_ -= turn_begin;
  ring_.resize(2 * ring_.size());
}

void PacketHistory::Store(uint16_t sequence, ByteSpan packet, Timestamp now) {
  if (packet.empty() || packet.size() > kFirstBytes) return;
  if (ring_.empty()) {
    ring_.resize(kFirstBytes);
    entries_.assign(kPackets, {});
    turn_began_ = now;
  }
  uint64_t begin = PlaceFor(packet.size());
  if (begin > 0 && begin % ring_.size() == 0) {
    // Once around: how long did it take?
    if (now - turn_began_ < kTargetAge && ring_.size() < kMaxBytes) {
      Grow(begin);
      begin = PlaceFor(packet.size());
    } else {
      turn_began_ = now;
    }
  }
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

#include "engine/base/packet.h"

#include <cstring>

namespace pcd {

bool Packet::Assign(ByteSpan content) {
  if (content.size() > kMaxPayload) return false;
  if (!content.empty()) std::memcpy(buffer_, content.data(), content.size());
  size_ = content.size();
  return true;
}

void PacketDeleter::operator()(Packet* packet) const { pool->Put(packet); }

PacketPool::PacketPool(size_t max_idle) : max_idle_(max_idle) { idle_.reserve(max_idle); }

PacketPool::~PacketPool() {
  for (Packet* packet : idle_) delete packet;
}

PacketPtr PacketPool::Get() {
  Packet* packet = nullptr;
  if (idle_.empty()) {
    packet = new Packet;
  } else {
    packet = idle_.back();
    idle_.pop_back();
  }
  packet->size_ = 0;
  ++outstanding_;
  return PacketPtr(packet, PacketDeleter{this});
}

PacketPtr PacketPool::CopyOf(ByteSpan content) {
  PacketPtr packet = Get();
  if (!packet->Assign(content)) return nullptr;
  return packet;
}

void PacketPool::Put(Packet* packet) {
  --outstanding_;
  if (idle_.size() < max_idle_) {
    idle_.push_back(packet);
  } else {
    delete packet;
  }
}

}  // namespace pcd

#include "engine/transport/send_queue.h"

#include <utility>

namespace pcd::transport {

bool SendQueue::Add(PacketPtr packet) {
  packets_.push_back(std::move(packet));
  if (packets_.size() >= kMaxQueued) Flush();
  return packets_.size() == 1;
}

void SendQueue::Flush() {
  if (packets_.empty()) return;
  const size_t sent = ice_.SendPackets(packets_);
  drops_.Add(DropReason::kSendRefused, packets_.size() - sent);
  packets_.clear();
}

}  // namespace pcd::transport

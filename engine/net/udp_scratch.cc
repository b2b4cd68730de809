#include "engine/net/udp_scratch.h"

#include <algorithm>

namespace pcd::net {

UdpScratch::UdpScratch(PacketPool& pool) : receive{}, offload{}, send{}, pool_(pool) {
  receive.used = kReceiveBatch;
}

void UdpScratch::PrepareReceive() {
  for (size_t i = 0; i < receive.used; ++i) {
    if (receive.packets[i] == nullptr) receive.packets[i] = pool_.Get();
    receive.buffers[i] = {receive.packets[i]->data(), Packet::kMaxPayload};
    msghdr& header = receive.headers[i].msg_hdr;
    header.msg_name = &receive.names[i];
    header.msg_namelen = sizeof(SockaddrAny);
    header.msg_iov = &receive.buffers[i];
    header.msg_iovlen = 1;
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    header.msg_flags = 0;
  }
  receive.used = 0;
}

void UdpScratch::PrepareOffload() {
  PrepareReceive();
  receive.used = kOffloadBatch;  // For the next socket, which may be without.
  if (offload.room == nullptr) {
    offload.room = std::make_unique_for_overwrite<uint8_t[]>(kOffloadBatch * Offload::kRoom);
  }
  for (size_t i = 0; i < kOffloadBatch; ++i) {
    offload.buffers[i] = {receive.buffers[i],
                          iovec{&offload.room[i * Offload::kRoom], Offload::kRoom}};
    msghdr& header = receive.headers[i].msg_hdr;
    header.msg_iov = offload.buffers[i].data();
    header.msg_iovlen = offload.buffers[i].size();
    header.msg_control = offload.controls[i].bytes.data();
    header.msg_controllen = offload.controls[i].bytes.size();
  }
}

void UdpScratch::CopyJoined(size_t message, size_t offset, MutableByteSpan out) const {
  const size_t in_packet =
      offset < Packet::kMaxPayload ? std::min(out.size(), Packet::kMaxPayload - offset) : 0;
  std::copy_n(receive.packets[message]->data() + offset, in_packet, out.data());
  if (in_packet == out.size()) return;
  const uint8_t* const room = &offload.room[message * Offload::kRoom];
  std::copy_n(room + (offset + in_packet - Packet::kMaxPayload), out.size() - in_packet,
              out.data() + in_packet);
}

}  // namespace pcd::net

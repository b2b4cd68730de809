#include "engine/net/udp_scratch.h"

namespace pcd::net {

UdpScratch::UdpScratch(PacketPool& pool) : receive{}, send{}, pool_(pool) {
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
    header.msg_flags = 0;
  }
  receive.used = 0;
}

}  // namespace pcd::net

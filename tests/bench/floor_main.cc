// The raw floor: the least that any server written this way must do for a packet. One thread,
// one epoll set, one UDP socket a connection; recvmmsg, decrypt with the same SRTP code,
// rewrite the SSRC, sendmmsg to the sink. No ICE, no demultiplexing, no feedback.
//
//   floor CONNECTIONS gcm|cm SINK_PORT
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"
#include "tests/bench/floor_keys.h"
#include "tests/bench/packet_counter.h"

namespace pcd::bench {
namespace {

constexpr size_t kBatch = 32;

struct Connection {
  int fd = -1;
  std::unique_ptr<srtp::SrtpSession> session;
};

class Floor {
 public:
  Floor(size_t connections, SrtpProfile profile, uint16_t sink_port) : epoll_(epoll_create1(0)) {
    std::string ports;
    for (size_t i = 0; i < connections; ++i) {
      uint16_t port = 0;
      connections_.push_back({.fd = BindLoopback(port),
                              .session = FloorSession(srtp::SrtpDirection::kInbound, profile)});
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_.back().fd, &event);
      ports += " " + std::to_string(port);
    }
    uint16_t unused = 0;
    sink_ = BindLoopback(unused);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(sink_port);
    connect(sink_, reinterpret_cast<sockaddr*>(&to), sizeof(to));
    for (size_t i = 0; i < kBatch; ++i) {
      packets_[i] = pool_.Get();
      in_[i] = {.iov_base = packets_[i]->data(), .iov_len = Packet::kMaxPayload};
      receive_[i].msg_hdr.msg_iov = &in_[i];
      receive_[i].msg_hdr.msg_iovlen = 1;
      send_[i].msg_hdr.msg_iov = &out_[i];
      send_[i].msg_hdr.msg_iovlen = 1;
    }
    std::printf("ports%s\n", ports.c_str());
    std::fflush(stdout);
  }

  void Run() {
    std::array<epoll_event, 64> events{};
    while (true) {
      const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < ready; ++i) Serve(connections_[events[static_cast<size_t>(i)].data.u64]);
    }
  }

 private:
  void Serve(Connection& connection) {
    const int received = recvmmsg(connection.fd, receive_.data(), kBatch, MSG_DONTWAIT, nullptr);
    unsigned count = 0;
    for (int i = 0; i < received; ++i) {
      Packet& packet = *packets_[static_cast<size_t>(i)];
      packet.set_size(receive_[static_cast<size_t>(i)].msg_len);
      if (connection.session->UnprotectRtp(packet) != srtp::SrtpResult::kOk) continue;
      StoreU32(packet.data() + 8, 0x01020304);
      out_[count++] = {.iov_base = packet.data(), .iov_len = packet.size()};
    }
    if (count > 0) sendmmsg(sink_, send_.data(), count, MSG_DONTWAIT);
  }

  int epoll_;
  int sink_ = -1;
  PacketPool pool_;
  std::vector<Connection> connections_;
  std::array<PacketPtr, kBatch> packets_;
  std::array<iovec, kBatch> in_{}, out_{};
  std::array<mmsghdr, kBatch> receive_{}, send_{};
};

}  // namespace
}  // namespace pcd::bench

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto profile = std::string(argv[2]) == "gcm" ? pcd::SrtpProfile::kAeadAes128Gcm
                                                     : pcd::SrtpProfile::kAes128CmSha1_80;
  pcd::bench::Floor(std::strtoul(argv[1], nullptr, 10), profile,
                    static_cast<uint16_t>(std::atoi(argv[3])))
      .Run();
}

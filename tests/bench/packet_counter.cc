#include "tests/bench/packet_counter.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace pcd::bench {

namespace {

int Bind(in_addr_t address, uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int buffer = 32 << 20;
  // Forced where we may, so that the receiver is never what loses packets.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
  }
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(address);
  socklen_t length = sizeof(local);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&local), length) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length) != 0) {
    std::perror("bench: UDP socket");
    std::exit(1);
  }
  port = ntohs(local.sin_port);
  return fd;
}

}  // namespace

int BindLoopback(uint16_t& port) { return Bind(INADDR_LOOPBACK, port); }

PacketCounter::PacketCounter() {
  fd_ = Bind(INADDR_ANY, port_);
  thread_ = std::thread([this] { Run(); });
}

PacketCounter::~PacketCounter() {
  stop_ = true;
  thread_.join();
  close(fd_);
}

void PacketCounter::Run() {
  constexpr size_t kBatch = 64;
  // The content does not matter: everything may land on the same bytes.
  std::array<char, 2048> scratch{};
  std::array<mmsghdr, kBatch> messages{};
  iovec vector{.iov_base = scratch.data(), .iov_len = scratch.size()};
  for (mmsghdr& message : messages) {
    message.msg_hdr.msg_iov = &vector;
    message.msg_hdr.msg_iovlen = 1;
  }
  while (!stop_) {
    pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 50) <= 0) continue;
    const int received = recvmmsg(fd_, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (received > 0) count_ += static_cast<uint64_t>(received);
  }
}

}  // namespace pcd::bench

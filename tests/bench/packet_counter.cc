#include "tests/bench/packet_counter.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

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

uint64_t StampNow() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

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

std::vector<uint32_t> PacketCounter::TakeDelays() {
  std::vector<uint32_t> taken = std::exchange(delays_, {});
  std::ranges::sort(taken);
  return taken;
}

void PacketCounter::Run() {
  constexpr size_t kBatch = 64, kBytes = 2048;
  std::vector<uint8_t> bytes(kBatch * kBytes);
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> vectors{};
  for (size_t i = 0; i < kBatch; ++i) {
    vectors[i] = {.iov_base = &bytes[i * kBytes], .iov_len = kBytes};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  while (!stop_) {
    pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 50) <= 0) continue;
    const int received = recvmmsg(fd_, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < received; ++i) {
      const auto at = static_cast<size_t>(i);
      NoteDelay({&bytes[at * kBytes], messages[at].msg_len});
    }
    if (received > 0) count_ += static_cast<uint64_t>(received);
  }
}

void PacketCounter::NoteDelay(ByteSpan packet) {
  if (packet.size() < 64) return;  // RTCP, reports of a few.
  const uint64_t stamp = LoadU64(packet.last(sizeof(uint64_t)).data());
  if (stamp != 0) delays_.push_back(static_cast<uint32_t>(StampNow() - stamp));
}

}  // namespace pcd::bench

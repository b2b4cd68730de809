#include "tests/integration/udp_receiver.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace pcd::tests {

UdpReceiver::UdpReceiver() {
  fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(local);
  const int buffer = 4 << 20;
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
  if (bind(fd_, reinterpret_cast<sockaddr*>(&local), length) != 0 ||
      getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &length) != 0) {
    std::abort();
  }
  address_ = {.ip = IpAddress::V4({127, 0, 0, 1}), .port = ntohs(local.sin_port)};
}

UdpReceiver::~UdpReceiver() { close(fd_); }

std::optional<std::vector<uint8_t>> UdpReceiver::Receive(int timeout_ms) {
  pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&readable, 1, timeout_ms) <= 0) return std::nullopt;
  std::vector<uint8_t> bytes(2048);
  const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<size_t>(size));
  return bytes;
}

void UdpReceiver::Send(const std::vector<uint8_t>& datagram, const SocketAddress& to) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(to.port);
  std::copy_n(to.ip.bytes().begin(), sizeof(name.sin_addr),
              reinterpret_cast<uint8_t*>(&name.sin_addr));
  if (sendto(fd_, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&name),
             sizeof(name)) < 0) {
    std::abort();
  }
}

}  // namespace pcd::tests

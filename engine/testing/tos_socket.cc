#include "engine/testing/tos_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace pcd::testing {
namespace {

constexpr int kTimeoutMs = 10'000;

}  // namespace

TosSocket::TosSocket(const IpAddress& local) {
  const bool v6 = local.is_v6();
  const int on = 1;
  sockaddr_in6 name6{};
  name6.sin6_family = AF_INET6;
  sockaddr_in name4{};
  name4.sin_family = AF_INET;
  const std::string text = local.ToString();
  sockaddr* name = v6 ? reinterpret_cast<sockaddr*>(&name6) : reinterpret_cast<sockaddr*>(&name4);
  socklen_t length = v6 ? sizeof(name6) : sizeof(name4);
  void* raw = v6 ? static_cast<void*>(&name6.sin6_addr) : static_cast<void*>(&name4.sin_addr);
  inet_pton(name->sa_family, text.c_str(), raw);
  fd_ = socket(name->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || bind(fd_, name, length) != 0 || getsockname(fd_, name, &length) != 0 ||
      setsockopt(fd_, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVTCLASS : IP_RECVTOS, &on,
                 sizeof(on)) != 0) {
    std::perror("TosSocket");
    std::abort();
  }
  address_ = {local, ntohs(v6 ? name6.sin6_port : name4.sin_port)};
}

TosSocket::~TosSocket() { close(fd_); }

int TosSocket::Receive() {
  pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&readable, 1, kTimeoutMs) != 1) return -1;
  std::array<char, 2048> bytes{};
  alignas(cmsghdr) std::array<char, 64> control{};
  iovec vector{.iov_base = bytes.data(), .iov_len = bytes.size()};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(fd_, &message, 0) < 0) return -1;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_TOS) return *CMSG_DATA(part);
    if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_TCLASS) {
      int value = 0;
      std::memcpy(&value, CMSG_DATA(part), sizeof(value));
      return value;
    }
  }
  return -1;
}

}  // namespace pcd::testing

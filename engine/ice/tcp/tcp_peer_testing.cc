#include "engine/ice/tcp/tcp_peer_testing.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "engine/net/sockaddr.h"

namespace pcd::ice {

TcpPeer::TcpPeer(const SocketAddress& to, const SocketAddress& from, int receive_buffer_bytes)
    : fd_(socket(to.ip.is_v6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (receive_buffer_bytes > 0) {
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
               sizeof(receive_buffer_bytes));
  }
  net::SockaddrAny name;
  socklen_t length = net::ToSockaddr(from, name);
  if (from.port != 0 && bind(fd_.get(), &name.base, length) != 0) std::abort();
  length = net::ToSockaddr(to, name);
  // The kernel completes it while it waits to be accepted.
  connected_ = connect(fd_.get(), &name.base, length) == 0;
  length = sizeof(name);
  if (getsockname(fd_.get(), &name.base, &length) != 0) std::abort();
  address_ = net::FromSockaddr(name);
  if (fcntl(fd_.get(), F_SETFL, O_NONBLOCK) != 0) std::abort();
}

void TcpPeer::SendRaw(ByteSpan bytes) {
  [[maybe_unused]] const ssize_t sent = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void TcpPeer::Send(ByteSpan datagram) {
  std::vector<uint8_t> frame;
  const auto header = TcpFrameHeader(datagram.size());
  frame.insert(frame.end(), header.begin(), header.end());
  frame.insert(frame.end(), datagram.begin(), datagram.end());
  SendRaw(frame);
}

void TcpPeer::Read() {
  std::array<uint8_t, 16384> buffer;
  ssize_t got = 0;
  while (!closed_ && (got = recv(fd_.get(), buffer.data(), buffer.size(), 0)) != 0) {
    if (got < 0) {
      closed_ = errno != EAGAIN && errno != EINTR;
      return;
    }
    ByteSpan bytes = ByteSpan(buffer).first(static_cast<size_t>(got));
    while (const PacketPtr packet = reader_.Next(bytes)) {
      received.emplace_back(packet->bytes().begin(), packet->bytes().end());
    }
  }
  closed_ = true;
}

bool TcpPeer::Closed() {
  Read();
  return closed_;
}

void TcpPeer::Close() {
  const net::UniqueFd closed = std::move(fd_);
  closed_ = true;
}

}  // namespace pcd::ice

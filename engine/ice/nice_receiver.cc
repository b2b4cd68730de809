#include "engine/ice/nice_receiver.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace pcd::ice {
namespace {

constexpr guint kComponent = 1;

// RFC 7983: the first byte of STUN is 0..3.
bool LooksLikeStun(uint8_t first_byte) { return first_byte <= 3; }

SocketAddress FromSockaddr(const sockaddr_storage& from) {
  SocketAddress result;
  if (from.ss_family == AF_INET) {
    sockaddr_in address;
    std::array<uint8_t, 4> bytes;
    std::memcpy(&address, &from, sizeof(address));
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    result = {IpAddress::V4(bytes), ntohs(address.sin_port)};
  } else if (from.ss_family == AF_INET6) {
    sockaddr_in6 address;
    std::array<uint8_t, 16> bytes;
    std::memcpy(&address, &from, sizeof(address));
    std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
    result = {IpAddress::V6(bytes), ntohs(address.sin6_port)};
  }
  return result;
}

}  // namespace

struct NiceReceiver::Next {
  ssize_t size = 0;  // Negative: none, see `error`.
  int error = 0;
  uint8_t first_byte = 0;
  SocketAddress source{};
};

NiceReceiver::Next NiceReceiver::Peek(int fd) {
  Next next;
  sockaddr_storage from{};
  socklen_t from_size = sizeof(from);
  next.size = recvfrom(fd, &next.first_byte, 1, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT,
                       reinterpret_cast<sockaddr*>(&from), &from_size);
  if (next.size < 0) {
    next.error = errno;
  } else {
    next.source = FromSockaddr(from);
  }
  return next;
}

NiceReceiver::Outcome NiceReceiver::Read(int fd, size_t budget, std::vector<PacketPtr>& packets) {
  Outcome outcome;
  for (; budget > 0; --budget) {
    const Next next = Peek(fd);
    if (next.error == EAGAIN || next.error == EWOULDBLOCK || next.error == EINTR) break;
    const bool from_peer = next.size >= 0 && peer_.has_value() && next.source == *peer_;
    outcome.from_peer |= from_peer;
    // libnice closes a socket that is in error; an empty datagram counts as data.
    const bool data = next.size == 0 || (next.size > 0 && !LooksLikeStun(next.first_byte));
    if (data && from_peer) {
      ReadDirectly(fd, next, packets);
    } else if (data && !IsKnown(next.source)) {
      Drop(fd);
      ++drops_.unknown_source;
    } else {
      outcome.used_libnice = true;
      if (!ReadThroughLibnice(packets)) {
        outcome.socket_failed = true;
        break;
      }
    }
  }
  return outcome;
}

bool NiceReceiver::IsKnown(const SocketAddress& source) const {
  return std::ranges::find(known_sources_, source) != known_sources_.end();
}

void NiceReceiver::Drop(int fd) {
  uint8_t byte;
  [[maybe_unused]] const ssize_t taken = recv(fd, &byte, sizeof(byte), MSG_DONTWAIT);
}

void NiceReceiver::ReadDirectly(int fd, const Next& next, std::vector<PacketPtr>& packets) {
  if (next.size == 0 || static_cast<size_t>(next.size) > Packet::kMaxPayload) {
    Drop(fd);
    if (next.size != 0) ++drops_.oversized;
    return;
  }
  PacketPtr packet = loop_.packets().Get();
  const ssize_t taken = recv(fd, packet->data(), Packet::kMaxPayload, MSG_DONTWAIT);
  if (taken <= 0) return;
  packet->set_size(static_cast<size_t>(taken));
  packet->arrival = loop_.Now();
  packets.push_back(std::move(packet));
}

bool NiceReceiver::ReadThroughLibnice(std::vector<PacketPtr>& packets) {
  // The whole capacity, so that a longer datagram shows.
  PacketPtr packet = loop_.packets().Get();
  GInputVector buffer{packet->data(), Packet::kCapacity};
  NiceInputMessage message{};
  message.buffers = &buffer;
  message.n_buffers = 1;
  GError* error = nullptr;
  const gint count = nice_agent_recv_messages_nonblocking(agent_, stream_id_, kComponent, &message,
                                                          1, nullptr, &error);
  if (count < 0) {
    const bool nothing = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) != FALSE;
    g_clear_error(&error);
    return nothing;
  }
  if (count == 0 || message.length == 0) return true;
  if (message.length > Packet::kMaxPayload) {
    ++drops_.oversized;
    return true;
  }
  packet->set_size(message.length);
  packet->arrival = loop_.Now();
  packets.push_back(std::move(packet));
  return true;
}

}  // namespace pcd::ice

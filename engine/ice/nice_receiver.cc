#include "engine/ice/nice_receiver.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/ice/answering/check_responder.h"
#include "engine/net/sockaddr.h"

namespace pcd::ice {
namespace {

constexpr guint kComponent = 1;

// The longest answer of a server that is looked at.
constexpr size_t kMaxAnswer = 1500;
constexpr size_t kStunHeader = 20;
constexpr uint16_t kDataIndication = 0x0017;

// RFC 7983: the first byte of STUN is 0..3.
bool LooksLikeStun(uint8_t first_byte) { return first_byte <= 3; }

}  // namespace

struct NiceReceiver::Next {
  ssize_t size = 0;  // Negative: none, see `error`.
  int error = 0;
  std::array<uint8_t, 6> start{};  // As much as tells an answer in a ChannelData message.
  SocketAddress source{};

  bool IsStun() const { return size > 0 && LooksLikeStun(start[0]); }
  // Of a TURN server: it brings something from a peer.
  bool IsRelayed() const {
    return size > 1 && (!IsStun() || LoadU16(start.data()) == kDataIndication);
  }
};

NiceReceiver::Next NiceReceiver::Peek(int fd) {
  Next next;
  net::SockaddrAny from{};
  socklen_t from_size = sizeof(from);
  next.size = recvfrom(fd, next.start.data(), next.start.size(),
                       MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT, &from.base, &from_size);
  if (next.size < 0) {
    next.error = errno;
  } else {
    next.source = net::FromSockaddr(from);
  }
  return next;
}

void NiceReceiver::Look(int fd) {
  const Next next = Peek(fd);
  if (next.IsStun() && servers_.IsServer(next.source)) DropForbidden(fd, next.source);
}

NiceReceiver::Outcome NiceReceiver::Read(int fd, size_t budget, std::vector<PacketPtr>& packets) {
  Outcome outcome;
  for (; budget > 0; --budget) {
    const Next next = Peek(fd);
    if (next.error == EAGAIN || next.error == EWOULDBLOCK || next.error == EINTR) break;
    const bool from_peer = next.size >= 0 && peer_.has_value() && next.source == *peer_;
    const bool from_relay = servers_.IsRelay(next.source);
    outcome.from_peer |= from_peer || (from_relay && next.IsRelayed());
    if (from_peer || from_relay) {
      if (const auto round_trip = TakeAnswer(fd, next, from_relay)) {
        outcome.round_trips.push_back(*round_trip);
        continue;
      }
    }
    if (next.IsStun() && servers_.IsServer(next.source) && DropForbidden(fd, next.source)) {
      continue;
    }
    if (next.IsStun() && answering_ != Answering::kFully && !servers_.IsServer(next.source)) {
      Respond(fd, next.source);
      continue;
    }
    // libnice closes a socket that is in error; an empty datagram counts as data.
    const bool data = next.size >= 0 && !next.IsStun();
    if (data && !from_relay && (from_peer || IsProven(next.source))) {
      ReadDirectly(fd, next, packets);
    } else if (data && !from_relay && !IsKnown(next.source)) {
      Drop(fd);
      ++drops_.unknown_source;
    } else {
      outcome.used_libnice = true;
      if (ReadThroughLibnice(packets) == Taken::kFailed) {
        outcome.socket_failed = true;
        break;
      }
    }
  }
  return outcome;
}

bool NiceReceiver::DropForbidden(int fd, const SocketAddress& source) {
  std::array<uint8_t, kMaxAnswer> bytes;
  const ssize_t size = recv(fd, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < static_cast<ssize_t>(kStunHeader) || !LooksLikeStun(bytes[0])) return false;
  if (servers_.OnMessage(source, ByteSpan(bytes).first(static_cast<size_t>(size)))) return false;
  Drop(fd);
  return true;
}

std::optional<Duration> NiceReceiver::TakeAnswer(int fd, const Next& next, bool relayed) {
  if (next.size < static_cast<ssize_t>(next.start.size())) return std::nullopt;
  const ByteSpan start(next.start);
  const bool in_channel = relayed && !next.IsStun();
  const bool in_indication = relayed && next.IsStun() && next.IsRelayed();
  if (!in_indication && !LooksLikeAnswer(in_channel ? start.subspan(4) : start)) {
    return std::nullopt;
  }
  std::array<uint8_t, kMaxAnswer> bytes;
  const ssize_t size = recv(fd, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size <= 0) return std::nullopt;
  const ByteSpan message = ByteSpan(bytes).first(static_cast<size_t>(size));
  const auto round_trip = consent_.OnMessage(relayed ? RelayedData(message) : message, loop_.Now());
  if (round_trip) Drop(fd);
  return round_trip;
}

void NiceReceiver::SetResponder(const IceParameters& local, Answering answering) {
  local_ = local;
  answering_ = answering;
}

void NiceReceiver::Respond(int fd, const SocketAddress& source) {
  std::array<uint8_t, kMaxAnswer> check;
  const ssize_t size = recv(fd, check.data(), check.size(), MSG_DONTWAIT);
  if (size <= 0) return;
  std::array<uint8_t, kMaxAnswer> reply;
  const CheckAnswer answer = AnswerCheck(ByteSpan(check).first(static_cast<size_t>(size)), source,
                                         local_, answering_, reply);
  if (answer.accepted) AddProvenSource(source);
  if (answer.size == 0) return;
  net::SockaddrAny to{};
  const socklen_t to_size = net::ToSockaddr(source, to);
  // What the kernel refuses is lost, as on the way.
  [[maybe_unused]] const ssize_t sent =
      sendto(fd, reply.data(), answer.size, MSG_DONTWAIT | MSG_NOSIGNAL, &to.base, to_size);
}

void NiceReceiver::AddProvenSource(const SocketAddress& source) {
  if (IsProven(source)) return;
  if (proven_sources_.size() == kMaxProven) proven_sources_.erase(proven_sources_.begin());
  proven_sources_.push_back(source);
}

bool NiceReceiver::IsProven(const SocketAddress& source) const {
  return std::ranges::find(proven_sources_, source) != proven_sources_.end();
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

NiceReceiver::Taken NiceReceiver::ReadThroughLibnice(std::vector<PacketPtr>& packets) {
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
    return nothing ? Taken::kNothing : Taken::kFailed;
  }
  if (count == 0) return Taken::kNothing;
  if (message.length == 0) return Taken::kMaybe;
  if (message.length > Packet::kMaxPayload) {
    ++drops_.oversized;
    return Taken::kMaybe;
  }
  packet->set_size(message.length);
  packet->arrival = loop_.Now();
  packets.push_back(std::move(packet));
  return Taken::kMaybe;
}

}  // namespace pcd::ice

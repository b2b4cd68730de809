#include "engine/net/udp_socket.h"

#include <linux/sock_diag.h>
#include <netinet/udp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/net/system_error.h"

namespace pcd::net {
namespace {

// The kernel's own limits for one segmented message (UDP_MAX_SEGMENTS, and 64 KB less headers).
constexpr size_t kMaxSegments = 64;
constexpr size_t kMaxSegmentedBytes = 65'000;

bool ProbeSegmentation() {
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int off = 0;
  return fd.valid() && setsockopt(fd.get(), IPPROTO_UDP, UDP_SEGMENT, &off, sizeof(off)) == 0;
}

bool KernelHasSegmentation() {
  static const bool supported = ProbeSegmentation();
  return supported;
}

// Segmentation is refused although each packet alone may pass: no checksum offload on the
// way (EIO), a path narrower than the segment (EINVAL, EMSGSIZE), a filter in between.
bool MayPassUnsegmented(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP;
}

// Left behind by an earlier packet (ICMP unreachable) and cleared by being reported.
bool IsPendingError(int error) { return error == ECONNREFUSED || error == EHOSTUNREACH; }

int FamilyOf(const DatagramSocketOptions& options) {
  const bool by_remote = options.connect && options.local.ip.IsUnspecified();
  return (by_remote ? options.remote : options.local).ip.is_v6() ? AF_INET6 : AF_INET;
}

// Of the datagrams that were joined into a message of `total` bytes; `total` if it is one datagram.
size_t SegmentSize(msghdr& header, size_t total) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_GRO) continue;
    int size = 0;
    std::memcpy(&size, CMSG_DATA(c), sizeof(size));
    if (size > 0) return static_cast<size_t>(size);
  }
  return total;
}

// False: a kernel without it; datagrams come as they were sent.
bool EnableReceiveOffload(int fd) {
  const int on = 1;
  return setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) == 0;
}

// The kernel answers with double the size, the other half being for its own bookkeeping.
int GrantedBuffer(int fd, int option) {
  int granted = 0;
  socklen_t length = sizeof(granted);
  return getsockopt(fd, SOL_SOCKET, option, &granted, &length) == 0 ? granted / 2 : 0;
}

// The kernel cuts `option` to its own maximum, `force` (for the privileged) not. What it grants
// is good enough to go on with; who needs all of it asks buffer_bytes().
void SetBuffer(int fd, int option, int force, int bytes) {
  if (bytes <= 0) return;
  if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes)) != 0) {
    setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes));
  }
  const int granted = GrantedBuffer(fd, option);
  if (granted < bytes) {
    PCD_LOG(kDebug, "net",
            std::string(option == SO_RCVBUF ? "receive" : "send") + " buffer of " +
                std::to_string(granted) + " bytes instead of " + std::to_string(bytes));
  }
}

absl::Status Configure(int fd, int family, const DatagramSocketOptions& options) {
  const int on = 1;
  if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) {
    return SystemError("IPV6_V6ONLY", errno);
  }
  const int tos = options.dscp << 2;  // The two bits below are ECN's.
  const bool v6 = family == AF_INET6;
  if (tos != 0 && setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, &tos,
                             sizeof(tos)) != 0) {
    return SystemError("DSCP", errno);
  }
  SetBuffer(fd, SO_RCVBUF, SO_RCVBUFFORCE, options.receive_buffer_bytes);
  SetBuffer(fd, SO_SNDBUF, SO_SNDBUFFORCE, options.send_buffer_bytes);
  return absl::OkStatus();
}

absl::Status BindAndConnect(int fd, int family, const DatagramSocketOptions& options) {
  SocketAddress local = options.local;
  if (local.ip.IsUnspecified() && family == AF_INET6) local.ip = IpAddress::V6({});
  SockaddrAny name;
  socklen_t length = ToSockaddr(local, name);
  if (bind(fd, &name.base, length) != 0) return SystemError("bind " + local.ToString(), errno);
  if (!options.connect) return absl::OkStatus();
  length = ToSockaddr(options.remote, name);
  if (connect(fd, &name.base, length) != 0) {
    return SystemError("connect " + options.remote.ToString(), errno);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<UdpSocket>> UdpSocket::Open(const Host& host,
                                                           const DatagramSocketOptions& options) {
  const int family = FamilyOf(options);
  UniqueFd fd(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return SystemError("socket", errno);
  PCD_RETURN_IF_ERROR(Configure(fd.get(), family, options));
  PCD_RETURN_IF_ERROR(BindAndConnect(fd.get(), family, options));
  SockaddrAny name;
  socklen_t length = sizeof(name);
  if (getsockname(fd.get(), &name.base, &length) != 0) return SystemError("getsockname", errno);
  std::unique_ptr<UdpSocket> opened(
      new UdpSocket(host, std::move(fd), FromSockaddr(name), options));
  PCD_RETURN_IF_ERROR(host.loop->WatchFd(opened->fd_.get(), opened.get()));
  return opened;
}

UdpSocket::UdpSocket(const Host& host, UniqueFd fd, const SocketAddress& local,
                     const DatagramSocketOptions& options)
    : host_(host),
      fd_(std::move(fd)),
      local_(local),
      connected_(options.connect),
      remote_(options.remote),
      receive_offload_(options.receive_offload && EnableReceiveOffload(fd_.get())),
      segmentation_(KernelHasSegmentation()) {}

UdpSocket::~UdpSocket() {
  host_.loop->UnwatchFd(fd_.get());
  host_.flushes->Remove(this);
  if (destroyed_ != nullptr) *destroyed_ = true;
}

DatagramSocket::Counters UdpSocket::counters() const {
  Counters counters = counters_;
  std::array<uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof(memory);
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) == 0) {
    counters.kernel_drops = memory[SK_MEMINFO_DROPS];
  }
  return counters;
}

DatagramSocket::BufferBytes UdpSocket::buffer_bytes() const {
  return {GrantedBuffer(fd_.get(), SO_RCVBUF), GrantedBuffer(fd_.get(), SO_SNDBUF)};
}

void UdpSocket::Queue(PacketPtr packet) {
  if (connected_) return Queue(std::move(packet), remote_);
  ++counters_.send_drops;
}

void UdpSocket::Queue(PacketPtr packet, const SocketAddress& destination) {
  if (queue_.empty()) host_.flushes->Add(this);
  queue_.push_back({std::move(packet), destination});
  if (queue_.size() == kMaxQueued) Flush();
}

void UdpSocket::OnReadable(int) {
  bool destroyed = false;
  destroyed_ = &destroyed;
  more_may_wait_ = true;
  for (size_t taken = 0; taken < kMaxReceivePerTurn && more_may_wait_;) {
    taken += receive_offload_ ? ReceiveJoined() : Receive();
    if (destroyed) return;
  }
  destroyed_ = nullptr;
}

size_t UdpSocket::ReadMessages(size_t most) {
  const int got = recvmmsg(fd_.get(), host_.scratch->receive.headers.data(),
                           static_cast<unsigned>(most), 0, nullptr);
  // Empty, or an error left behind by an earlier send, which is hereby cleared.
  if (got < 0 && IsPendingError(errno)) counters_.last_error = errno;
  // A batch that is not full has emptied the socket.
  more_may_wait_ = got == static_cast<int>(most);
  return static_cast<size_t>(std::max(got, 0));
}

size_t UdpSocket::Receive() {
  UdpScratch::Receive& receive = host_.scratch->receive;
  host_.scratch->PrepareReceive();
  receive.used = ReadMessages(UdpScratch::kReceiveBatch);
  const size_t got = receive.used;
  const size_t good = SortOutReceived(got);
  if (good > 0 && handler_ != nullptr) {
    handler_->OnDatagrams(std::span(receive.packets).first(good),
                          std::span(receive.sources).first(good));
  }
  return got;
}

// Moves what is too long behind the rest; returns how many are good.
size_t UdpSocket::SortOutReceived(size_t count) {
  UdpScratch::Receive& receive = host_.scratch->receive;
  size_t good = 0;
  for (size_t i = 0; i < count; ++i) {
    if ((receive.headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      ++counters_.receive_drops;
      continue;
    }
    PacketPtr& packet = receive.packets[i];
    packet->set_size(receive.headers[i].msg_len);
    packet->arrival = host_.loop->Now();
    counters_.bytes_received += packet->size();
    receive.sources[good] = FromSockaddr(receive.names[i]);
    if (good != i) std::swap(receive.packets[good], packet);
    ++good;
  }
  counters_.packets_received += good;
  return good;
}

size_t UdpSocket::ReceiveJoined() {
  UdpScratch& scratch = *host_.scratch;
  scratch.PrepareOffload();
  const size_t messages = ReadMessages(UdpScratch::kOffloadBatch);
  const bool& destroyed = *destroyed_;
  size_t datagrams = 0;
  for (size_t i = 0; i < messages && !destroyed; ++i) {
    datagrams += TakeMessage(i);
    if (scratch.offload.count >= UdpScratch::kReceiveBatch || i + 1 == messages) HandOver();
  }
  return datagrams;
}

// What was joined into one message becomes datagrams again. The first stays in the message's
// packet.
size_t UdpSocket::TakeMessage(size_t message) {
  UdpScratch& scratch = *host_.scratch;
  const size_t total = scratch.receive.headers[message].msg_len;
  const size_t segment = SegmentSize(scratch.receive.headers[message].msg_hdr, total);
  const size_t count = total <= segment ? 1 : (total + segment - 1) / segment;
  if (segment > Packet::kMaxPayload || count > UdpScratch::kMaxSegments) {
    counters_.receive_drops += count;
    return count;
  }
  if (count > 1) ++joined_messages_;
  PacketPtr& first = scratch.receive.packets[message];
  const SocketAddress source = FromSockaddr(scratch.receive.names[message]);
  // Handed over together: until then the first packet has what others are copied from.
  const size_t at_first = scratch.offload.count++;
  for (size_t at = segment; at < total; at += segment) {
    PacketPtr packet = host_.loop->packets().Get();
    packet->set_size(std::min(segment, total - at));
    scratch.CopyJoined(message, at, packet->bytes());
    Stage(scratch.offload.count++, std::move(packet), source);
  }
  first->set_size(std::min(segment, total));
  Stage(at_first, std::move(first), source);
  return count;
}

void UdpSocket::Stage(size_t place, PacketPtr packet, const SocketAddress& source) {
  packet->arrival = host_.loop->Now();
  ++counters_.packets_received;
  counters_.bytes_received += packet->size();
  host_.scratch->offload.packets[place] = std::move(packet);
  host_.scratch->offload.sources[place] = source;
}

void UdpSocket::HandOver() {
  UdpScratch::Offload& offload = host_.scratch->offload;
  const bool& destroyed = *destroyed_;
  const size_t count = std::exchange(offload.count, 0);
  for (size_t first = 0; first < count && !destroyed && handler_ != nullptr;) {
    const size_t size = std::min(count - first, UdpScratch::kReceiveBatch);
    handler_->OnDatagrams(std::span(offload.packets).subspan(first, size),
                          std::span(offload.sources).subspan(first, size));
    first += size;
  }
  // What the handler has left.
  for (size_t i = 0; i < count; ++i) offload.packets[i].reset();
}

void UdpSocket::Flush() {
  if (queue_.empty()) return;
  SendMessages(BuildMessages());
  queue_.clear();
}

size_t UdpSocket::BuildMessages() {
  size_t messages = 0;
  for (size_t first = 0; first < queue_.size();) {
    const size_t count = RunLength(first);
    BuildMessage(messages++, first, count);
    first += count;
  }
  return messages;
}

// How many packets from `first` on can go as segments of one message: same destination, same
// size, but the last may be shorter.
size_t UdpSocket::RunLength(size_t first) const {
  const size_t size = queue_[first].packet->size();
  if (!segmentation_ || size == 0) return 1;
  size_t count = 1;
  size_t total = size;
  while (first + count < queue_.size() && count < kMaxSegments) {
    const Queued& next = queue_[first + count];
    const size_t next_size = next.packet->size();
    if (next_size == 0 || next_size > size || total + next_size > kMaxSegmentedBytes ||
        next.destination != queue_[first].destination) {
      break;
    }
    total += next_size;
    ++count;
    if (next_size < size) break;
  }
  return count;
}

void UdpSocket::BuildMessage(size_t message, size_t first, size_t count) {
  UdpScratch::Send& send = host_.scratch->send;
  send.first_packet[message] = first;
  for (size_t i = first; i < first + count; ++i) {
    send.buffers[i] = {queue_[i].packet->data(), queue_[i].packet->size()};
  }
  msghdr& header = send.headers[message].msg_hdr;
  header = {};
  header.msg_iov = &send.buffers[first];
  header.msg_iovlen = count;
  if (!connected_ || queue_[first].destination != remote_) {
    header.msg_name = &send.names[message];
    header.msg_namelen = ToSockaddr(queue_[first].destination, send.names[message]);
  }
  if (count == 1) return;
  header.msg_control = send.controls[message].bytes.data();
  header.msg_controllen = sizeof(send.controls[message].bytes);
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = IPPROTO_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  const uint16_t segment = static_cast<uint16_t>(queue_[first].packet->size());
  std::memcpy(CMSG_DATA(control), &segment, sizeof(segment));
}

void UdpSocket::SendMessages(size_t count) {
  mmsghdr* headers = host_.scratch->send.headers.data();
  bool retried = false;
  for (size_t next = 0; next < count;) {
    const int sent =
        host_.scratch->send_call(fd_.get(), headers + next, static_cast<unsigned>(count - next), 0);
    if (sent > 0) {
      for (const size_t end = next + static_cast<size_t>(sent); next < end; ++next) {
        CountMessage(next, true);
      }
      retried = false;
      continue;
    }
    const int error = errno;
    if (error == EINTR) continue;
    counters_.last_error = error;
    if (IsPendingError(error) && !std::exchange(retried, true)) continue;
    if (error == EAGAIN || error == EWOULDBLOCK) {
      // The send buffer is full and will not empty within this turn.
      for (; next < count; ++next) CountMessage(next, false);
      return;
    }
    if (headers[next].msg_hdr.msg_iovlen > 1 && MayPassUnsegmented(error)) {
      if (error == EIO || error == EOPNOTSUPP) segmentation_ = false;
      SendOneByOne(next);
    } else {
      CountMessage(next, false);
    }
    ++next;
    retried = false;
  }
}

void UdpSocket::SendOneByOne(size_t message) {
  UdpScratch::Send& send = host_.scratch->send;
  const msghdr& header = send.headers[message].msg_hdr;
  const size_t first = send.first_packet[message];
  for (size_t i = first; i < first + header.msg_iovlen; ++i) {
    mmsghdr single{};
    single.msg_hdr.msg_name = header.msg_name;
    single.msg_hdr.msg_namelen = header.msg_namelen;
    single.msg_hdr.msg_iov = &send.buffers[i];
    single.msg_hdr.msg_iovlen = 1;
    const bool sent = host_.scratch->send_call(fd_.get(), &single, 1, 0) == 1;
    if (!sent) counters_.last_error = errno;
    CountPacket(i, sent);
  }
}

void UdpSocket::CountMessage(size_t message, bool sent) {
  const UdpScratch::Send& send = host_.scratch->send;
  const size_t first = send.first_packet[message];
  const size_t count = send.headers[message].msg_hdr.msg_iovlen;
  for (size_t i = first; i < first + count; ++i) CountPacket(i, sent);
  if (sent && count > 1) ++segmented_messages_;
}

void UdpSocket::CountPacket(size_t index, bool sent) {
  if (!sent) {
    ++counters_.send_drops;
    return;
  }
  ++counters_.packets_sent;
  counters_.bytes_sent += queue_[index].packet->size();
}

}  // namespace pcd::net

#include "engine/sctp/usrsctp_socket.h"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/sctp/crc32c.h"
#include "engine/sctp/sctp_chunks.h"
#include "engine/sctp/usrsctp_runtime.h"

namespace pcd::sctp {
namespace {

// The notifications that usrsctp_notification.cc understands.
constexpr uint16_t kNotifications[] = {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT,
                                       SCTP_PARTIAL_DELIVERY_EVENT};

// usrsctp's own option and struct for the fill of the send buffer (netinet/sctp.h and
// netinet/sctp_uio.h); its public header lacks them.
constexpr int kGetSendBufferUse = 0x1101;
struct SocketStat {
  sctp_assoc_t association = 0;
  uint32_t send_bytes = 0;
  uint32_t receive_bytes = 0;
};

sockaddr_conn MakeConnAddress(uintptr_t address, uint16_t port) {
  sockaddr_conn result{};
  result.sconn_family = AF_CONN;
  result.sconn_port = htons(port);
  result.sconn_addr = AsUsrsctpAddress(address);
  return result;
}

template <typename T>
int SetOption(struct socket* socket, int level, int name, const T& value) {
  return usrsctp_setsockopt(socket, level, name, &value, sizeof(value));
}

void OnUpcall(struct socket* /*socket*/, void* mailbox_address, int /*flags*/) {
  UsrsctpRuntime::Get().Touch(reinterpret_cast<uintptr_t>(mailbox_address));
}

absl::Status UsrsctpError(const char* what, int error) {
  return MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL,
                   std::string("SCTP: ") + what + ": " + std::strerror(error));
}

}  // namespace

absl::StatusOr<std::unique_ptr<UsrsctpSocket>> UsrsctpSocket::Connect(uintptr_t address,
                                                                      const SctpOptions& options) {
  struct socket* const socket =
      usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  if (socket == nullptr) return UsrsctpError("cannot open", errno);
  std::unique_ptr<UsrsctpSocket> result(new UsrsctpSocket(socket, address));
  if (result->Configure(options) != 0) return UsrsctpError("cannot configure", errno);
  if (result->BindAndConnect(options) != 0) return UsrsctpError("cannot connect", errno);
  return result;
}

UsrsctpSocket::UsrsctpSocket(struct socket* socket, uintptr_t address)
    : socket_(socket),
      address_(address),
      inner_port_(static_cast<uint16_t>(1 + address % 65'535)) {}

UsrsctpSocket::~UsrsctpSocket() {
  usrsctp_set_upcall(socket_, nullptr, nullptr);
  usrsctp_close(socket_);  // Linger is zero: with an ABORT, not a handshake.
}

int UsrsctpSocket::Configure(const SctpOptions& options) {
  int failures = 0;
  failures += usrsctp_set_non_blocking(socket_, 1);
  failures += usrsctp_set_upcall(socket_, &OnUpcall, AsUsrsctpAddress(address_));
  failures += SetOption(socket_, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  failures +=
      SetOption(socket_, SOL_SOCKET, SO_SNDBUF, static_cast<int>(options.send_buffer_bytes));
  failures +=
      SetOption(socket_, SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_buffer_bytes));

  constexpr uint32_t kOn = 1;
  constexpr uint32_t kOff = 0;
  failures += SetOption(socket_, IPPROTO_SCTP, SCTP_NODELAY, kOn);
  failures += SetOption(socket_, IPPROTO_SCTP, SCTP_RECVRCVINFO, kOn);
  // The pieces of a message that is delivered in parts follow each other.
  failures += SetOption(socket_, IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE, kOff);
  const sctp_initmsg streams{.sinit_num_ostreams = options.max_streams,
                             .sinit_max_instreams = options.max_streams,
                             .sinit_max_attempts = 0,
                             .sinit_max_init_timeo = 0};
  failures += SetOption(socket_, IPPROTO_SCTP, SCTP_INITMSG, streams);
  const sctp_assoc_value reset{.assoc_id = SCTP_ALL_ASSOC,
                               .assoc_value = SCTP_ENABLE_RESET_STREAM_REQ};
  failures += SetOption(socket_, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, reset);
  for (const uint16_t type : kNotifications) {
    const sctp_event event{.se_assoc_id = SCTP_ALL_ASSOC, .se_type = type, .se_on = 1};
    failures += SetOption(socket_, IPPROTO_SCTP, SCTP_EVENT, event);
  }
  return failures;
}

int UsrsctpSocket::BindAndConnect(const SctpOptions& options) {
  sockaddr_conn local = MakeConnAddress(address_, inner_port_);
  if (usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof(local)) != 0) return -1;
  sockaddr_conn remote = MakeConnAddress(address_, inner_port_);
  if (usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof(remote)) != 0 &&
      errno != EINPROGRESS) {
    return -1;
  }
  sctp_paddrparams path{};
  std::memcpy(&path.spp_address, &remote, sizeof(remote));
  // Whether the peer is there is for ICE to find out.
  path.spp_flags = SPP_PMTUD_DISABLE | SPP_HB_DISABLE;
  path.spp_pathmtu = static_cast<uint32_t>(options.mtu - kSctpCommonHeader);  // It adds the header.
  return SetOption(socket_, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
}

void UsrsctpSocket::Input(ByteSpan packet) {
  static thread_local std::vector<uint8_t> inner;
  inner.assign(packet.begin(), packet.end());
  StoreU16(inner.data(), inner_port_);
  StoreU16(inner.data() + 2, inner_port_);
  usrsctp_conninput(AsUsrsctpAddress(address_), inner.data(), inner.size(), 0);
}

void UsrsctpSocket::FinishOutput(MutableByteSpan packet, const SctpParams& params) {
  if (packet.size() < kSctpCommonHeader) return;
  StoreU16(packet.data(), params.local_port);
  StoreU16(packet.data() + 2, params.remote_port);
  SetSctpChecksum(packet);
}

SendResult UsrsctpSocket::Send(uint16_t stream_id, uint32_t ppid, ByteSpan message,
                               const SendOptions& options) {
  sctp_sendv_spa info{};
  info.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  info.sendv_sndinfo.snd_sid = stream_id;
  info.sendv_sndinfo.snd_ppid = htonl(ppid);
  if (!options.ordered) info.sendv_sndinfo.snd_flags |= SCTP_UNORDERED;
  if (options.max_retransmits || options.max_packet_life_time) {
    info.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    info.sendv_prinfo.pr_policy = options.max_retransmits ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
    info.sendv_prinfo.pr_value =
        options.max_retransmits ? *options.max_retransmits : *options.max_packet_life_time;
  }
  if (usrsctp_sendv(socket_, message.data(), message.size(), nullptr, 0, &info, sizeof(info),
                    SCTP_SENDV_SPA, 0) >= 0) {
    return SendResult::kOk;
  }
  switch (errno) {
    case EWOULDBLOCK:
      return SendResult::kWouldBlock;
    case EMSGSIZE:
      return SendResult::kTooLarge;
    case EINVAL:
      return SendResult::kBadStream;
    default:
      return SendResult::kNotConnected;
  }
}

UsrsctpRead UsrsctpSocket::Read(MutableByteSpan buffer) {
  sctp_rcvinfo info{};
  socklen_t info_length = sizeof(info);
  unsigned int info_type = SCTP_RECVV_NOINFO;
  int flags = 0;
  errno = 0;
  const ssize_t length = usrsctp_recvv(socket_, buffer.data(), buffer.size(), nullptr, nullptr,
                                       &info, &info_length, &info_type, &flags);
  UsrsctpRead read;
  if (length < 0 && (errno == EWOULDBLOCK || errno == EINTR)) return read;
  if (length <= 0) {
    read.kind = UsrsctpRead::Kind::kEnd;
    read.error = length < 0 ? errno : 0;
    return read;
  }
  read.length = static_cast<size_t>(length);
  read.complete = (flags & MSG_EOR) != 0;
  if ((flags & MSG_NOTIFICATION) != 0) {
    read.kind = UsrsctpRead::Kind::kNotification;
  } else {
    read.kind = UsrsctpRead::Kind::kData;
    read.stream_id = info.rcv_sid;
    read.ppid = ntohl(info.rcv_ppid);
  }
  return read;
}

bool UsrsctpSocket::ResetOutgoing(uint16_t stream_id) {
  // struct sctp_reset_streams ends in a flexible array; this is the same with one element.
  struct {
    sctp_assoc_t association = SCTP_ALL_ASSOC;
    uint16_t flags = SCTP_STREAM_RESET_OUTGOING;
    uint16_t count = 1;
    uint16_t stream_id = 0;
  } request;
  request.stream_id = stream_id;
  return SetOption(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, request) == 0;
}

void UsrsctpSocket::Shutdown() { usrsctp_shutdown(socket_, SHUT_WR); }

std::optional<size_t> UsrsctpSocket::QueuedBytes() const {
  SocketStat stat;
  socklen_t length = sizeof(stat);
  if (usrsctp_getsockopt(socket_, IPPROTO_SCTP, kGetSendBufferUse, &stat, &length) != 0) {
    return std::nullopt;
  }
  return stat.send_bytes;
}

std::optional<SctpPath> UsrsctpSocket::Path() const {
  constexpr double kMillisPerSecond = 1000;
  sctp_status status{};
  socklen_t length = sizeof(status);
  if (usrsctp_getsockopt(socket_, IPPROTO_SCTP, SCTP_STATUS, &status, &length) != 0) {
    return std::nullopt;
  }
  const sctp_paddrinfo& primary = status.sstat_primary;
  SctpPath path{.congestion_window = primary.spinfo_cwnd,
                .receiver_window = status.sstat_rwnd,
                .mtu = primary.spinfo_mtu,
                .unacknowledged_chunks = status.sstat_unackdata};
  // 0 until a first round trip has been measured.
  if (primary.spinfo_srtt > 0) {
    path.smoothed_round_trip_time = primary.spinfo_srtt / kMillisPerSecond;
  }
  return path;
}

}  // namespace pcd::sctp

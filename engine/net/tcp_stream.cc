#include "engine/net/tcp_stream.h"

#include <netinet/tcp.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/net/sockaddr.h"
#include "engine/net/system_error.h"

namespace pcd::net {
namespace {

// Bytes that the kernel takes before they fit into what the receiver allows to be on the way.
constexpr int kMaxUnsentInKernel = 128 * 1024;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// None of these is needed for it to work.
void Configure(int fd, bool v6, uint8_t dscp) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMaxUnsentInKernel, sizeof(kMaxUnsentInKernel));
  const int tos = dscp << 2;  // The two bits below are ECN's.
  if (tos == 0) return;
  setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, &tos, sizeof(tos));
}

absl::Status Bind(int fd, const IpAddress& local) {
  const int on = 1;  // The number is chosen by where it connects to: there are more that way.
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  SockaddrAny name;
  const socklen_t length = ToSockaddr({local, 0}, name);
  if (bind(fd, &name.base, length) == 0) return absl::OkStatus();
  return SystemError("bind " + local.ToString(), errno);
}

}  // namespace

std::unique_ptr<TcpStream> TcpStream::Connect(Loop& loop, const TcpStreamOptions& options,
                                              Handler& handler) {
  std::unique_ptr<TcpStream> stream(new TcpStream(loop, handler, {}));
  stream->failure_ = stream->Begin(options);
  const bool begun = stream->failure_.ok();
  stream->timer_->Set(begun ? loop.Now() + options.connect_timeout : loop.Now());
  return stream;
}

std::unique_ptr<TcpStream> TcpStream::Adopt(Loop& loop, UniqueFd fd, Handler& handler,
                                            const TcpStreamLimits& limits) {
  std::unique_ptr<TcpStream> stream(new TcpStream(loop, handler, limits));
  stream->fd_ = std::move(fd);
  Configure(stream->fd_.get(), false, 0);
  stream->failure_ = stream->Watch();
  if (stream->failure_.ok()) {
    stream->state_ = State::kConnected;
  } else {
    stream->timer_->Set(loop.Now());
  }
  return stream;
}

TcpStream::TcpStream(Loop& loop, Handler& handler, const TcpStreamLimits& limits)
    : loop_(loop),
      handler_(handler),
      limits_(limits),
      timer_(loop.CreateTimer([this] { OnTimer(); })) {}

TcpStream::~TcpStream() {
  if (fd_.valid()) loop_.UnwatchFd(fd_.get());
}

absl::Status TcpStream::Begin(const TcpStreamOptions& options) {
  const bool v6 = options.remote.ip.is_v6();
  fd_ = UniqueFd(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_.valid()) return SystemError("socket", errno);
  Configure(fd_.get(), v6, options.dscp);
  if (!options.local.IsUnspecified()) PCD_RETURN_IF_ERROR(Bind(fd_.get(), options.local));
  SockaddrAny name;
  const socklen_t length = ToSockaddr(options.remote, name);
  if (connect(fd_.get(), &name.base, length) != 0 && errno != EINPROGRESS) {
    return SystemError("connect", errno);
  }
  PCD_RETURN_IF_ERROR(Watch());
  loop_.WatchWritable(fd_.get(), true);
  return absl::OkStatus();
}

absl::Status TcpStream::Watch() { return loop_.WatchFd(fd_.get(), this); }

void TcpStream::OnTimer() { Close(failure_.ok() ? SystemError("connect", ETIMEDOUT) : failure_); }

void TcpStream::FinishConnect() {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) {
    Close(SystemError("connect", error));
    return;
  }
  state_ = State::kConnected;
  timer_->Set(kNever);
  loop_.WatchWritable(fd_.get(), false);
  handler_.OnConnected();
}

void TcpStream::OnReadable(int) {
  if (state_ == State::kConnecting) {
    FinishConnect();  // What there is to read is there in the next turn, too.
    return;
  }
  std::array<uint8_t, kMaxReadPerTurn> bytes;
  const ssize_t got =
      recv(fd_.get(), bytes.data(), std::min(bytes.size(), limits_.read_per_turn), 0);
  if (got > 0) {
    handler_.OnBytes(ByteSpan(bytes).first(static_cast<size_t>(got)));
  } else if (got == 0) {
    Close(MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL,
                    "the other end closed the connection"));
  } else if (!WouldBlock(errno)) {
    Close(SystemError("receive", errno));
  }
}

void TcpStream::OnWritable(int) {
  if (state_ == State::kConnecting) {
    FinishConnect();
  } else {
    Flush();
  }
}

bool TcpStream::Write(ByteSpan first, ByteSpan second) {
  const size_t size = first.size() + second.size();
  if (state_ != State::kConnected || size > limits_.queued - queued_) return false;
  size_t sent = 0;
  if (queued_ == 0) {
    const ssize_t taken = Send(first, second);
    if (taken < 0) return false;
    sent = static_cast<size_t>(taken);
  }
  if (sent == size) return true;
  if (queued_ == 0) loop_.WatchWritable(fd_.get(), true);
  const size_t of_first = std::min(sent, first.size());
  Enqueue(first.subspan(of_first));
  Enqueue(second.subspan(sent - of_first));
  return true;
}

ssize_t TcpStream::Send(ByteSpan first, ByteSpan second) {
  // sendmsg only reads from them.
  std::array<iovec, 2> buffers{{{const_cast<uint8_t*>(first.data()), first.size()},
                                {const_cast<uint8_t*>(second.data()), second.size()}}};
  msghdr message{};
  message.msg_iov = buffers.data();
  message.msg_iovlen = buffers.size();
  const ssize_t sent = sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
  // A broken connection counts as readable, so a read finds out why.
  return sent < 0 && WouldBlock(errno) ? 0 : sent;
}

void TcpStream::Enqueue(ByteSpan bytes) {
  if (ring_.empty()) ring_.resize(limits_.queued);
  while (!bytes.empty()) {
    const size_t tail = (head_ + queued_) % ring_.size();
    const size_t count = std::min(bytes.size(), ring_.size() - tail);
    std::memcpy(ring_.data() + tail, bytes.data(), count);
    queued_ += count;
    bytes = bytes.subspan(count);
  }
}

void TcpStream::Flush() {
  while (queued_ > 0) {
    const size_t count = std::min(queued_, ring_.size() - head_);
    const ssize_t sent = send(fd_.get(), ring_.data() + head_, count, MSG_NOSIGNAL);
    if (sent <= 0) return;
    head_ = (head_ + static_cast<size_t>(sent)) % ring_.size();
    queued_ -= static_cast<size_t>(sent);
  }
  loop_.WatchWritable(fd_.get(), false);
}

void TcpStream::Close(const absl::Status& why) {
  const absl::Status status = why;  // It may be a member.
  state_ = State::kClosed;
  timer_->Set(kNever);
  if (fd_.valid()) loop_.UnwatchFd(fd_.get());
  {
    const UniqueFd closed = std::move(fd_);
  }
  queued_ = 0;
  handler_.OnClosed(status);
}

}  // namespace pcd::net

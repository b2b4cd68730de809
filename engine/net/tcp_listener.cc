#include "engine/net/tcp_listener.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/net/sockaddr.h"
#include "engine/net/system_error.h"

namespace pcd::net {
namespace {

absl::Status Configure(int fd, bool v6, uint8_t dscp) {
  const int on = 1;
  // Connections of an earlier process that wait for their last packets do not keep the number.
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) {
    return SystemError("SO_REUSEADDR", errno);
  }
  if (v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) {
    return SystemError("IPV6_V6ONLY", errno);
  }
  const int tos = dscp << 2;  // The two bits below are ECN's. Accepted sockets inherit it.
  if (tos != 0 && setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, &tos,
                             sizeof(tos)) != 0) {
    return SystemError("DSCP", errno);
  }
  return absl::OkStatus();
}

// It concerns one connection, which is gone (accept(2), "Error handling"): the next one may be
// accepted. Whatever else fails would fail again at once.
bool OfOneConnection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case EINTR:
    case ENETDOWN:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPERM:
    case EPROTO:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<TcpListener>> TcpListener::Open(Loop& loop,
                                                               const TcpListenerOptions& options,
                                                               Handler& handler) {
  const bool v6 = options.local.ip.is_v6();
  UniqueFd fd(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return SystemError("socket", errno);
  PCD_RETURN_IF_ERROR(Configure(fd.get(), v6, options.dscp));
  SockaddrAny name;
  socklen_t length = ToSockaddr(options.local, name);
  const std::string where = options.local.ToString() + " (TCP)";
  if (bind(fd.get(), &name.base, length) != 0) return SystemError("bind " + where, errno);
  if (listen(fd.get(), options.backlog) != 0) return SystemError("listen " + where, errno);
  length = sizeof(name);
  if (getsockname(fd.get(), &name.base, &length) != 0) return SystemError("getsockname", errno);
  std::unique_ptr<TcpListener> opened(
      new TcpListener(loop, handler, std::move(fd), FromSockaddr(name)));
  PCD_RETURN_IF_ERROR(loop.WatchFd(opened->fd_.get(), opened.get()));
  return opened;
}

TcpListener::TcpListener(Loop& loop, Handler& handler, UniqueFd fd, const SocketAddress& local)
    : loop_(loop),
      handler_(handler),
      fd_(std::move(fd)),
      local_(local),
      timer_(loop.CreateTimer([this] { Resume(); })) {}

TcpListener::~TcpListener() { loop_.UnwatchFd(fd_.get()); }

void TcpListener::OnReadable(int) {
  for (size_t i = 0; i < kMaxAcceptsPerTurn; ++i) {
    SockaddrAny name;
    socklen_t length = sizeof(name);
    UniqueFd fd(accept4(fd_.get(), &name.base, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int error = errno;
    if (fd.valid()) {
      handler_.OnAccepted(std::move(fd), FromSockaddr(name));
    } else if (error == EAGAIN || error == EWOULDBLOCK) {
      return;
    } else if (!OfOneConnection(error)) {
      PCD_LOG(kWarning, "net", std::string(SystemError("accept", error).message()));
      Pause();
      return;
    }
  }
}

void TcpListener::Pause() {
  ++pauses_;
  loop_.UnwatchFd(fd_.get());
  timer_->Set(loop_.Now() + kPause);
}

void TcpListener::Resume() {
  if (!loop_.WatchFd(fd_.get(), this).ok()) Pause();
}

}  // namespace pcd::net

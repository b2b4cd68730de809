#include "engine/ice/turn/turn_listener_testing.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "engine/ice/turn/turn_framing.h"
#include "engine/net/sockaddr.h"
#include "engine/net/tcp_stream.h"

namespace pcd::ice {

class TurnListener::Connection : private net::TcpStream::Handler {
 public:
  Connection(TurnListener& owner, net::UniqueFd fd, const SocketAddress& source)
      : owner_(owner),
        source_(source),
        stream_(net::TcpStream::Adopt(owner.loop_, std::move(fd), *this)) {}

  bool open() const { return stream_ != nullptr; }
  const SocketAddress& source() const { return source_; }
  bool Write(ByteSpan message, ByteSpan padding) {
    return open() && stream_->Write(message, padding);
  }

 private:
  void OnBytes(ByteSpan bytes) override {
    while (const auto message = framer_.Next(bytes)) owner_.on_message_(*message, source_);
  }
  void OnClosed(const absl::Status&) override { stream_.reset(); }

  TurnListener& owner_;
  const SocketAddress source_;
  TurnFramer framer_;
  std::unique_ptr<net::TcpStream> stream_;
};

TurnListener::TurnListener(net::Loop& loop, OnMessage on_message)
    : loop_(loop),
      on_message_(std::move(on_message)),
      fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  net::SockaddrAny name;
  socklen_t length = net::ToSockaddr({IpAddress::V4({127, 0, 0, 1}), 0}, name);
  if (bind(fd_.get(), &name.base, length) != 0 || listen(fd_.get(), 64) != 0) std::abort();
  length = sizeof(name);
  if (getsockname(fd_.get(), &name.base, &length) != 0) std::abort();
  address_ = net::FromSockaddr(name);
  if (!loop.WatchFd(fd_.get(), this).ok()) std::abort();
}

TurnListener::~TurnListener() { Close(); }

size_t TurnListener::connections() const {
  return static_cast<size_t>(std::ranges::count_if(
      connections_, [](const auto& connection) { return connection->open(); }));
}

bool TurnListener::Send(ByteSpan message, const SocketAddress& destination) {
  constexpr std::array<uint8_t, 3> kZeros{};
  const auto frame = FrameOf(message);
  if (!frame.has_value()) return false;
  for (const auto& connection : connections_) {
    if (connection->source() != destination) continue;
    return connection->Write(frame->message, ByteSpan(kZeros).first(frame->padding));
  }
  return false;
}

void TurnListener::SendRaw(ByteSpan bytes) {
  for (const auto& connection : connections_) connection->Write(bytes, {});
}

void TurnListener::Close() {
  connections_.clear();
  if (std::exchange(listening_, false)) loop_.UnwatchFd(fd_.get());
  {
    const net::UniqueFd closed = std::move(fd_);
  }
}

void TurnListener::OnReadable(int fd) {
  net::SockaddrAny name;
  socklen_t length = sizeof(name);
  net::UniqueFd accepted(accept4(fd, &name.base, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!accepted.valid()) return;
  connections_.push_back(
      std::make_unique<Connection>(*this, std::move(accepted), net::FromSockaddr(name)));
}

}  // namespace pcd::ice

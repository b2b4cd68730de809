#include "engine/ice/turn/turn_tunnel.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/ice/turn/turn_framing.h"
#include "engine/net/tcp_stream.h"

namespace pcd::ice {
namespace {

// What comes in one turn of a stream fits.
constexpr int kReceiveBufferBytes = 512 * 1024;
constexpr std::array<uint8_t, 3> kPadding{};

IpAddress LoopbackOf(const IpAddress& server) {
  if (!server.is_v6()) return IpAddress::V4({127, 0, 0, 1});
  return IpAddress::V6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

}  // namespace

// The connection for one of libnice's sockets.
class TurnTunnel::Link : private net::TcpStream::Handler {
 public:
  Link(TurnTunnel& tunnel, const TurnTunnelOptions& options, const IpAddress& local)
      : tunnel_(tunnel), local_(local) {
    stream_ = net::TcpStream::Connect(
        tunnel.loop_, {.remote = options.server, .local = local, .dscp = options.dscp}, *this);
  }

  const IpAddress& local() const { return local_; }
  const std::optional<SocketAddress>& source() const { return source_; }
  void SetSource(const std::optional<SocketAddress>& source) {
    source_ = source;
    if (!source.has_value()) {
      stream_.reset();
      connected_ = false;
    }
  }
  bool connected() const { return connected_; }
  bool pending() const { return stream_ != nullptr && !connected_; }

  void Send(PacketPtr packet) {
    if (stream_ == nullptr) {
      ++tunnel_.drops_.not_connected;
    } else if (!connected_ || !tunnel_.open_) {
      // libnice has one request at a time on its way to a server that has not answered; so this is
      // the same one again, or a later one instead.
      if (waiting_ != nullptr) ++tunnel_.drops_.not_connected;
      waiting_ = std::move(packet);
    } else {
      Write(*packet);
    }
  }
  void SendWaiting() {
    if (!connected_ || !tunnel_.open_ || waiting_ == nullptr) return;
    Write(*std::exchange(waiting_, nullptr));
  }

 private:
  void Write(const Packet& packet) {
    const auto frame = FrameOf(packet.bytes());
    if (!frame.has_value()) {
      ++tunnel_.drops_.malformed;
    } else if (!stream_->Write(frame->message, ByteSpan(kPadding).first(frame->padding))) {
      ++tunnel_.drops_.no_room;
    }
  }

  void OnConnected() override {
    connected_ = true;
    SendWaiting();
    tunnel_.OnLinkChanged(absl::OkStatus());
  }
  void OnBytes(ByteSpan bytes) override {
    while (const auto message = framer_.Next(bytes)) {
      if (source_.has_value()) {
        tunnel_.Deliver(*message, *source_);
      } else {
        ++tunnel_.drops_.nobody_waiting;
      }
    }
    if (framer_.broken()) OnClosed(absl::InternalError("the server does not speak TURN"));
  }
  void OnClosed(const absl::Status& why) override {
    stream_.reset();
    connected_ = false;
    waiting_.reset();
    tunnel_.OnLinkChanged(why);
  }

  TurnTunnel& tunnel_;
  const IpAddress local_;
  TurnFramer framer_;
  std::optional<SocketAddress> source_;
  PacketPtr waiting_;  // For the connection.
  bool connected_ = false;
  std::unique_ptr<net::TcpStream> stream_;  // Null once closed.
};

TurnTunnel::TurnTunnel(net::Loop& loop, const TurnTunnelOptions& options, net::Task changed)
    : loop_(loop), changed_(std::move(changed)) {
  auto socket = loop.OpenDatagramSocket(
      {.local = {LoopbackOf(options.server.ip), 0}, .receive_buffer_bytes = kReceiveBufferBytes});
  if (!socket.ok()) {
    problem_ = std::string(socket.status().message());
    return;
  }
  socket_ = *std::move(socket);
  socket_->SetHandler(this);
  for (const IpAddress& local : options.local) {
    if (local.is_v6() != options.server.ip.is_v6() || links_.size() == kMaxConnections) continue;
    links_.push_back(std::make_unique<Link>(*this, options, local));
  }
  if (links_.empty()) problem_ = "this machine has no address of its family";
}

TurnTunnel::~TurnTunnel() = default;

bool TurnTunnel::ready() const {
  return std::ranges::any_of(links_, [](const auto& link) { return link->connected(); });
}

bool TurnTunnel::failed() const {
  return std::ranges::none_of(
      links_, [](const auto& link) { return link->connected() || link->pending(); });
}

void TurnTunnel::Open() {
  open_ = true;
  for (const auto& link : links_) link->SendWaiting();
}

void TurnTunnel::SetSources(std::span<const SocketAddress> sources) {
  for (const auto& link : links_) {
    const auto found = std::ranges::find(sources, link->local(), &SocketAddress::ip);
    link->SetSource(found != sources.end() ? std::optional(*found) : std::nullopt);
  }
}

void TurnTunnel::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) {
  for (size_t i = 0; i < packets.size(); ++i) {
    if (Link* const link = LinkOf(sources[i])) {
      link->Send(std::move(packets[i]));
    } else {
      ++drops_.strangers;
    }
  }
}

TurnTunnel::Link* TurnTunnel::LinkOf(const SocketAddress& source) {
  for (const auto& link : links_) {
    if (link->source() == source) return link.get();
  }
  return nullptr;
}

void TurnTunnel::Deliver(ByteSpan message, const SocketAddress& source) {
  // The framer gives nothing longer than a packet.
  if (PacketPtr packet = loop_.packets().CopyOf(message)) {
    socket_->Queue(std::move(packet), source);
  }
}

void TurnTunnel::OnLinkChanged(const absl::Status& why) {
  if (!why.ok()) problem_ = std::string(why.message());
  changed_();
}

}  // namespace pcd::ice

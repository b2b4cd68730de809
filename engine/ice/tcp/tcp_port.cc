#include "engine/ice/tcp/tcp_port.h"

#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/ice/stun_message.h"
#include "engine/ice/tcp/tcp_frames.h"
#include "engine/net/tcp_listener.h"
#include "engine/net/tcp_stream.h"

namespace pcd::ice {

class TcpPort::Listener : private net::TcpListener::Handler {
 public:
  Listener(TcpPort& port, uint32_t socket) : port_(port), socket_(socket) {}

  absl::Status Open(const SocketAddress& local) {
    PCD_ASSIGN_OR_RETURN(listener_, net::TcpListener::Open(
                                        port_.loop_, {.local = local, .dscp = port_.dscp_}, *this));
    return absl::OkStatus();
  }

 private:
  void OnAccepted(net::UniqueFd fd, const SocketAddress& remote) override {
    port_.OnAccepted(socket_, std::move(fd), remote);
  }

  TcpPort& port_;
  const uint32_t socket_;
  std::unique_ptr<net::TcpListener> listener_;
};

// Closed ones stay until the turn ends: one of their calls may be under way.
class TcpPort::Connection : private net::TcpStream::Handler {
 public:
  Connection(TcpPort& port, const PathAddress& path, net::UniqueFd fd)
      : path_(path),
        port_(port),
        reader_(port.loop_.packets()),
        stream_(net::TcpStream::Adopt(port.loop_, std::move(fd), *this,
                                      {.read_per_turn = kReadPerTurn, .queued = kMaxQueued})) {}

  const PathAddress& path() const { return path_; }
  uint32_t id() const { return path_.connection; }
  bool proven() const { return proven_; }
  void set_proven() { proven_ = true; }
  bool open() const { return stream_ != nullptr; }
  void Close() { stream_.reset(); }
  bool Write(ByteSpan datagram) {
    return open() && stream_->Write(TcpFrameHeader(datagram.size()), datagram);
  }

 private:
  void OnBytes(ByteSpan bytes) override {
    while (open()) {
      const uint64_t oversized = reader_.oversized();
      PacketPtr packet = reader_.Next(bytes);
      port_.counters_.receive_drops += reader_.oversized() - oversized;
      if (reader_.oversized() > 0 && !proven_) {
        ++port_.counters_.refused;
        port_.Close(id());
      } else if (packet == nullptr) {
        break;
      } else {
        port_.OnFrame(*this, std::move(packet));
      }
    }
    port_.Deliver(*this);
  }
  void OnClosed(const absl::Status&) override { port_.OnClosed(*this); }

  const PathAddress path_;
  TcpPort& port_;
  TcpFrameReader reader_;
  bool proven_ = false;
  std::unique_ptr<net::TcpStream> stream_;  // Null once closed.
};

TcpPort::TcpPort(net::Loop& loop, TcpPortHandler& handler, uint8_t dscp)
    : loop_(loop),
      handler_(handler),
      dscp_(dscp),
      timer_(loop.CreateTimer([this] { OnTimer(); })) {}

TcpPort::~TcpPort() { loop_.CancelEndOfTurn(this); }

absl::Status TcpPort::Listen(uint32_t socket, const SocketAddress& local) {
  auto listener = std::make_unique<Listener>(*this, socket);
  PCD_RETURN_IF_ERROR(listener->Open(local));
  listeners_.push_back(std::move(listener));
  return absl::OkStatus();
}

bool TcpPort::Prove(uint32_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return false;
  if (!admission_.HandleProof(connection)) {
    ++counters_.crowded;
    return false;
  }
  found->second->set_proven();
  return true;
}

void TcpPort::Send(PacketPtr packet, uint32_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end() || !found->second->Write(packet->bytes())) {
    ++counters_.send_drops;
    return;
  }
  ++counters_.packets_sent;
  counters_.bytes_sent += packet->size();
}

void TcpPort::Close(uint32_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  admission_.HandleClosed(connection);
  found->second->Close();
  closed_.push_back(std::move(found->second));
  connections_.erase(found);
  loop_.RequestEndOfTurn(this);
}

void TcpPort::OnEndOfTurn() { closed_.clear(); }

// ---- What comes in.

void TcpPort::OnAccepted(uint32_t socket, net::UniqueFd fd, const SocketAddress& remote) {
  ++counters_.accepted;
  const uint32_t id = NewId();
  if (const auto victim = admission_.HandleAccepted(id, remote.ip, loop_.Now())) {
    ++counters_.evicted;
    Close(*victim);
  }
  const PathAddress path{.socket = socket, .remote = remote, .connection = id};
  connections_[id] = std::make_unique<Connection>(*this, path, std::move(fd));
  ArmTimer();
}

uint32_t TcpPort::NewId() {
  do {
    ++last_id_;
  } while (last_id_ == 0 || connections_.contains(last_id_));
  return last_id_;
}

void TcpPort::OnFrame(Connection& connection, PacketPtr packet) {
  packet->arrival = loop_.Now();
  ++counters_.packets_received;
  counters_.bytes_received += packet->size();
  if (!stun::LooksLikeStun(packet->bytes()) && connection.proven()) {
    batch_[batched_++] = std::move(packet);
    if (batched_ == kBatch) Deliver(connection);
    return;
  }
  Deliver(connection);
  if (connection.open()) OnStun(connection, packet);
}

void TcpPort::OnStun(Connection& connection, const PacketPtr& packet) {
  admission_.HandleFrame(connection.id(), loop_.Now());
  ArmTimer();
  const bool stun = stun::LooksLikeStun(packet->bytes());
  if (stun && handler_.OnStun(packet, connection.path())) return;
  if (connection.proven() || !connection.open()) return;
  ++counters_.refused;
  Close(connection.id());
}

void TcpPort::Deliver(Connection& connection) {
  const size_t count = std::exchange(batched_, 0);
  if (count == 0) return;
  const std::span<PacketPtr> packets = std::span(batch_).first(count);
  // An earlier one of them may have closed it.
  if (connection.open()) handler_.OnTcpData(packets, connection.path());
  for (PacketPtr& packet : packets) packet.reset();
}

void TcpPort::OnClosed(Connection& connection) {
  const PathAddress path = connection.path();
  const bool proven = connection.proven();
  Close(path.connection);
  if (proven) handler_.OnTcpClosed(path);
}

// ---- Time.

void TcpPort::OnTimer() {
  armed_for_ = kNever;
  while (const auto late = admission_.PollExpired(loop_.Now())) {
    ++counters_.expired;
    Close(*late);
  }
  ArmTimer();
}

// Deadlines of connections that are closed earlier are met by nobody.
void TcpPort::ArmTimer() {
  const Timestamp deadline = admission_.NextDeadline();
  if (deadline >= armed_for_) return;
  armed_for_ = deadline;
  timer_->Set(deadline);
}

}  // namespace pcd::ice

#include "engine/ice/shared_port.h"

#include <algorithm>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/ice/answering/check_reply.h"

namespace pcd::ice {
namespace {

// Times the system may choose a port that is taken on another of our addresses.
constexpr int kPortAttempts = 16;

bool IsData(const PacketPtr& packet) {
  return packet->size() > 0 && !stun::LooksLikeStun(packet->bytes());
}

}  // namespace

// ---- Opening.

absl::StatusOr<std::unique_ptr<SharedPort>> SharedPort::Open(net::Loop& loop,
                                                             const SharedPortOptions& options,
                                                             size_t loop_index) {
  std::unique_ptr<SharedPort> port(new SharedPort(loop, options));
  if (options.port != 0) {
    if (options.port + loop_index > 65535) {
      return InvalidArgument("there are not enough ports above the media port for all loops");
    }
    PCD_RETURN_IF_ERROR(port->OpenSockets(static_cast<uint16_t>(options.port + loop_index)));
  } else {
    absl::Status status;
    for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
      port->sockets_.clear();
      status = port->OpenSockets(0);
      if (status.ok() && port->sockets_.size() == options.addresses.size()) break;
    }
    PCD_RETURN_IF_ERROR(status);
  }
  port->MakeCandidates(loop_index);
  port->CheckBuffers();
  return port;
}

SharedPort::~SharedPort() = default;

absl::Status SharedPort::OpenSockets(uint16_t port) {
  port_ = port;
  TcpPortHandler& handler = *this;
  if (options_.tcp) tcp_ = std::make_unique<TcpPort>(loop_, handler, options_.dscp);
  absl::Status last = InvalidArgument("there is no local address for media");
  for (const IpAddress& address : options_.addresses) {
    const absl::Status status = OpenSocket(address);
    if (status.ok()) continue;
    if (options_.port != 0) return status;
    PCD_LOG(kDebug, "ice", "no shared port on an address: " + std::string(status.message()));
    last = status;
  }
  return sockets_.empty() ? last : absl::OkStatus();
}

absl::Status SharedPort::OpenSocket(const IpAddress& address) {
  PCD_ASSIGN_OR_RETURN(
      auto opened, loop_.OpenDatagramSocket({.local = {address, port_},
                                             .receive_buffer_bytes = options_.receive_buffer_bytes,
                                             .send_buffer_bytes = options_.send_buffer_bytes,
                                             .dscp = options_.dscp,
                                             .receive_offload = true}));
  const auto index = static_cast<uint32_t>(sockets_.size());
  const uint16_t port = opened->local_address().port;
  if (tcp_ != nullptr) PCD_RETURN_IF_ERROR(tcp_->Listen(index, {address, port}));
  port_ = port;
  auto socket = std::make_unique<Socket>();
  socket->port = this;
  socket->index = index;
  socket->socket = std::move(opened);
  socket->socket->SetHandler(socket.get());
  sockets_.push_back(std::move(socket));
  return absl::OkStatus();
}

void SharedPort::MakeCandidates(size_t loop_index) {
  std::vector<SocketAddress> locals;
  for (const auto& socket : sockets_) locals.push_back(socket->socket->local_address());
  candidates_ = MakePortCandidates(locals, options_.announced, loop_index, options_.tcp);
}

void SharedPort::CheckBuffers() const {
  // All its sockets are granted the same.
  const auto granted = sockets_.front()->socket->buffer_bytes();
  const std::string warning = SmallBufferWarning(
      {options_.receive_buffer_bytes, options_.send_buffer_bytes}, {granted.receive, granted.send});
  if (!warning.empty()) {
    PCD_LOG(kWarning, "ice", "media port " + std::to_string(port_) + ": " + warning);
  }
}

void SharedPort::CheckLosses() {
  const SharedPortStats now = stats();
  const std::string warning = alarm_.Handle({now.kernel_drops, now.over_share}, loop_.Now());
  if (!warning.empty()) {
    PCD_LOG(kWarning, "ice", "media port " + std::to_string(port_) + ": " + warning);
  }
}

SharedPortStats SharedPort::stats() const {
  SharedPortStats stats = counters_;
  const auto sockets = socket_counters();
  stats.kernel_drops = sockets.kernel_drops;
  stats.send_drops = sockets.send_drops;
  stats.receive_drops = sockets.receive_drops;
  return stats;
}

net::DatagramSocket::Counters SharedPort::socket_counters() const {
  net::DatagramSocket::Counters sum;
  for (const auto& socket : sockets_) {
    const auto counters = socket->socket->counters();
    sum.packets_sent += counters.packets_sent;
    sum.bytes_sent += counters.bytes_sent;
    sum.packets_received += counters.packets_received;
    sum.bytes_received += counters.bytes_received;
    sum.send_drops += counters.send_drops;
    sum.receive_drops += counters.receive_drops;
    sum.kernel_drops += counters.kernel_drops;
  }
  if (tcp_ == nullptr) return sum;
  const TcpPort::Counters& tcp = tcp_->counters();
  sum.packets_sent += tcp.packets_sent;
  sum.bytes_sent += tcp.bytes_sent;
  sum.packets_received += tcp.packets_received;
  sum.bytes_received += tcp.bytes_received;
  sum.send_drops += tcp.send_drops;
  sum.receive_drops += tcp.receive_drops;
  return sum;
}

size_t SharedPort::routes() const {
  size_t count = tcp_routes_.size();
  for (const auto& socket : sockets_) count += socket->routes.size();
  return count;
}

void SharedPort::AddUfrag(const std::string& ufrag, SharedPortClient* client) {
  clients_[ufrag] = client;
}

void SharedPort::RemoveUfrag(const std::string& ufrag) { clients_.erase(ufrag); }

void SharedPort::RemoveRoute(const PathAddress& address, const SharedPortClient* client) {
  const Route* route = FindRoute(address);
  // It may be another's by now.
  if (route == nullptr || route->client != client) return;
  if (address.connection == 0) {
    sockets_[address.socket]->routes.erase(address.remote);
  } else {
    tcp_routes_.erase(address.connection);
    tcp_->Close(address.connection);
  }
}

SharedPort::Route* SharedPort::FindRoute(const PathAddress& from) {
  const auto in = [](auto& routes, const auto& key) {
    const auto found = routes.find(key);
    return found == routes.end() ? nullptr : &found->second;
  };
  return from.connection == 0 ? in(sockets_[from.socket]->routes, from.remote)
                              : in(tcp_routes_, from.connection);
}

SharedPort::Route& SharedPort::MakeRoute(const PathAddress& from) {
  return from.connection == 0 ? sockets_[from.socket]->routes[from.remote]
                              : tcp_routes_[from.connection];
}

// ---- Datagrams.

void SharedPort::OnDatagrams(Socket& socket, std::span<PacketPtr> packets,
                             std::span<const SocketAddress> sources) {
  if (socket.socket->more_may_wait()) {
    socket.share.OnFullBatch(loop_.Now(), loop_.ProcessorTime());
  } else {
    socket.share.OnLastBatch(loop_.Now());
  }
  for (size_t begin = 0; begin < packets.size();) {
    if (!IsData(packets[begin])) {
      if (AdmitCheck(socket, sources[begin])) {
        OnStun(packets[begin], {.socket = socket.index, .remote = sources[begin]});
      }
      ++begin;
      continue;
    }
    size_t end = begin + 1;
    while (end < packets.size() && sources[end] == sources[begin] && IsData(packets[end])) ++end;
    OnData(socket, packets.subspan(begin, end - begin), sources[begin]);
    begin = end;
  }
}

void SharedPort::OnData(Socket& socket, std::span<PacketPtr> packets, const SocketAddress& source) {
  const auto route = socket.routes.find(source);
  if (route == socket.routes.end()) {
    counters_.unvalidated += packets.size();
    return;
  }
  const size_t taken = socket.share.Admit(route->second.use, packets.size());
  counters_.over_share += packets.size() - taken;
  if (taken == 0) return;
  route->second.client->OnPackets(packets.first(taken), route->second.path_id);
}

// Checks cost more than data: a MAC each.
bool SharedPort::AdmitCheck(Socket& socket, const SocketAddress& source) {
  if (!socket.share.overloaded()) return true;
  const auto route = socket.routes.find(source);
  const bool stranger = route == socket.routes.end();
  if (socket.share.Admit(stranger ? socket.strangers : route->second.use, 1) == 1) return true;
  ++counters_.over_share;
  return false;
}

// ---- Over TCP the sender waits for us: who sends too much has it in its own queue.

void SharedPort::OnTcpData(std::span<PacketPtr> packets, const PathAddress& from) {
  const Route* route = FindRoute(from);
  if (route == nullptr) {
    counters_.unvalidated += packets.size();
    return;
  }
  route->client->OnPackets(packets, route->path_id);
}

void SharedPort::OnTcpClosed(const PathAddress& from) {
  const auto found = tcp_routes_.find(from.connection);
  if (found == tcp_routes_.end()) return;
  const Route route = found->second;
  tcp_routes_.erase(found);
  route.client->agent().DropPath(route.path_id);
  route.client->OnAgentChanged();
}

// ---- STUN.

bool SharedPort::OnStun(const PacketPtr& packet, const PathAddress& from) {
  if (alarm_.due(loop_.Now())) CheckLosses();
  const auto request = stun::Parse(packet->bytes());
  if (!request.has_value()) {
    ++counters_.malformed;
    return false;
  }
  if (request->message_class != stun::Class::kRequest || request->method != stun::kBinding) {
    ++counters_.not_requests;
    return false;
  }
  const size_t colon = request->username.find(':');
  const auto found = clients_.find(request->username.substr(0, colon));
  if (colon == std::string_view::npos || found == clients_.end()) {
    ++counters_.unknown_ufrag;
    const bool anonymous = request->username.empty() || request->integrity_offset == 0;
    Refuse(*request, anonymous ? stun::kBadRequest : stun::kUnauthorized, from);
    return false;
  }
  return OnCheck(*request, *found->second, from);
}

bool SharedPort::OnCheck(const stun::Message& request, SharedPortClient& client,
                         const PathAddress& from) {
  LiteAgent& agent = client.agent();
  const LiteAgent::Verdict verdict = agent.Judge(request, from);
  if (verdict.replayed) {
    ++counters_.replayed;
    return false;
  }
  if (!verdict.accepted()) ++counters_.refused;
  if (!verdict.authenticated) {
    Refuse(request, verdict.error, from);
    return false;
  }
  if (verdict.accepted()) {
    if (from.connection != 0 && !tcp_->Prove(from.connection)) return false;
    if (!Claim(from, client)) {
      ++counters_.foreign;
      return true;
    }
    const uint32_t path_id =
        agent.HandleCheck(request, verdict, from, shown(from).priority, loop_.Now());
    Route& route = MakeRoute(from);
    route.client = &client;
    route.path_id = path_id;
  }
  PacketPtr reply = loop_.packets().Get();
  const size_t size =
      agent.WriteReply(request, verdict, from, {reply->data(), Packet::kMaxPayload});
  reply->set_size(size);
  // Only a valid check may be answered with more than it was.
  if (!verdict.accepted() && size > request.bytes.size()) {
    ++counters_.withheld;
  } else if (size > 0) {
    Send(std::move(reply), from);
  }
  client.OnAgentChanged();
  return true;
}

// Whether the address is free for this client, or made free now.
bool SharedPort::Claim(const PathAddress& from, SharedPortClient& client) {
  Route* const route = FindRoute(from);
  if (route == nullptr || route->client == &client) return true;
  SharedPortClient& owner = *route->client;
  const uint32_t path_id = route->path_id;
  const bool family = client.owner() != nullptr && owner.owner() == client.owner();
  if (!family && !owner.agent().IsPathIdle(path_id, loop_.Now())) return false;
  // Before the path goes, which would take its TCP connection with it.
  route->client = &client;
  owner.agent().DropPath(path_id);
  owner.OnAgentChanged();
  return true;
}

void SharedPort::Refuse(const stun::Message& request, int error, const PathAddress& to) {
  if (!MayRefuse()) {
    ++counters_.withheld;
    return;
  }
  PacketPtr reply = loop_.packets().Get();
  const size_t size =
      WriteCheckReply(request, {.error = error}, {reply->data(), Packet::kMaxPayload});
  if (size == 0 || size > request.bytes.size()) {
    ++counters_.withheld;
    return;
  }
  reply->set_size(size);
  Send(std::move(reply), to);
}

bool SharedPort::MayRefuse() {
  if (loop_.Now() - refusals_since_ >= std::chrono::seconds(1)) {
    refusals_since_ = loop_.Now();
    refusals_ = 0;
  }
  if (refusals_ >= kMaxRefusalsPerSecond) return false;
  ++refusals_;
  return true;
}

}  // namespace pcd::ice

#include "engine/ice/shared_port.h"

#include <algorithm>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/ice/check_reply.h"

namespace pcd::ice {
namespace {

// Times the system may choose a port that is taken on another of our addresses.
constexpr int kPortAttempts = 16;
constexpr uint32_t kHostTypePreference = 126;  // RFC 8445 section 5.1.2.2.
constexpr uint32_t kMaxLocalPreference = 65535;

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
  return port;
}

SharedPort::~SharedPort() = default;

absl::Status SharedPort::OpenSockets(uint16_t port) {
  port_ = port;
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
                                             .dscp = options_.dscp}));
  port_ = opened->local_address().port;
  auto socket = std::make_unique<Socket>();
  socket->port = this;
  socket->index = static_cast<uint32_t>(sockets_.size());
  socket->socket = std::move(opened);
  socket->socket->SetHandler(socket.get());
  sockets_.push_back(std::move(socket));
  return absl::OkStatus();
}

void SharedPort::MakeCandidates(size_t loop_index) {
  for (const auto& socket : sockets_) {
    const SocketAddress local = socket->socket->local_address();
    bool replaced = false;
    for (const AnnouncedAddress& rule : options_.announced) {
      if (!rule.StandsFor(local.ip)) continue;
      replaced |= !rule.add;
      const uint16_t port = rule.port == 0 ? port_ : static_cast<uint16_t>(rule.port + loop_index);
      AddCandidate(*socket, {rule.ip, port});
    }
    if (!replaced) AddCandidate(*socket, local);
  }
}

void SharedPort::AddCandidate(Socket& socket, const SocketAddress& shown) {
  const auto rank = static_cast<uint32_t>(candidates_.size());
  const Candidate candidate{
      .foundation = std::to_string(rank + 1),
      .priority = (kHostTypePreference << 24) + ((kMaxLocalPreference - rank) << 8) + 255,
      .address = shown.ip.ToString(),
      .port = shown.port};
  if (socket.shown.address.empty()) socket.shown = candidate;
  // Several local addresses may stand behind one.
  const bool known = std::ranges::any_of(candidates_, [&](const Candidate& other) {
    return other.address == candidate.address && other.port == candidate.port;
  });
  if (!known) candidates_.push_back(candidate);
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
  return sum;
}

size_t SharedPort::routes() const {
  size_t count = 0;
  for (const auto& socket : sockets_) count += socket->routes.size();
  return count;
}

void SharedPort::AddUfrag(const std::string& ufrag, SharedPortClient* client) {
  clients_[ufrag] = client;
}

void SharedPort::RemoveUfrag(const std::string& ufrag) { clients_.erase(ufrag); }

void SharedPort::RemoveRoute(const PathAddress& address, const SharedPortClient* client) {
  auto& routes = sockets_[address.socket]->routes;
  const auto found = routes.find(address.remote);
  // It may be another's by now.
  if (found != routes.end() && found->second.client == client) routes.erase(found);
}

// ---- Datagrams.

void SharedPort::OnDatagrams(Socket& socket, std::span<PacketPtr> packets,
                             std::span<const SocketAddress> sources) {
  socket.share.OnBatch(socket.socket->more_may_wait(), loop_.Now());
  for (size_t begin = 0; begin < packets.size();) {
    if (!IsData(packets[begin])) {
      OnStun(socket, packets[begin], sources[begin]);
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

void SharedPort::OnStun(Socket& socket, const PacketPtr& packet, const SocketAddress& source) {
  if (!AdmitCheck(socket, source)) return;
  const auto request = stun::Parse(packet->bytes());
  if (!request.has_value()) {
    ++counters_.malformed;
    return;
  }
  if (request->message_class != stun::Class::kRequest || request->method != stun::kBinding) {
    ++counters_.not_requests;
    return;
  }
  const size_t colon = request->username.find(':');
  const auto found = clients_.find(request->username.substr(0, colon));
  if (colon == std::string_view::npos || found == clients_.end()) {
    ++counters_.unknown_ufrag;
    const bool anonymous = request->username.empty() || request->integrity_offset == 0;
    Refuse(socket, *request, anonymous ? stun::kBadRequest : stun::kUnauthorized, source);
    return;
  }
  OnCheck(socket, *request, *found->second, source);
}

void SharedPort::OnCheck(Socket& socket, const stun::Message& request, SharedPortClient& client,
                         const SocketAddress& source) {
  const PathAddress from{socket.index, source};
  LiteAgent& agent = client.agent();
  const LiteAgent::Verdict verdict = agent.Judge(request);
  if (!verdict.accepted()) ++counters_.refused;
  if (!verdict.authenticated) {
    Refuse(socket, request, verdict.error, source);
    return;
  }
  if (verdict.accepted()) {
    if (!Claim(socket, source, client)) {
      ++counters_.foreign;
      return;
    }
    const uint32_t path_id =
        agent.HandleCheck(request, verdict, from, socket.shown.priority, loop_.Now());
    Route& route = socket.routes[source];
    route.client = &client;
    route.path_id = path_id;
  }
  PacketPtr reply = loop_.packets().Get();
  const size_t size =
      agent.WriteReply(request, verdict, from, {reply->data(), Packet::kMaxPayload});
  reply->set_size(size);
  if (size > 0) Send(std::move(reply), from);
  client.OnAgentChanged();
}

// Whether the address is free for this client, or made free now.
bool SharedPort::Claim(Socket& socket, const SocketAddress& source,
                       const SharedPortClient& client) {
  const auto found = socket.routes.find(source);
  if (found == socket.routes.end() || found->second.client == &client) return true;
  SharedPortClient& owner = *found->second.client;
  const uint32_t path_id = found->second.path_id;
  const bool family = client.owner() != nullptr && owner.owner() == client.owner();
  if (!family && !owner.agent().IsPathIdle(path_id, loop_.Now())) return false;
  owner.agent().DropPath(path_id);
  owner.OnAgentChanged();
  return true;
}

void SharedPort::Refuse(Socket& socket, const stun::Message& request, int error,
                        const SocketAddress& source) {
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
  socket.socket->Queue(std::move(reply), source);
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

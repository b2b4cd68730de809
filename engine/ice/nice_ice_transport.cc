#include "engine/ice/nice_ice_transport.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/ice/announced_candidates.h"
#include "engine/ice/ice_parameters.h"
#include "engine/ice/local_addresses.h"
#include "engine/ice/nice_addresses.h"
#include "engine/ice/nice_convert.h"
#include "engine/ice/nice_servers.h"
#include "engine/ice/nice_state.h"
#include "engine/ice/server_url.h"

namespace pcd::ice {
namespace {

constexpr guint kComponent = 1;
// Messages handed to libnice at once, on the stack.
constexpr size_t kMaxSendBatch = 64;
constexpr guint kShortestIdleTimeoutMs = 50;
// Ta (RFC 8445 section 14.2), at its least: between the nomination of a pair and ours of its check
// lies one, and Firefox, when ICE restarts, hears nothing on the old pair any more meanwhile.
constexpr guint kPacingMs = 5;
constexpr int kNoServerInvolved = 701;
// libnice gives each request two seconds, and there is more than one to a TURN server.
constexpr Duration kGatherTimeout = std::chrono::seconds(5);
// RFC 7675 section 5.1: every 5 s, which vary by a fifth.
constexpr Duration kLeastCheckInterval = std::chrono::seconds(4);
constexpr Duration kCheckIntervalSpread = std::chrono::seconds(2);
// Of the first one: behind the peer's last checks, whose neighbours libnice reads before us.
constexpr Duration kFirstCheckSpread = std::chrono::milliseconds(500);

// What a peer-reflexive candidate would have that is learned from a check (RFC 8445 section 7.1.1).
uint32_t CheckPriority(uint32_t local) {
  constexpr uint32_t kPeerReflexive = 110;
  return kPeerReflexive << 24 | (local & 0x00FFFFFF);
}

NiceAgentPtr MakeAgent(GMainContext* context, bool lite) {
  int options = NICE_AGENT_OPTION_REGULAR_NOMINATION | NICE_AGENT_OPTION_ICE_TRICKLE;
  if (lite) options |= NICE_AGENT_OPTION_LITE_MODE;
  NiceAgentPtr agent(nice_agent_new_full(context, NICE_COMPATIBILITY_RFC5245,
                                         static_cast<NiceAgentOption>(options)));
  // No "consent-freshness", see the README about its 10 s and about error 403: checks for consent
  // are ours.
  g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", FALSE,
               "controlling-mode", FALSE, "stun-pacing-timer", kPacingMs, nullptr);
  return agent;
}

// libnice ties each socket to the interface of its address, from which nothing comes to a tunnel on
// loopback. Untied it sends as the machine's routes say, like the shared port. The first request to
// each server has left by then; libnice repeats it.
void UntieFromInterface(int fd) {
  const int none = 0;
  // Both: a socket of IPv6 takes the one of IPv4 without a word.
  setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &none, sizeof(none));
  setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_IF, &none, sizeof(none));
}

}  // namespace

struct NiceIceTransport::Signals {
  static void OnCandidate(NiceAgent*, NiceCandidate* candidate, gpointer self) {
    static_cast<NiceIceTransport*>(self)->OnLocalCandidate(*candidate);
  }
  static void OnRemoteCandidate(NiceAgent*, NiceCandidate* candidate, gpointer self) {
    static_cast<NiceIceTransport*>(self)->OnPeerReflexiveCandidate(*candidate);
  }
  static void OnGatheringDone(NiceAgent*, guint, gpointer self) {
    static_cast<NiceIceTransport*>(self)->OnGatheringDone();
  }
  static void OnState(NiceAgent*, guint, guint, guint state, gpointer self) {
    static_cast<NiceIceTransport*>(self)->OnNiceState(static_cast<NiceComponentState>(state));
  }
  static void OnPair(NiceAgent*, guint, guint, NiceCandidate* local, NiceCandidate* remote,
                     gpointer self) {
    static_cast<NiceIceTransport*>(self)->OnSelectedPair(*local, *remote);
  }
  static void Connect(NiceAgent* agent, NiceIceTransport* self) {
    g_signal_connect(agent, "new-candidate-full", G_CALLBACK(&OnCandidate), self);
    g_signal_connect(agent, "new-remote-candidate-full", G_CALLBACK(&OnRemoteCandidate), self);
    g_signal_connect(agent, "candidate-gathering-done", G_CALLBACK(&Signals::OnGatheringDone),
                     self);
    g_signal_connect(agent, "component-state-changed", G_CALLBACK(&OnState), self);
    g_signal_connect(agent, "new-selected-pair-full", G_CALLBACK(&OnPair), self);
  }
};

NiceIceTransport::NiceIceTransport(std::shared_ptr<NiceLoop> nice_loop, const Config& config)
    : config_(config),
      nice_loop_(std::move(nice_loop)),
      loop_(nice_loop_->loop()),
      agent_(MakeAgent(nice_loop_->context(), config.lite)),
      stream_id_(nice_agent_add_stream(agent_.get(), 1)),
      local_(config.credentials ? *config.credentials
                                : GenerateIceParameters(loop_.random(), config.lite)),
      events_(loop_),
      remote_candidates_(config.max_candidates),
      pairs_({.max_pairs = config.max_candidate_pairs,
              .counts_discards = true,
              .counts_consent = true}),
      resolution_(loop_, config.resolver, config.server_policy),
      timer_(loop_.CreateTimer([this] { OnTimer(); })),
      gather_timer_(loop_.CreateTimer([this] { OnGatheringDone(); })),
      tie_breaker_(loop_.random().Uint64()) {
  receiver_.emplace(loop_, agent_.get(), stream_id_, servers_);
  g_object_set(agent_.get(), "max-connectivity-checks",
               static_cast<guint>(config.max_candidate_pairs), nullptr);
  nice_agent_set_stream_tos(agent_.get(), stream_id_, config.dscp << 2);
  nice_agent_set_local_credentials(agent_.get(), stream_id_, local_.ufrag.c_str(),
                                   local_.pwd.c_str());
  if (config_.min_port != 0 || config_.max_port != 0) {
    nice_agent_set_port_range(agent_.get(), stream_id_, kComponent, config_.min_port,
                              config_.max_port);
  }
  Signals::Connect(agent_.get(), this);
}

NiceIceTransport::~NiceIceTransport() { Close(); }

void NiceIceTransport::SetEventCallback(net::Task callback) {
  events_.SetCallback(std::move(callback));
}

void NiceIceTransport::SetRole(IceRole role) {
  if (dead_ || remote_applied_) return;
  role_ = role;
  g_object_set(agent_.get(), "controlling-mode", role == IceRole::kControlling ? TRUE : FALSE,
               nullptr);
}

// ---- Gathering.

void NiceIceTransport::StartGathering() {
  if (dead_ || gathering_ != IceGatheringState::kNew) return;
  gathering_ = IceGatheringState::kGathering;
  events_.Push(GatheringStateChanged{gathering_});
  resolution_.Start(config_.servers, config_.resolve_timeout, [this] { ConnectToServers(); });
}

void NiceIceTransport::ConnectToServers() {
  if (dead_) return;
  for (const CandidateError& error : resolution_.errors()) events_.Push(error);
  AddLocalAddresses();
  tunnels_ = std::make_shared<TurnTunnels>(loop_);
  tunnels_->Start(resolution_.servers(), addresses_, config_.dscp, [this] { Gather(); });
}

void NiceIceTransport::Gather() {
  if (dead_) return;
  const std::vector<ResolvedServer>& servers = tunnels_->servers();
  servers_.SetServers(servers);
  UseServers(agent_.get(), stream_id_, servers, relay_only());
  // Turns are close together while servers are asked, as in checks.
  if (!servers.empty()) {
    SetGathering(true);
    gather_timer_->Set(loop_.Now() + kGatherTimeout);
  }
  // Without addresses of ours libnice would look for some itself.
  const bool started =
      !addresses_.empty() && nice_agent_gather_candidates(agent_.get(), stream_id_) != FALSE;
  if (started) WatchSockets();
  sockets_known_ = true;
  if (!started) FinishGathering();
  nice_loop_->Poke();
  ApplyRemote();
  FailWithoutSockets();
}

void NiceIceTransport::AddLocalAddresses() {
  const auto addresses = LocalAddresses(config_);
  if (!addresses.ok()) {
    events_.Push(CandidateError{.error_code = kNoServerInvolved,
                                .error_text = std::string(addresses.status().message())});
    return;
  }
  addresses_ = SafeForLibnice(*addresses);
  if (addresses_.size() > config_.max_candidates) {
    drops_.candidates_over_cap += addresses_.size() - config_.max_candidates;
    addresses_.resize(config_.max_candidates);
  }
  LeaveOutLoopback();
  for (const IpAddress& address : addresses_) {
    NiceAddress nice = ToNiceAddress({address, 0});
    nice_agent_add_local_address(agent_.get(), &nice);
  }
}

void NiceIceTransport::LeaveOutLoopback() {
  if (resolution_.servers().empty()) return;
  const auto on_loopback = [](const IpAddress& address) { return address.IsLoopback(); };
  for (const ResolvedServer& server : resolution_.servers()) {
    if (on_loopback(server.address.ip)) return;
  }
  if (std::ranges::all_of(addresses_, on_loopback)) return;
  std::erase_if(addresses_, on_loopback);
}

Candidate NiceIceTransport::Describe(const NiceCandidate& candidate) const {
  Candidate value = FromNiceCandidate(candidate, local_.ufrag);
  if (value.type == CandidateType::kRelay) {
    // RFC 8839 section 5.1: the address that the server saw.
    for (const Candidate& reflexive : reflexive_) {
      if (reflexive.related_address != value.related_address ||
          reflexive.related_port != value.related_port) {
        continue;
      }
      value.related_address = reflexive.address;
      value.related_port = reflexive.port;
      break;
    }
  }
  if (value.type == CandidateType::kRelay && relay_only()) HideRelatedAddress(value);
  return value;
}

void NiceIceTransport::OnLocalCandidate(const NiceCandidate& candidate) {
  // Peer-reflexive ones are found by checks and not signalled.
  if (candidate.type == NICE_CANDIDATE_TYPE_PEER_REFLEXIVE) return;
  if (gathering_ == IceGatheringState::kComplete) return;  // A server that was too late.
  Candidate value = Describe(candidate);
  if (candidate.type != NICE_CANDIDATE_TYPE_HOST) {
    std::string url = UrlOf(candidate, servers_);
    if (candidate.type == NICE_CANDIDATE_TYPE_RELAYED) {
      servers_.OnRelay(url);
    } else if (RelayProtocolOf(url) == "tcp") {
      return;  // It leads to our end of that connection, where nothing but the server is heard.
    } else {
      reflexive_.push_back(value);
    }
    Announce(std::move(value), std::move(url));
    return;
  }
  local_sockets_.push_back(FromNiceAddress(candidate.addr));
  std::vector<Candidate> shown = ShownFor(value, config_.announced);
  shown_hosts_.emplace_back(FromNiceAddress(candidate.addr), shown.front());
  for (Candidate& one : shown) Announce(std::move(one), {});
}

void NiceIceTransport::Announce(Candidate candidate, std::string url) {
  if (++gathered_ > config_.max_candidates) {
    ++drops_.candidates_over_cap;
    return;
  }
  pairs_.AddLocal(candidate, url);
  events_.Push(CandidateGathered{std::move(candidate), std::move(url)});
}

Candidate NiceIceTransport::DescribeSelected(const NiceCandidate& local) const {
  if (local.type == NICE_CANDIDATE_TYPE_HOST) {
    const SocketAddress address = FromNiceAddress(local.addr);
    for (const auto& [own, shown] : shown_hosts_) {
      if (own == address) return shown;
    }
  }
  return Describe(local);
}

void NiceIceTransport::OnGatheringDone() {
  if (!closed()) FinishGathering();
}

void NiceIceTransport::FinishGathering() {
  if (gathering_ == IceGatheringState::kComplete) return;
  SetGathering(false);
  gather_timer_->Set(kNever);
  ReportUnusedAddresses();
  for (CandidateError& error : servers_.Failures()) events_.Push(std::move(error));
  gathering_ = IceGatheringState::kComplete;
  events_.Push(GatheringStateChanged{gathering_});
  OnNiceState(nice_state_);
  FailWithoutSockets();
}

void NiceIceTransport::ReportUnusedAddresses() {
  if (relay_only()) return;  // Host candidates are made, but not told.
  for (const IpAddress& address : addresses_) {
    const auto same = [&](const SocketAddress& socket) { return socket.ip == address; };
    if (std::ranges::any_of(local_sockets_, same)) continue;
    events_.Push(CandidateError{.address = address.ToString(),
                                .error_code = kNoServerInvolved,
                                .error_text = "no UDP socket could be bound to this address"});
  }
}

// ---- The peer.

absl::Status NiceIceTransport::SetRemoteParameters(const IceParameters& parameters) {
  if (closed()) return InvalidState("the ICE transport is closed");
  PCD_RETURN_IF_ERROR(CheckIceParameters(parameters));
  if (remote_.has_value()) {
    if (remote_->ufrag == parameters.ufrag && remote_->pwd == parameters.pwd) {
      return absl::OkStatus();
    }
    return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::NOT_IMPLEMENTED,
                     "a remote ICE restart is not available");
  }
  remote_ = parameters;
  ApplyRemote();
  FailWithoutSockets();
  return absl::OkStatus();
}

absl::StatusOr<bool> NiceIceTransport::AddRemoteCandidate(const Candidate& candidate) {
  if (closed()) return InvalidState("the ICE transport is closed");
  if (!remote_candidates_.Add(candidate)) return false;
  if (remote_applied_) GiveCandidates({&candidate, 1});
  return true;
}

void NiceIceTransport::SetRemoteEndOfCandidates() {
  if (dead_ || remote_end_of_candidates_) return;
  remote_end_of_candidates_ = true;
  nice_agent_peer_candidate_gathering_done(agent_.get(), stream_id_);
  OnNiceState(nice_state_);
}

void NiceIceTransport::ApplyRemote() {
  if (dead_ || remote_applied_ || !remote_.has_value() || watches_.empty()) return;
  remote_applied_ = true;
  nice_agent_set_remote_credentials(agent_.get(), stream_id_, remote_->ufrag.c_str(),
                                    remote_->pwd.c_str());
  std::vector<IpAddress> local;
  for (const SocketAddress& socket : local_sockets_) local.push_back(socket.ip);
  if (relay_only()) local = addresses_;
  remote_candidates_.SetLocalAddresses(local);
  remote_candidates_.SetUfrag(remote_->ufrag);
  receiver_->consent().SetPassword(remote_->pwd);
  GiveCandidates(remote_candidates_.accepted());
  nice_loop_->Poke();
}

void NiceIceTransport::FailWithoutSockets() {
  if (dead_ || !sockets_known_ || !watches_.empty()) return;
  if (!remote_.has_value() || gathering_ != IceGatheringState::kComplete) return;
  PCD_LOG(kWarning, "ice", "no local socket to check a path from");
  Die();
}

void NiceIceTransport::GiveCandidates(std::span<const Candidate> candidates) {
  if (dead_) return;
  GSList* list = nullptr;
  for (const Candidate& candidate : candidates) {
    if (NiceCandidatePtr nice = ToNiceCandidate(candidate, stream_id_)) {
      pairs_.AddRemote(candidate);
      receiver_->AddKnownSource(FromNiceAddress(nice->addr));
      list = g_slist_prepend(list, nice.release());
    }
  }
  list = g_slist_reverse(list);
  if (list != nullptr) {
    nice_agent_set_remote_candidates(agent_.get(), stream_id_, kComponent, list);
    nice_loop_->Poke();
  }
  g_slist_free_full(list,
                    [](gpointer item) { nice_candidate_free(static_cast<NiceCandidate*>(item)); });
}

void NiceIceTransport::OnPeerReflexiveCandidate(const NiceCandidate& candidate) {
  // Only who knows our password gets here, but libnice keeps each of its addresses for good.
  if (++peer_reflexive_ <= config_.max_candidates) {
    receiver_->AddKnownSource(FromNiceAddress(candidate.addr));
    return;
  }
  PCD_LOG(kWarning, "ice", "the peer sends checks from too many addresses");
  Die();
}

// ---- States.

bool NiceIceTransport::AllCandidatesKnown() const {
  return remote_end_of_candidates_ && gathering_ == IceGatheringState::kComplete;
}

// A conflict of roles may have changed ours.
bool NiceIceTransport::IsControlling() const {
  gboolean controlling = FALSE;
  g_object_get(agent_.get(), "controlling-mode", &controlling, nullptr);
  return controlling != FALSE;
}

void NiceIceTransport::OnNiceState(NiceComponentState state) {
  if (state == NICE_COMPONENT_STATE_READY && nice_state_ != state) {
    // Otherwise its check timer goes on for 5 s every 20 ms, waiting for a failure.
    g_object_set(agent_.get(), "idle-timeout", kShortestIdleTimeoutMs, nullptr);
  }
  nice_state_ = state;
  if (dead_) return;
  SetState(NextState(state, {.was_connected = was_connected_,
                             .all_candidates_known = AllCandidatesKnown(),
                             .controlling = IsControlling(),
                             .current = state_}));
}

void NiceIceTransport::SetState(IceConnectionState state) {
  if (state == state_ || closed()) return;
  if (state == IceConnectionState::kFailed) {
    Die();
    return;
  }
  state_ = state;
  events_.Push(StateChanged{state});
  switch (state) {
    case IceConnectionState::kChecking:
      SetChecking(true);
      timer_->Set(loop_.Now() + config_.check_timeout);
      break;
    case IceConnectionState::kConnected:
    case IceConnectionState::kCompleted:
      SetChecking(false);
      if (!was_connected_) {
        HeardFromPeer();
        consented_ = heard_from_peer_;
      }
      was_connected_ = true;
      SetTimer(QuietAt());
      break;
    case IceConnectionState::kClosed:
      SetChecking(false);
      SetGathering(false);
      timer_->Set(kNever);
      break;
    case IceConnectionState::kFailed:  // Die.
    case IceConnectionState::kNew:
    case IceConnectionState::kDisconnected:
      break;
  }
}

// W3C webrtc 5.6.4: only a restart leads out of failed, and there is none here. So the agent
// is stopped, which costs nothing more and cannot connect late.
void NiceIceTransport::Die() {
  if (dead_) return;
  dead_ = true;
  SetChecking(false);
  SetGathering(false);
  state_ = IceConnectionState::kFailed;
  events_.Push(StateChanged{state_});
  timer_->Set(loop_.Now());  // Stops the agent.
}

void NiceIceTransport::StopAgent() {
  if (agent_ == nullptr) return;
  UnwatchSockets();
  g_signal_handlers_disconnect_by_data(agent_.get(), this);
  // Its last words to relays go through the tunnels.
  if (tunnels_ != nullptr) tunnels_->Cancel();
  nice_loop_->Release(std::move(agent_), std::move(tunnels_));
}

void NiceIceTransport::SetChecking(bool checking) {
  if (checking_ == checking) return;
  checking_ = checking;
  nice_loop_->AddChecking(checking ? 1 : -1);
}

void NiceIceTransport::SetGathering(bool gathering) {
  if (std::exchange(asking_servers_, gathering) != gathering) {
    nice_loop_->AddChecking(gathering ? 1 : -1);
  }
}

void NiceIceTransport::OnSelectedPair(const NiceCandidate& local, const NiceCandidate& remote) {
  const SocketAddress peer = FromNiceAddress(remote.addr);
  if (local.type == NICE_CANDIDATE_TYPE_RELAYED) {
    receiver_->SetPeer(std::nullopt);
  } else {
    receiver_->SetPeer(peer);
  }
  has_pair_ = true;
  receiver_->consent().Forget();
  check_priority_ = CheckPriority(local.priority);
  next_check_ = loop_.Now() + UpTo(kFirstCheckSpread);
  if (was_connected_) SetTimer(QuietAt());
  SelectedPairChanged event{DescribeSelected(local), FromNiceCandidate(remote, {})};
  pairs_.Select(event.local, event.remote);
  events_.Push(std::move(event));
}

void NiceIceTransport::HeardFromPeer() {
  heard_from_peer_ = loop_.Now();
  if (state_ == IceConnectionState::kDisconnected && !IsQuiet()) OnNiceState(nice_state_);
}

bool NiceIceTransport::IsQuiet() const { return loop_.Now() >= QuietAt(); }

Timestamp NiceIceTransport::QuietAt() const {
  return std::min(heard_from_peer_ + config_.disconnected_after,
                  consented_ + config_.failed_after / 2);
}

void NiceIceTransport::OnTimer() {
  if (dead_) {
    StopAgent();
    return;
  }
  if (!was_connected_) {
    if (state_ == IceConnectionState::kChecking) SetState(IceConnectionState::kFailed);
    return;
  }
  const Timestamp end = consented_ + config_.failed_after;
  if (loop_.Now() >= end) {
    SetState(IceConnectionState::kFailed);
    return;
  }
  if (loop_.Now() >= next_check_) SendConsentCheck();
  if (IsQuiet()) {
    SetState(IceConnectionState::kDisconnected);
    SetTimer(end);
  } else {
    SetTimer(QuietAt());
  }
}

Duration NiceIceTransport::UpTo(Duration most) {
  return Duration(loop_.random().Uint32() % most.count());
}

void NiceIceTransport::SendConsentCheck() {
  next_check_ = loop_.Now() + kLeastCheckInterval + UpTo(kCheckIntervalSpread);
  if (answering_ != Answering::kFully) return;
  Consent::TransactionId id;
  loop_.random().Fill(id);
  std::array<uint8_t, Consent::kMaxCheckSize> check;
  const size_t size = receiver_->consent().WriteCheck({.remote_ufrag = remote_->ufrag,
                                                       .local_ufrag = local_.ufrag,
                                                       .priority = check_priority_,
                                                       .controlling = IsControlling(),
                                                       .tie_breaker = tie_breaker_},
                                                      id, loop_.Now(), check);
  if (size == 0) return;
  GOutputVector vector{check.data(), size};
  NiceOutputMessage message{&vector, 1};
  // What the kernel refuses is lost, as on the way.
  nice_agent_send_messages_nonblocking(agent_.get(), stream_id_, kComponent, &message, 1, nullptr,
                                       nullptr);
  pairs_.CountConsentCheck();
}

void NiceIceTransport::SetAnswering(Answering answering) {
  if (dead_ || answering_ == answering) return;
  answering_ = answering;
  receiver_->SetResponder(local_, answering);
  if (answering != Answering::kFully || !was_connected_) return;
  next_check_ = loop_.Now();  // It was without them.
  SetTimer(QuietAt());
}

// ---- Packets.

void NiceIceTransport::OnReadable(int fd) {
  if (dead_) return;  // The agent is about to be stopped.
  if (asking_servers_) {
    for (const Watch& watch : watches_) receiver_->Look(watch.fd);
  }
  const NiceReceiver::Outcome outcome =
      receiver_->Read(fd, config_.max_packets_per_turn, received_);
  for (const Duration round_trip : outcome.round_trips) {
    consented_ = loop_.Now();
    pairs_.CountAnswer(round_trip);
  }
  if (outcome.from_peer) HeardFromPeer();
  if (outcome.used_libnice) nice_loop_->Poke();
  if (outcome.used_libnice && !dead_) WatchIfChanged(outcome.socket_failed);
  if (received_.empty()) return;
  // Moved away, because the handler may close this transport.
  std::vector<PacketPtr> packets = std::move(received_);
  if (handler_ == nullptr) {
    drops_.no_handler += packets.size();
  } else if (!dead_) {
    pairs_.CountReceived(packets, loop_.UnixMicros());
    handler_->OnIcePackets(packets);
  }
  packets.clear();
  received_ = std::move(packets);
}

bool NiceIceTransport::writable() const { return has_pair_ && !dead_; }

bool NiceIceTransport::Send(ByteSpan packet) { return SendBatch({&packet, 1}) == 1; }

size_t NiceIceTransport::SendBatch(std::span<const ByteSpan> packets) {
  size_t sent = 0;
  size_t bytes = 0;
  while (writable() && sent < packets.size()) {
    std::array<GOutputVector, kMaxSendBatch> vectors;
    std::array<NiceOutputMessage, kMaxSendBatch> messages;
    const size_t count = std::min(packets.size() - sent, kMaxSendBatch);
    for (size_t i = 0; i < count; ++i) {
      vectors[i] = {packets[sent + i].data(), packets[sent + i].size()};
      messages[i] = {&vectors[i], 1};
    }
    const gint taken =
        nice_agent_send_messages_nonblocking(agent_.get(), stream_id_, kComponent, messages.data(),
                                             static_cast<guint>(count), nullptr, nullptr);
    if (taken <= 0) break;
    for (gint i = 0; i < taken; ++i) bytes += packets[sent + static_cast<size_t>(i)].size();
    sent += static_cast<size_t>(taken);
    if (static_cast<size_t>(taken) < count) break;
  }
  drops_.send_refused += packets.size() - sent;
  if (sent > 0) pairs_.CountSent(sent, bytes, loop_.UnixMicros());
  if (writable() && sent < packets.size()) {
    size_t refused = 0;
    for (const ByteSpan& packet : packets.subspan(sent)) refused += packet.size();
    pairs_.CountDiscarded(packets.size() - sent, refused);
  }
  return sent;
}

void NiceIceTransport::WatchSockets() {
  UnwatchSockets();
  GPtrArray* sockets = nice_agent_get_sockets(agent_.get(), stream_id_, kComponent);
  for (guint i = 0; sockets != nullptr && i < sockets->len; ++i) {
    GSocketPtr socket(G_SOCKET(g_object_ref(g_ptr_array_index(sockets, i))));
    const int fd = g_socket_get_fd(socket.get());
    if (!tunnels_->empty()) UntieFromInterface(fd);
    const absl::Status status = loop_.WatchFd(fd, this);
    if (status.ok()) {
      watches_.push_back({std::move(socket), fd});
    } else {
      PCD_LOG(kError, "ice", "cannot watch a socket: " + std::string(status.message()));
    }
  }
  if (sockets != nullptr) g_ptr_array_unref(sockets);
  std::vector<SocketAddress> local;
  for (const Watch& watch : watches_) local.push_back(LocalAddressOf(watch.socket.get()));
  tunnels_->SetSources(local);
}

void NiceIceTransport::WatchIfChanged(bool failed) {
  failed |= std::ranges::any_of(
      watches_, [](const Watch& watch) { return g_socket_is_closed(watch.socket.get()) != FALSE; });
  if (failed) WatchSockets();
}

void NiceIceTransport::UnwatchSockets() {
  for (const Watch& watch : watches_) loop_.UnwatchFd(watch.fd);
  watches_.clear();
}

// ---- The rest.

Stats NiceIceTransport::GetStats() const {
  Stats stats = drops_;
  pairs_.Fill(stats);
  stats.role = role_;
  stats.state = state_;
  stats.gathering_state = gathering_;
  stats.candidates_ignored = remote_candidates_.ignored();
  stats.candidates_over_cap += remote_candidates_.over_cap();
  stats.unknown_source = receiver_->drops().unknown_source;
  stats.oversized = receiver_->drops().oversized;
  return stats;
}

absl::Status NiceIceTransport::Restart() {
  return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::NOT_IMPLEMENTED,
                   "ICE restart is not available");
}

void NiceIceTransport::Close() {
  if (closed()) return;
  SetState(IceConnectionState::kClosed);
  dead_ = true;
  StopAgent();
}

}  // namespace pcd::ice

#include "engine/ice/shared_port_transport.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/ice/ice_parameters.h"

namespace pcd::ice {
namespace {

RemoteCandidates NewRemoteCandidates(size_t max_candidates) {
  RemoteCandidates candidates(max_candidates);
  candidates.AcceptEveryAddress();
  return candidates;
}

size_t MaxPaths(const Config& config) {
  return std::clamp<size_t>(config.max_candidate_pairs, 2, LiteAgent::kMaxPaths);
}

Candidate WithUfrag(Candidate candidate, const std::string& ufrag) {
  candidate.extensions.emplace_back("ufrag", ufrag);
  return candidate;
}

}  // namespace

SharedPortTransport::SharedPortTransport(SharedPort& port, const Config& config)
    : port_(port),
      loop_(port.loop()),
      max_candidates_(config.max_candidates),
      owner_(config.owner),
      agent_(GenerateIceParameters(loop_.random(), true),
             {.check_timeout = config.check_timeout,
              .disconnected_after = config.disconnected_after,
              .failed_after = config.failed_after,
              .max_paths = MaxPaths(config)}),
      events_(loop_),
      remote_candidates_(NewRemoteCandidates(config.max_candidates)),
      pairs_({.max_pairs = config.max_candidate_pairs, .lite = true}),
      timer_(loop_.CreateTimer([this] { OnTimer(); })) {
  port_.AddUfrag(agent_.local().ufrag, this);
}

SharedPortTransport::~SharedPortTransport() { Close(); }

void SharedPortTransport::SetEventCallback(net::Task callback) {
  events_.SetCallback(std::move(callback));
}

void SharedPortTransport::StartGathering() {
  if (closed() || gathering_ != IceGatheringState::kNew) return;
  events_.Push(GatheringStateChanged{IceGatheringState::kGathering});
  size_t count = 0;
  for (const Candidate& shown : port_.candidates()) {
    if (count++ == max_candidates_) break;
    Candidate candidate = WithUfrag(shown, agent_.local().ufrag);
    pairs_.AddLocal(candidate);
    events_.Push(CandidateGathered{std::move(candidate)});
  }
  drops_.candidates_over_cap +=
      port_.candidates().size() - std::min(port_.candidates().size(), max_candidates_);
  gathering_ = IceGatheringState::kComplete;
  events_.Push(GatheringStateChanged{gathering_});
}

absl::Status SharedPortTransport::SetRemoteParameters(const IceParameters& parameters) {
  if (closed()) return InvalidState("the ICE transport is closed");
  PCD_RETURN_IF_ERROR(CheckIceParameters(parameters));
  const std::optional<IceParameters>& known = agent_.remote();
  if (known.has_value()) {
    if (known->ufrag == parameters.ufrag && known->pwd == parameters.pwd) return absl::OkStatus();
    remote_candidates_ = NewRemoteCandidates(max_candidates_);
  }
  remote_candidates_.SetUfrag(parameters.ufrag);
  for (const Candidate& candidate : remote_candidates_.accepted()) pairs_.AddRemote(candidate);
  agent_.SetRemoteParameters(parameters, loop_.Now());
  OnAgentChanged();
  return absl::OkStatus();
}

absl::StatusOr<bool> SharedPortTransport::AddRemoteCandidate(const Candidate& candidate) {
  if (closed()) return InvalidState("the ICE transport is closed");
  if (!remote_candidates_.Add(candidate)) return false;
  pairs_.AddRemote(candidate);
  return true;
}

void SharedPortTransport::SetRemoteEndOfCandidates() {
  if (closed()) return;
  agent_.SetRemoteEndOfCandidates();
  OnAgentChanged();
}

absl::Status SharedPortTransport::Restart() {
  if (closed()) return InvalidState("the ICE transport is closed");
  agent_.Restart(GenerateIceParameters(loop_.random(), true), loop_.Now());
  port_.AddUfrag(agent_.local().ufrag, this);
  gathering_ = IceGatheringState::kNew;
  remote_candidates_ = NewRemoteCandidates(max_candidates_);
  OnAgentChanged();
  return absl::OkStatus();
}

void SharedPortTransport::Close() {
  if (closed()) return;
  agent_.Close();
  OnAgentChanged();
}

// ---- What the agent says.

void SharedPortTransport::OnAgentChanged() {
  while (const auto event = agent_.PollEvent()) Handle(*event);
  // No event tells of it when the pair is selected already.
  if (const LitePath* path = agent_.selected(); path != nullptr && path->nominated) {
    pairs_.SetNominated();
  }
  ArmTimer();
}

void SharedPortTransport::Handle(const LiteEvent& event) {
  if (const auto* added = std::get_if<LitePathAdded>(&event)) {
    path_pairs_.push_back({added->path.id, pairs_.Add(LocalCandidateOf(added->path),
                                                      RemoteCandidateOf(added->path))});
  } else if (const auto* removed = std::get_if<LitePathRemoved>(&event)) {
    Forget(*removed);
    port_.RemoveRoute(removed->address, this);
    if (selected_ == removed->address) selected_.reset();
  } else if (const auto* chosen = std::get_if<LiteSelected>(&event)) {
    selected_ = chosen->path.address;
    AnnouncePair(chosen->path);
  } else if (const auto* retired = std::get_if<LiteUfragRetired>(&event)) {
    port_.RemoveUfrag(retired->ufrag);
  } else if (const auto* changed = std::get_if<LiteStateChanged>(&event)) {
    events_.Push(StateChanged{changed->state});
  }
}

void SharedPortTransport::AnnouncePair(const LitePath& path) {
  SelectedPairChanged event{LocalCandidateOf(path), RemoteCandidateOf(path)};
  pairs_.Select(event.local, event.remote, path.nominated);
  events_.Push(std::move(event));
}

PairLog::PairNumber SharedPortTransport::PairOf(uint32_t path_id) const {
  const auto found = std::ranges::find(path_pairs_, path_id, &PathPair::path_id);
  return found != path_pairs_.end() ? found->pair : 0;
}

void SharedPortTransport::Forget(const LitePathRemoved& path) {
  pairs_.AddChecks(PairOf(path.id), path.requests, path.responses);
  std::erase_if(path_pairs_, [&](const PathPair& each) { return each.path_id == path.id; });
}

Candidate SharedPortTransport::LocalCandidateOf(const LitePath& path) const {
  return WithUfrag(port_.shown(path.address), agent_.local().ufrag);
}

Candidate SharedPortTransport::RemoteCandidateOf(const LitePath& path) const {
  const std::string address = path.address.remote.ip.ToString();
  const uint16_t port = path.address.remote.port;
  const bool tcp = path.address.connection != 0;
  for (const Candidate& candidate : remote_candidates_.accepted()) {
    // Those of TCP are not among them: an active one does not say from which port it connects.
    if (!tcp && candidate.address == address && candidate.port == port) return candidate;
  }
  return {.foundation = "prflx" + std::to_string(path.id),
          .transport = tcp ? "tcp" : "udp",
          .priority = path.peer_priority,
          .address = address,
          .port = port,
          .type = CandidateType::kPeerReflexive,
          .tcp_type = tcp ? "active" : ""};
}

void SharedPortTransport::OnTimer() {
  armed_for_ = kNever;
  agent_.HandleTimeout(loop_.Now());
  OnAgentChanged();
}

// Deadlines move away with every packet; the timer follows when it fires, not before.
void SharedPortTransport::ArmTimer() {
  const Timestamp deadline = agent_.NextDeadline();
  if (deadline >= armed_for_ && deadline != kNever) return;
  if (deadline == armed_for_) return;
  armed_for_ = deadline;
  timer_->Set(deadline);
}

// ---- Packets.

void SharedPortTransport::OnPackets(std::span<PacketPtr> packets, uint32_t path_id) {
  agent_.HandleData(path_id, loop_.Now());
  if (agent_.has_events()) OnAgentChanged();
  if (handler_ == nullptr) {
    drops_.no_handler += packets.size();
    return;
  }
  pairs_.CountReceived(PairOf(path_id), packets, loop_.UnixMicros());
  handler_->OnIcePackets(packets);
}

size_t SharedPortTransport::SendBatch(std::span<const ByteSpan> packets) {
  size_t sent = 0;
  size_t bytes = 0;
  for (const ByteSpan& packet : packets) {
    PacketPtr copy = selected_.has_value() ? loop_.packets().CopyOf(packet) : nullptr;
    if (copy == nullptr) break;
    bytes += copy->size();
    port_.Send(std::move(copy), *selected_);
    ++sent;
  }
  drops_.send_refused += packets.size() - sent;
  if (sent > 0) pairs_.CountSent(sent, bytes, loop_.UnixMicros());
  return sent;
}

size_t SharedPortTransport::SendPackets(std::span<PacketPtr> packets) {
  if (!selected_.has_value()) {
    drops_.send_refused += packets.size();
    return 0;
  }
  size_t bytes = 0;
  for (PacketPtr& packet : packets) {
    bytes += packet->size();
    port_.Send(std::move(packet), *selected_);
  }
  pairs_.CountSent(packets.size(), bytes, loop_.UnixMicros());
  return packets.size();
}

Stats SharedPortTransport::GetStats() const {
  Stats stats = drops_;
  PairLog pairs = pairs_;
  for (const LitePath& path : agent_.paths()) {
    pairs.AddChecks(PairOf(path.id), path.requests, path.responses);
  }
  pairs.Fill(stats);
  stats.role = IceRole::kControlled;
  stats.backend = IceBackend::kSharedPort;
  stats.shared_port = port_.stats();
  stats.state = agent_.state();
  stats.gathering_state = gathering_;
  stats.candidates_ignored = remote_candidates_.ignored();
  stats.candidates_over_cap += remote_candidates_.over_cap();
  return stats;
}

}  // namespace pcd::ice

#include "engine/ice/fake_ice_transport.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/ice/ice_parameters.h"

namespace pcd::ice {
namespace {

constexpr uint32_t kHostPriority = 2130706431;  // RFC 8445 section 5.1.2: host, one address.
constexpr uint32_t kPeerReflexivePriority = 1862270975;

Candidate MakeCandidate(int number, const std::string& ufrag) {
  return {.foundation = "1",
          .priority = kHostPriority,
          .address = "192.0.2." + std::to_string(1 + number % 250),
          .port = static_cast<uint16_t>(10000 + number),
          .extensions = {{"ufrag", ufrag}}};
}

// Nothing is ever sent to a signalled address here, so that none needs to be refused.
std::vector<IpAddress> EveryKindOfAddress() {
  std::vector<IpAddress> addresses;
  for (const char* text : {"127.0.0.1", "::1", "169.254.0.1", "fe80::1"}) {
    addresses.push_back(*IpAddress::Parse(text));
  }
  return addresses;
}

}  // namespace

FakeIceTransport::FakeIceTransport(FakeIceNetwork& network, net::Loop& loop, const Config& config,
                                   int number)
    : network_(network),
      loop_(loop),
      config_(config),
      number_(number),
      local_(config.credentials ? *config.credentials
                                : GenerateIceParameters(loop.random(), config.lite)),
      candidate_(MakeCandidate(number, local_.ufrag)),
      events_(loop),
      remote_candidates_(config.max_candidates),
      timer_(loop.CreateTimer([this] { OnTimer(); })),
      self_(std::make_shared<FakeIceTransport*>(this)) {}

FakeIceTransport::~FakeIceTransport() {
  *self_ = nullptr;
  Close();
  network_.Remove(this);
}

void FakeIceTransport::SetEventCallback(net::Task callback) {
  events_.SetCallback(std::move(callback));
}

void FakeIceTransport::SetRole(IceRole role) {
  if (!closed()) role_ = role;
}

void FakeIceTransport::StartGathering() {
  if (closed() || gathering_ != IceGatheringState::kNew) return;
  gathering_ = IceGatheringState::kGathering;
  events_.Push(GatheringStateChanged{IceGatheringState::kGathering});
  if (network_.gathers()) FinishGathering();
}

void FakeIceTransport::FinishGathering() {
  if (closed() || gathering_ != IceGatheringState::kGathering) return;
  gathering_ = IceGatheringState::kComplete;
  pairs_.AddLocal(candidate_);
  events_.Push(CandidateGathered{candidate_});
  events_.Push(GatheringStateChanged{IceGatheringState::kComplete});
  StartCheckingIfPossible();
  network_.Match();
}

absl::Status FakeIceTransport::SetRemoteParameters(const IceParameters& parameters) {
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
  remote_candidates_.SetLocalAddresses(EveryKindOfAddress());
  remote_candidates_.SetUfrag(parameters.ufrag);
  for (const Candidate& candidate : remote_candidates_.accepted()) pairs_.AddRemote(candidate);
  StartCheckingIfPossible();
  network_.Match();
  return absl::OkStatus();
}

absl::StatusOr<bool> FakeIceTransport::AddRemoteCandidate(const Candidate& candidate) {
  if (closed()) return InvalidState("the ICE transport is closed");
  if (!remote_candidates_.Add(candidate)) return false;
  pairs_.AddRemote(candidate);
  StartCheckingIfPossible();
  network_.Match();
  return true;
}

void FakeIceTransport::SetRemoteEndOfCandidates() {
  if (closed()) return;
  remote_end_of_candidates_ = true;
  CompleteIfPossible();
}

bool FakeIceTransport::writable() const {
  return peer_ != nullptr && state_ != IceConnectionState::kFailed && !closed();
}

bool FakeIceTransport::Send(ByteSpan packet) {
  PacketPtr copy = writable() ? loop_.packets().CopyOf(packet) : nullptr;
  if (copy == nullptr) {
    ++drops_.send_refused;
    return false;
  }
  pairs_.CountSent(1, packet.size(), loop_.UnixMicros());
  network_.Carry(number_, std::move(copy), [peer = peer_](PacketPtr arrived) {
    if (*peer != nullptr) (*peer)->Deliver(std::move(arrived));
  });
  return true;
}

size_t FakeIceTransport::SendBatch(std::span<const ByteSpan> packets) {
  size_t sent = 0;
  while (sent < packets.size() && Send(packets[sent])) ++sent;
  if (sent < packets.size()) drops_.send_refused += packets.size() - sent - 1;
  return sent;
}

absl::Status FakeIceTransport::Restart() {
  return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::NOT_IMPLEMENTED,
                   "ICE restart is not available");
}

void FakeIceTransport::Close() {
  if (closed()) return;
  timer_->Set(kNever);
  inbox_.clear();
  SetState(IceConnectionState::kClosed);
  if (peer_ != nullptr && *peer_ != nullptr) (*peer_)->OnPathChanged();
}

bool FakeIceTransport::ReadyFor(const FakeIceTransport& peer) const {
  return !closed() && state_ != IceConnectionState::kFailed &&
         gathering_ == IceGatheringState::kComplete && remote_.has_value() &&
         remote_->ufrag == peer.local_.ufrag && remote_->pwd == peer.local_.pwd;
}

bool FakeIceTransport::KnowsAddressOf(const FakeIceTransport& peer) const {
  return std::ranges::any_of(remote_candidates_.accepted(), [&](const Candidate& candidate) {
    return candidate.address == peer.candidate_.address && candidate.port == peer.candidate_.port;
  });
}

void FakeIceTransport::Connect(FakeIceTransport& peer) {
  peer_ = peer.self_;
  Candidate remote = peer.candidate_;
  if (!KnowsAddressOf(peer)) {
    remote.type = CandidateType::kPeerReflexive;
    remote.priority = kPeerReflexivePriority;
  }
  timer_->Set(kNever);
  if (state_ == IceConnectionState::kNew) SetState(IceConnectionState::kChecking);
  pairs_.Select(candidate_, remote);
  events_.Push(SelectedPairChanged{candidate_, remote});
  SetState(IceConnectionState::kConnected);
  CompleteIfPossible();
}

bool FakeIceTransport::PathOpen() const {
  return network_.reachable() && *peer_ != nullptr && !(*peer_)->closed();
}

void FakeIceTransport::OnPathChanged() {
  if (peer_ == nullptr || closed() || state_ == IceConnectionState::kFailed) return;
  if (!PathOpen()) {
    timer_->Set(loop_.Now() + config_.disconnected_after);
    return;
  }
  timer_->Set(kNever);
  if (state_ == IceConnectionState::kDisconnected) {
    SetState(IceConnectionState::kConnected);
    CompleteIfPossible();
  }
}

void FakeIceTransport::OnTimer() {
  if (state_ == IceConnectionState::kConnected || state_ == IceConnectionState::kCompleted) {
    SetState(IceConnectionState::kDisconnected);
    timer_->Set(loop_.Now() + config_.failed_after - config_.disconnected_after);
  } else if (!closed()) {
    SetState(IceConnectionState::kFailed);
  }
}

void FakeIceTransport::StartCheckingIfPossible() {
  if (state_ != IceConnectionState::kNew || !remote_.has_value() ||
      gathering_ != IceGatheringState::kComplete || remote_candidates_.accepted().empty()) {
    return;
  }
  SetState(IceConnectionState::kChecking);
  timer_->Set(loop_.Now() + config_.check_timeout);
}

void FakeIceTransport::CompleteIfPossible() {
  if (state_ == IceConnectionState::kConnected && remote_end_of_candidates_) {
    SetState(IceConnectionState::kCompleted);
  }
}

void FakeIceTransport::SetState(IceConnectionState state) {
  if (state_ == state) return;
  state_ = state;
  events_.Push(StateChanged{state});
}

void FakeIceTransport::Deliver(PacketPtr packet) {
  if (closed() || packet == nullptr) return;
  packet->arrival = loop_.Now();
  inbox_.push_back(std::move(packet));
  if (inbox_.size() > 1) return;  // Posted already.
  loop_.Post([self = self_] {
    if (*self != nullptr) (*self)->FlushInbox();
  });
}

void FakeIceTransport::FlushInbox() {
  std::vector<PacketPtr> packets = std::move(inbox_);
  inbox_.clear();
  if (handler_ == nullptr) {
    drops_.no_handler += packets.size();
    return;
  }
  if (packets.empty()) return;
  pairs_.CountReceived(packets, loop_.UnixMicros());
  handler_->OnIcePackets(packets);
}

Stats FakeIceTransport::GetStats() const {
  Stats stats = drops_;
  pairs_.Fill(stats);
  stats.role = role_;
  stats.backend = config_.lite ? IceBackend::kSharedPort : IceBackend::kFull;
  stats.state = state_;
  stats.gathering_state = gathering_;
  stats.candidates_ignored = remote_candidates_.ignored();
  stats.candidates_over_cap = remote_candidates_.over_cap();
  return stats;
}

}  // namespace pcd::ice

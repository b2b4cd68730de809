#include "engine/ice/restartable_ice_transport.h"

#include <string>
#include <utility>

#include "engine/base/status.h"

namespace pcd::ice {
namespace {

bool IsConnected(IceConnectionState state) {
  return state == IceConnectionState::kConnected || state == IceConnectionState::kCompleted;
}

// Ids of candidates and pairs are unique among all generations.
std::string Prefix(uint32_t number) {
  return number == 0 ? std::string() : "G" + std::to_string(number) + "-";
}

}  // namespace

RestartableIceTransport::RestartableIceTransport(net::Loop& loop,
                                                 std::unique_ptr<IceTransport> first, Make make,
                                                 MakeLike make_like)
    : loop_(loop),
      make_(std::move(make)),
      make_like_(std::move(make_like)),
      events_(loop),
      timer_(loop.CreateTimer([this] { EndRetired(); })),
      patience_(loop.CreateTimer([this] { RefuseOldChecks(); })) {
  generations_.push_back(Adopt(std::move(first)));
}

RestartableIceTransport::~RestartableIceTransport() { Close(); }

RestartableIceTransport::Generation RestartableIceTransport::Adopt(
    std::unique_ptr<IceTransport> ice) {
  ice->SetPacketHandler(handler_);
  ice->SetEventCallback([this] { Drain(); });
  if (role_) ice->SetRole(*role_);
  return {.number = made_++, .ice = std::move(ice)};
}

IceTransport& RestartableIceTransport::sending() const {
  for (auto it = generations_.rbegin(); it != generations_.rend(); ++it) {
    if (it->ice->writable()) return *it->ice;
  }
  return *generations_.back().ice;
}

absl::StatusOr<IceParameters> RestartableIceTransport::PrepareRestart() {
  if (closed_) return InvalidState("the ICE transport is closed");
  if (!prepared_) {
    PCD_ASSIGN_OR_RETURN(std::unique_ptr<IceTransport> made, make_());
    prepared_ = Adopt(std::move(made));
  }
  return prepared_->ice->local_parameters();
}

absl::Status RestartableIceTransport::Restart() {
  PCD_RETURN_IF_ERROR(PrepareRestart().status());
  generations_.push_back(*std::exchange(prepared_, std::nullopt));
  if (generations_.size() > kMaxRestarts + 1) {
    End(std::move(generations_[1]));
    generations_.erase(generations_.begin() + 1);
  }
  UpdateState();
  return absl::OkStatus();
}

absl::Status RestartableIceTransport::Renew() {
  if (closed_) return InvalidState("the ICE transport is closed");
  if (!make_like_ || !remote_) return absl::OkStatus();
  PCD_ASSIGN_OR_RETURN(std::unique_ptr<IceTransport> made, make_like_(local_parameters()));
  // A renewal that came to nothing so far has no second chance.
  if (generations_.size() > 1 && generations_.back().renewal) {
    End(std::move(generations_.back()));
    generations_.pop_back();
  }
  Generation next = Adopt(std::move(made));
  next.renewal = true;
  generations_.push_back(std::move(next));
  latest().StartGathering();
  const IceParameters remote = *remote_;
  return SetRemoteParameters(remote);
}

void RestartableIceTransport::CancelRestart() {
  if (closed_ || generations_.size() < 2) return;
  End(std::move(generations_.back()));
  generations_.pop_back();
  patience_->Set(kNever);
  latest().SetAnswering(Answering::kFully);
  gathering_ = latest().GetStats().gathering_state;
  events_.Push(GatheringStateChanged{gathering_});
  UpdateState();
}

const IceParameters& RestartableIceTransport::local_parameters() const {
  return generations_.back().ice->local_parameters();
}

void RestartableIceTransport::SetPacketHandler(PacketHandler* handler) {
  handler_ = handler;
  for (auto* list : {&generations_, &retired_, &ending_}) {
    for (Generation& generation : *list) generation.ice->SetPacketHandler(handler);
  }
  if (prepared_) prepared_->ice->SetPacketHandler(handler);
}

void RestartableIceTransport::SetRole(IceRole role) {
  role_ = role;
  latest().SetRole(role);
  if (prepared_) prepared_->ice->SetRole(role);
}

absl::Status RestartableIceTransport::SetRemoteParameters(const IceParameters& parameters) {
  PCD_RETURN_IF_ERROR(latest().SetRemoteParameters(parameters));
  Generation& last = generations_.back();
  if (!last.checking && !last.renewal && generations_.size() > 1) {
    patience_->Set(loop_.Now() + kPatience);
    for (size_t i = 0; i + 1 < generations_.size(); ++i) {
      generations_[i].ice->SetAnswering(Answering::kAnyRole);
    }
  }
  last.checking = true;
  remote_ = parameters;
  Drain();
  UpdateState();
  return absl::OkStatus();
}

absl::StatusOr<bool> RestartableIceTransport::AddRemoteCandidate(const Candidate& candidate) {
  return latest().AddRemoteCandidate(candidate);
}

size_t RestartableIceTransport::SendBatch(std::span<const ByteSpan> packets) {
  return sending().SendBatch(packets);
}

std::optional<Event> RestartableIceTransport::PollEvent() {
  Drain();
  return events_.Poll();
}

void RestartableIceTransport::Drain() {
  if (draining_ || closed_) return;
  draining_ = true;
  for (size_t i = 0; i < generations_.size(); ++i) {
    while (auto event = generations_[i].ice->PollEvent()) Handle(i, std::move(*event));
  }
  const Generation& last = generations_.back();
  if (generations_.size() > 1 && IsConnected(last.state)) {
    MoveOver();
  } else if (generations_.size() > 1 && last.renewal && last.state == IceConnectionState::kFailed) {
    ending_.push_back(std::move(generations_.back()));
    generations_.pop_back();
    timer_->Set(loop_.Now());
  }
  UpdateState();
  draining_ = false;
}

void RestartableIceTransport::Handle(size_t index, Event event) {
  const bool is_latest = index + 1 == generations_.size();
  if (const auto* changed = std::get_if<StateChanged>(&event)) {
    generations_[index].state = changed->state;
    UpdateState();
    return;
  }
  if (const auto* changed = std::get_if<GatheringStateChanged>(&event)) {
    if (is_latest) gathering_ = changed->state;
  }
  // An older generation's candidates are of no use to anybody any more.
  if (is_latest || std::holds_alternative<SelectedPairChanged>(event)) {
    events_.Push(std::move(event));
  }
}

void RestartableIceTransport::MoveOver() {
  const IceTransport* old = nullptr;
  for (size_t i = 0; i + 1 < generations_.size(); ++i) {
    if (generations_[i].ice->writable()) old = generations_[i].ice.get();
  }
  const bool renewed = generations_.back().renewal;
  for (size_t i = 0; i + 1 < generations_.size(); ++i) {
    generations_[i].renewal = renewed;
    if (generations_[i].ice.get() != old) generations_[i].ice->SetPacketHandler(nullptr);
    Retire(std::move(generations_[i]));
  }
  generations_.erase(generations_.begin(), generations_.end() - 1);
  patience_->Set(kNever);
  timer_->Set(ending_.empty() ? loop_.Now() + kGrace : loop_.Now());
}

void RestartableIceTransport::Retire(Generation generation) {
  generation.ice->SetEventCallback({});
  generation.retired = loop_.Now();
  retired_.push_back(std::move(generation));
  if (retired_.size() <= kMaxRetired) return;
  ending_.push_back(std::move(retired_.front()));
  retired_.erase(retired_.begin());
}

void RestartableIceTransport::RefuseOldChecks() {
  for (size_t i = 0; i + 1 < generations_.size(); ++i) {
    generations_[i].ice->SetAnswering(Answering::kRefused);
  }
}

void RestartableIceTransport::SetAnswering(Answering answering) {
  for (Generation& generation : generations_) generation.ice->SetAnswering(answering);
}

void RestartableIceTransport::End(Generation generation) {
  AddCounters(generation.ice->GetStats(), past_);
  generation.ice->SetEventCallback({});
  generation.ice->SetPacketHandler(nullptr);
  generation.ice->Close();
}

bool RestartableIceTransport::IsStillNeeded(Generation& generation) const {
  if (closed_) return false;
  const uint64_t heard = generation.ice->GetStats().packets_received;
  const bool in_use = std::exchange(generation.packets_heard, heard) != heard;
  if (generation.renewal) return in_use;
  const Duration since = loop_.Now() - generation.retired;
  if (since >= kGrace && !std::exchange(generation.refused, true)) {
    generation.ice->SetAnswering(Answering::kRefused);
  }
  return since < kGrace + kFarewell || (in_use && since < kLongestFarewell);
}

void RestartableIceTransport::EndRetired() {
  for (Generation& generation : std::exchange(ending_, {})) End(std::move(generation));
  for (Generation& generation : std::exchange(retired_, {})) {
    if (IsStillNeeded(generation)) {
      retired_.push_back(std::move(generation));
    } else {
      End(std::move(generation));
    }
  }
  if (!retired_.empty()) timer_->Set(loop_.Now() + kGrace);
}

IceConnectionState RestartableIceTransport::CombinedState() const {
  using State = IceConnectionState;
  for (size_t i = generations_.size(); i-- > 0;) {
    const Generation& generation = generations_[i];
    if (i > 0 && generation.renewal && generation.state == State::kFailed) continue;
    if (i == 0 || generation.state == State::kFailed || IsConnected(generation.state)) {
      return generation.state;
    }
    if (!generation.checking) continue;  // Only offered so far.
    for (size_t older = i; older-- > 0;) {
      if (IsConnected(generations_[older].state)) return State::kConnected;
    }
    return State::kChecking;
  }
  return State::kNew;
}

void RestartableIceTransport::UpdateState() {
  const IceConnectionState state = CombinedState();
  if (closed_ || state == state_) return;
  state_ = state;
  events_.Push(StateChanged{state});
}

void RestartableIceTransport::AddCounters(const Stats& from, Stats& to) {
  to.selected_pair_changes += from.selected_pair_changes;
  to.packets_sent += from.packets_sent;
  to.bytes_sent += from.bytes_sent;
  to.packets_received += from.packets_received;
  to.bytes_received += from.bytes_received;
  to.send_refused += from.send_refused;
  to.unknown_source += from.unknown_source;
  to.oversized += from.oversized;
  to.no_handler += from.no_handler;
  to.candidates_ignored += from.candidates_ignored;
  to.candidates_over_cap += from.candidates_over_cap;
}

Stats RestartableIceTransport::GetStats() const {
  Stats all = past_;
  for (const auto* list : {&retired_, &ending_}) {
    for (const Generation& generation : *list) AddCounters(generation.ice->GetStats(), all);
  }
  const IceTransport* sender = &sending();
  for (const Generation& generation : generations_) {
    Stats stats = generation.ice->GetStats();
    AddCounters(stats, all);
    const std::string prefix = Prefix(generation.number);
    if (generation.ice.get() == sender && !stats.selected_pair_id.empty()) {
      all.selected_pair_id = prefix + stats.selected_pair_id;
    }
    for (CandidatePairStats& pair : stats.pairs) {
      pair.id = prefix + pair.id;
      pair.local_candidate_id = prefix + pair.local_candidate_id;
      pair.remote_candidate_id = prefix + pair.remote_candidate_id;
      all.pairs.push_back(std::move(pair));
    }
    for (IceCandidateStats& candidate : stats.candidates) {
      candidate.id = prefix + candidate.id;
      all.candidates.push_back(std::move(candidate));
    }
    all.role = stats.role;
    all.backend = stats.backend;
    all.shared_port = stats.shared_port;
  }
  all.state = state_;
  all.gathering_state = gathering_;
  return all;
}

void RestartableIceTransport::Close() {
  if (closed_) return;
  Drain();
  closed_ = true;
  timer_->Set(kNever);
  patience_->Set(kNever);
  EndRetired();
  if (prepared_) End(*std::exchange(prepared_, std::nullopt));
  for (Generation& generation : generations_) {
    generation.ice->SetEventCallback({});
    generation.ice->Close();
  }
  state_ = IceConnectionState::kClosed;
  events_.Push(StateChanged{state_});
}

}  // namespace pcd::ice

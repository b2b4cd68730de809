#include "engine/jsep/negotiation_player.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pcd::jsep {
namespace {

constexpr size_t kMostTransceivers = 14;
constexpr size_t kKeptLog = 80;

std::string Name(size_t end) { return end == 0 ? "first" : "second"; }

// Without what a rollback does not take back.
NegotiationSnapshot Restored(NegotiationSnapshot snapshot) {
  snapshot.transports = 0;
  snapshot.revision = 0;
  snapshot.events = 0;
  return snapshot;
}

}  // namespace

size_t NegotiationPlayer::Pick(size_t below) {
  uint8_t bytes[2] = {};
  random_.Fill({bytes, below > 256 ? 2u : 1u});
  return (bytes[0] + 256u * bytes[1]) % below;
}

Direction NegotiationPlayer::PickDirection() {
  constexpr Direction kAll[] = {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly,
                                Direction::kInactive};
  return kAll[Pick(4)];
}

const Transceiver* NegotiationPlayer::PickTransceiver(size_t end) {
  transceivers_[end] = ends_[end]->Snapshot().transceivers;
  const auto& all = transceivers_[end];
  return all.empty() ? nullptr : &all[Pick(all.size())];
}

void NegotiationPlayer::Check(bool holds, const std::string& what) {
  if (holds || !problem_.empty()) return;
  problem_ = what;
}

std::string NegotiationPlayer::Log() const {
  std::string text;
  const size_t from = log_.size() > kKeptLog ? log_.size() - kKeptLog : 0;
  for (size_t i = from; i < log_.size(); ++i) text += "  " + log_[i] + "\n";
  return text;
}

void NegotiationPlayer::Step() {
  const size_t end = Pick(2);
  switch (Pick(14)) {
    case 0:
    case 1:
      AddTransceiver(end);
      break;
    case 2:
      AddTrack(end);
      break;
    case 3:
      RemoveTrack(end);
      break;
    case 4:
      ReplaceTrack(end);
      break;
    case 5:
    case 6:
      SetDirection(end);
      break;
    case 7:
      Stop(end);
      break;
    case 8:
      Pick(3) == 0 ? WantData(end) : RestartIce(end);
      break;
    case 9:
      IllegalCalls(end);
      break;
    case 10:
      OfferAndRollBack(end);
      break;
    case 11:
      Glare(end);
      break;
    default:
      return Negotiate(end);
  }
  if (problem_.empty()) Compare();
}

// --- Calls ---------------------------------------------------------------------------------

void NegotiationPlayer::AddTransceiver(size_t end) {
  if (model_.size() >= kMostTransceivers) return;
  const MediaKind kind = PickKind();
  const Direction direction = PickDirection();
  const std::string track = Pick(2) == 0 ? NewTrack() : std::string();
  const auto id = ends_[end]->AddTransceiver(kind, direction, track);
  Note(Name(end) + ".AddTransceiver(" + std::string(ToString(kind)) + ", " +
       std::string(ToString(direction)) + ", \"" + track + "\") -> " + id.value_or("?"));
  Check(id.ok(), "AddTransceiver: " + id.status().ToString());
  if (id.ok()) model_.AddTransceiver(end, *id, kind, direction, track);
}

void NegotiationPlayer::AddTrack(size_t end) {
  if (model_.size() >= kMostTransceivers) return;
  const MediaKind kind = PickKind();
  const std::string track = NewTrack();
  const bool reuses = model_.ReusedByAddTrack(end, kind) != nullptr;
  const auto id = ends_[end]->AddTrack(kind, track);
  Note(Name(end) + ".AddTrack(" + std::string(ToString(kind)) + ", " + track + ") -> " +
       id.value_or("?"));
  Check(id.ok(), "AddTrack: " + id.status().ToString());
  if (!id.ok()) return;
  Check((model_.Find(end, *id) != nullptr) == reuses, "addTrack takes another transceiver");
  model_.AddTrack(end, *id, kind, track);
}

void NegotiationPlayer::RemoveTrack(size_t end) {
  const Transceiver* t = PickTransceiver(end);
  if (t == nullptr) return;
  Note(Name(end) + ".RemoveTrack(of " + t->id + ")");
  const absl::Status removed = ends_[end]->RemoveTrack(t->sender_id);
  Check(removed.ok(), "RemoveTrack: " + removed.ToString());
  model_.RemoveTrack(end, t->id);
}

void NegotiationPlayer::ReplaceTrack(size_t end) {
  const Transceiver* t = PickTransceiver(end);
  if (t == nullptr) return;
  const std::string track = Pick(4) == 0 ? std::string() : NewTrack();
  Note(Name(end) + ".ReplaceTrack(of " + t->id + ", \"" + track + "\")");
  const absl::Status replaced = ends_[end]->ReplaceTrack(t->sender_id, t->kind, track);
  if (t->stopping) {
    return ExpectRefused("ReplaceTrack", replaced, ErrorReason::TRANSCEIVER_STOPPED,
                         "InvalidStateError");
  }
  Check(replaced.ok(), "ReplaceTrack: " + replaced.ToString());
  model_.ReplaceTrack(end, t->id, track);
}

void NegotiationPlayer::SetDirection(size_t end) {
  const Transceiver* t = PickTransceiver(end);
  if (t == nullptr) return;
  const Direction direction = PickDirection();
  Note(Name(end) + ".SetDirection(" + t->id + ", " + std::string(ToString(direction)) + ")");
  const absl::Status set = ends_[end]->SetDirection(t->id, direction);
  if (model_.Find(end, t->id)->stopping) {
    return ExpectRefused("SetDirection", set, ErrorReason::TRANSCEIVER_STOPPED,
                         "InvalidStateError");
  }
  Check(set.ok(), "SetDirection: " + set.ToString());
  model_.SetDirection(end, t->id, direction);
}

void NegotiationPlayer::Stop(size_t end) {
  const Transceiver* t = PickTransceiver(end);
  if (t == nullptr) return;
  Note(Name(end) + ".Stop(" + t->id + ")");
  const absl::Status stopped = ends_[end]->Stop(t->id);
  Check(stopped.ok(), "Stop: " + stopped.ToString());
  model_.Stop(end, t->id);
}

void NegotiationPlayer::WantData(size_t end) {
  Note(Name(end) + ".WantData()");
  const absl::Status wanted = ends_[end]->WantData();
  Check(wanted.ok(), "WantData: " + wanted.ToString());
  model_.WantData(end);
}

void NegotiationPlayer::RestartIce(size_t end) {
  Note(Name(end) + ".RestartIce()");
  const absl::Status wanted = ends_[end]->RestartIce();
  Check(wanted.ok(), "RestartIce: " + wanted.ToString());
  model_.RestartIce(end);
}

// A call or two while an offer is under way.
void NegotiationPlayer::MeddleBoth(size_t end) {
  for (size_t each : {end, 1 - end}) {
    if (Pick(3) != 0) continue;
    meddled_ = true;
    Meddle(each);
  }
}

void NegotiationPlayer::Meddle(size_t end) {
  switch (Pick(6)) {
    case 0:
      return SetDirection(end);
    case 1:
      return AddTransceiver(end);
    case 2:
      return Stop(end);
    case 3:
      return AddTrack(end);
    case 4:
      return ReplaceTrack(end);
    default:
      return RemoveTrack(end);
  }
}

// --- Descriptions --------------------------------------------------------------------------

void NegotiationPlayer::SetLocal(size_t end, SdpType type) {
  Note(Name(end) + ".SetLocalDescription(" + std::string(ToString(type)) + ")");
  const absl::Status applied = ends_[end]->SetLocal({.type = type});
  Check(applied.ok(), "SetLocalDescription: " + applied.ToString());
}

void NegotiationPlayer::SetRemote(size_t end, SdpType type, const std::string& sdp) {
  Note(Name(end) + ".SetRemoteDescription(" + std::string(ToString(type)) + ")");
  const absl::Status applied = ends_[end]->SetRemote({.type = type, .sdp = sdp});
  Check(applied.ok(), "SetRemoteDescription: " + applied.ToString() + "\n" + sdp);
}

// `end` offers and the other has the offer.
void NegotiationPlayer::Offer(size_t end) {
  SetLocal(end, SdpType::kOffer);
  const auto offer = ends_[end]->Snapshot().pending_local;
  Check(offer.has_value(), "there is no offer");
  if (!problem_.empty()) return;
  SetRemote(1 - end, SdpType::kOffer, offer->sdp);
  if (!problem_.empty()) return;
  model_.Offer(end);
  NameNewTransceivers(end);
}

// The ids of what the offer made at the other end, by their mids.
void NegotiationPlayer::NameNewTransceivers(size_t end) {
  std::map<std::string, std::string> theirs, mids;
  for (const Transceiver& t : ends_[1 - end]->Snapshot().transceivers) {
    if (t.mid) theirs[*t.mid] = t.id;
  }
  for (const Transceiver& t : ends_[end]->Snapshot().transceivers) {
    if (t.mid) mids[t.id] = *t.mid;
  }
  model_.NameMade(1 - end, [&](const std::string& ours) { return theirs[mids[ours]]; });
}

void NegotiationPlayer::Answer(size_t offerer) {
  if (!problem_.empty()) return;
  const size_t answerer = 1 - offerer;
  if (while_offered_) while_offered_();
  if (Pick(4) == 0) {
    SetLocal(answerer, SdpType::kPranswer);
    if (!problem_.empty()) return;
    SetRemote(offerer, SdpType::kPranswer, ends_[answerer]->Snapshot().pending_local->sdp);
  }
  SetLocal(answerer, SdpType::kAnswer);
  const auto answer = ends_[answerer]->Snapshot().current_local;
  Check(answer.has_value(), "there is no answer");
  if (!problem_.empty()) return;
  SetRemote(offerer, SdpType::kAnswer, answer->sdp);
  const bool restarted = model_.IsRestarting();
  model_.Answer();
  ++negotiations_;
  last_offerer_ = offerer;
  if (problem_.empty()) CompareCredentials(restarted);
}

void NegotiationPlayer::Negotiate(size_t end) {
  Offer(end);
  if (!problem_.empty()) return;
  if (Pick(6) == 0) IllegalWhileOffered(end);
  MeddleBoth(end);
  Answer(end);
  if (problem_.empty()) Compare();
}

void NegotiationPlayer::OfferAndRollBack(size_t end) {
  const NegotiationSnapshot before[2] = {ends_[0]->Snapshot(), ends_[1]->Snapshot()};
  Offer(end);
  if (!problem_.empty()) return;
  meddled_ = false;
  MeddleBoth(end);
  if (while_offered_) while_offered_();
  SetRemote(1 - end, SdpType::kRollback, "");
  SetLocal(end, SdpType::kRollback);
  model_.RollBack();
  // What the offer rejects is stopped for good.
  const bool rejects = std::ranges::any_of(before[end].transceivers, &Transceiver::stopping);
  for (size_t each : {0, 1}) {
    Check(meddled_ || rejects || Restored(ends_[each]->Snapshot()) == Restored(before[each]),
          "a rollback leaves the " + Name(each) + " end different from before the offer");
  }
}

// Both offer; the other's offer reaches `polite`, which gives way (W3C implicit rollback).
void NegotiationPlayer::Glare(size_t polite) {
  SetLocal(polite, SdpType::kOffer);
  Offer(1 - polite);
  Answer(1 - polite);
}

}  // namespace pcd::jsep

#include "engine/jsep/negotiation_model.h"

#include <algorithm>
#include <utility>

namespace pcd::jsep {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Direction Both(Direction ours, Direction theirs) {
  const bool sends = Sends(ours) && Receives(theirs);
  const bool receives = Receives(ours) && Sends(theirs);
  if (sends) return receives ? Direction::kSendRecv : Direction::kSendOnly;
  return receives ? Direction::kRecvOnly : Direction::kInactive;
}

Direction WithSending(Direction direction, bool sends) {
  if (sends) return Receives(direction) ? Direction::kSendRecv : Direction::kSendOnly;
  return Receives(direction) ? Direction::kRecvOnly : Direction::kInactive;
}

}  // namespace

// In the order of creation, which is that of new sections and of association.
void NegotiationModel::Wait(size_t end, ModelTransceiver transceiver) {
  auto& list = waiting_[end];
  const auto later = std::find_if(
      list.begin(), list.end(), [&](const auto& other) { return other.order > transceiver.order; });
  list.insert(later, std::move(transceiver));
}

void NegotiationModel::AddTransceiver(size_t end, const std::string& id, MediaKind kind,
                                      Direction direction, const std::string& track) {
  Wait(end, {.order = created_++, .id = id, .kind = kind, .direction = direction, .track = track});
}

std::vector<const ModelTransceiver*> NegotiationModel::Transceivers(size_t end) const {
  std::vector<const ModelTransceiver*> all;
  for (const ModelLine& line : lines_) {
    if (line.ends[end].exists) all.push_back(&line.ends[end]);
  }
  for (const ModelTransceiver& t : waiting_[end]) all.push_back(&t);
  return all;
}

const ModelTransceiver* NegotiationModel::Find(size_t end, const std::string& id) const {
  for (const ModelTransceiver* t : Transceivers(end)) {
    if (t->id == id) return t;
  }
  return nullptr;
}

ModelTransceiver* NegotiationModel::Mutable(size_t end, const std::string& id) {
  return const_cast<ModelTransceiver*>(Find(end, id));
}

const ModelTransceiver* NegotiationModel::ReusedByAddTrack(size_t end, MediaKind kind) const {
  // The order of creation is the session's business; with one candidate there is no choice.
  for (const ModelTransceiver* t : Transceivers(end)) {
    if (t->kind == kind && t->track.empty() && !t->stopping && !t->has_sent) return t;
  }
  return nullptr;
}

void NegotiationModel::AddTrack(size_t end, const std::string& id, MediaKind kind,
                                const std::string& track) {
  ModelTransceiver* known = Mutable(end, id);
  if (known == nullptr) {
    Wait(end, {.order = created_++,
               .id = id,
               .kind = kind,
               .track = track,
               .in_stream = true,
               .by_add_track = true});
    return;
  }
  known->track = track;
  known->in_stream = true;
  known->direction = WithSending(known->direction, true);
}

void NegotiationModel::RemoveTrack(size_t end, const std::string& id) {
  ModelTransceiver* t = Mutable(end, id);
  if (t->track.empty() || t->stopping) return;
  t->track.clear();
  t->direction = WithSending(t->direction, false);
}

// W3C 5.2 replaceTrack: nothing but the track changes.
void NegotiationModel::ReplaceTrack(size_t end, const std::string& id, const std::string& track) {
  Mutable(end, id)->track = track;
}

void NegotiationModel::SetDirection(size_t end, const std::string& id, Direction direction) {
  Mutable(end, id)->direction = direction;
}

void NegotiationModel::Stop(size_t end, const std::string& id) {
  Mutable(end, id)->stopping = true;
  std::erase_if(waiting_[end], [&](const ModelTransceiver& t) { return t.id == id; });
}

size_t NegotiationModel::Transports() const {
  const size_t live = lines_.size() + (has_data_ ? 1 : 0);
  return bundling_.bundles ? std::min<size_t>(live, 1) : live;
}

// RFC 9429 section 5.2.1: whether a new line of this kind has a transport besides those that are
// new with it. One that has none can be accepted in a bundle only.
bool NegotiationModel::HasTransport(const PendingOffer& offer, MediaKind kind) const {
  const BundlePolicy policy = bundling_.policies[offer.end];
  if (policy == BundlePolicy::kMaxCompat) return true;
  for (size_t i = 0; i < offer.offered.size(); ++i) {
    if (!offer.offered[i] || offer.bundle_only[i]) continue;
    if (policy == BundlePolicy::kMaxBundle) return false;
    if (i >= offer.settled && lines_[i].ends[offer.end].kind == kind) return false;
  }
  return policy != BundlePolicy::kMaxBundle || !has_data_;
}

bool NegotiationModel::IsAcceptable(const PendingOffer& offer, size_t line) const {
  return offer.offered[line] && !lines_[line].ends[1 - offer.end].stopping &&
         !offer.bundle_only[line];
}

// RFC 9429 section 5.3.1, for offers without a group.
bool NegotiationModel::IsRefused(const PendingOffer& offer, size_t line) const {
  if (bundling_.bundles) return false;
  if (!IsAcceptable(offer, line)) return true;
  const BundlePolicy policy = bundling_.policies[1 - offer.end];
  const bool in_use = line < offer.settled;
  if (policy == BundlePolicy::kMaxCompat || in_use) return false;
  const MediaKind kind = lines_[line].ends[0].kind;
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (!IsAcceptable(offer, i) || i >= line) continue;
    if (policy == BundlePolicy::kMaxBundle || lines_[i].ends[0].kind == kind) return true;
  }
  return false;
}

void NegotiationModel::Offer(size_t end) {
  PendingOffer offer{.end = end};
  const size_t other = 1 - end;
  for (ModelLine& line : lines_) {
    const ModelTransceiver& ours = line.ends[end];
    // W3C 4.4.1.5: what a remote description rejects is stopped at once, and stays so.
    if (ours.stopping) {
      line.ends[other].stopping = true;
      line.ends[other].current = Direction::kStopped;
    }
    offer.offered.push_back(ours.stopping ? std::nullopt : std::optional(ours.direction));
    offer.offered_stream.push_back(ours.in_stream);
    offer.bundle_only.push_back(false);
  }
  offer.settled = lines_.size();
  for (ModelTransceiver& ours : std::exchange(waiting_[end], {})) {
    // RFC 9429 section 5.10: an addTrack transceiver that may send, else a new recvonly one.
    ModelTransceiver theirs{.kind = ours.kind, .direction = Direction::kRecvOnly};
    const auto fits =
        std::find_if(waiting_[other].begin(), waiting_[other].end(), [&](const auto& t) {
          return t.by_add_track && t.kind == ours.kind && Receives(ours.direction);
        });
    const bool has_transport = HasTransport(offer, ours.kind);
    if (!has_transport && !bundling_.bundles) {
      theirs.exists = false;
    } else if (fits != waiting_[other].end()) {
      theirs = *fits;
      offer.taken.push_back(theirs.id);
      waiting_[other].erase(fits);
    } else {
      theirs.order = created_++;
    }
    offer.associated.push_back(ours.id);
    offer.bundle_only.push_back(!has_transport);
    offer.offered.emplace_back(ours.direction);
    offer.offered_stream.push_back(ours.in_stream);
    ModelLine line;
    line.ends[end] = std::move(ours);
    line.ends[other] = std::move(theirs);
    lines_.push_back(std::move(line));
  }
  offer.data = has_data_ || data_wanted_[end];
  offer.restart = restart_wanted_[end];
  pending_ = std::move(offer);
}

void NegotiationModel::NameMade(size_t end,
                                const std::function<std::string(const std::string&)>& name) {
  for (ModelLine& line : lines_) {
    if (line.ends[end].exists && line.ends[end].id.empty())
      line.ends[end].id = name(line.ends[1 - end].id);
  }
}

void NegotiationModel::RollBack() {
  const PendingOffer offer = *std::exchange(pending_, std::nullopt);
  const size_t other = 1 - offer.end;
  std::vector<ModelLine> kept;
  for (ModelLine& line : lines_) {
    ModelTransceiver& ours = line.ends[offer.end];
    ModelTransceiver& theirs = line.ends[other];
    if (!Contains(offer.associated, ours.id)) {
      kept.push_back(std::move(line));
      continue;
    }
    // addTrack may have taken what the offer made: then it stays. replaceTrack does not keep it.
    const bool remains = Contains(offer.taken, theirs.id) || theirs.in_stream;
    if (!Contains(offer.taken, theirs.id)) theirs.by_add_track = true;
    if (remains && !theirs.stopping) Wait(other, std::move(theirs));
    if (!ours.stopping) Wait(offer.end, std::move(ours));
  }
  lines_ = std::move(kept);
}

void NegotiationModel::Answer() {
  const PendingOffer offer = *std::exchange(pending_, std::nullopt);
  const size_t x = offer.end, y = 1 - offer.end;
  const bool from_nothing = offer.settled == 0 && !has_data_;
  std::vector<ModelLine> live;
  said_.clear();
  for (size_t i = 0; i < lines_.size(); ++i) {
    ModelTransceiver& ours = lines_[i].ends[x];
    ModelTransceiver& theirs = lines_[i].ends[y];
    // Rejected by either: both end.
    if (!offer.offered[i] || theirs.stopping || IsRefused(offer, i)) continue;
    const Direction answer = Both(theirs.direction, *offer.offered[i]);
    ours.current = Both(*offer.offered[i], answer);
    theirs.current = answer;
    ours.has_sent = ours.has_sent || Sends(*ours.current);
    theirs.has_sent = theirs.has_sent || Sends(*theirs.current);
    said_.push_back({.offer = *offer.offered[i], .answer = answer});
    said_.back().in_stream[x] = offer.offered_stream[i];
    said_.back().in_stream[y] = theirs.in_stream;
    live.push_back(std::move(lines_[i]));
  }
  lines_ = std::move(live);
  has_data_ = offer.data;
  if (has_data_) data_wanted_ = {true, true};
  const bool nothing_left = lines_.empty() && !has_data_;
  // Either way no description has the credentials of before.
  if (offer.restart || from_nothing || nothing_left) restart_wanted_ = {false, false};
  const auto is_offered = [](const auto& direction) { return direction.has_value(); };
  names_credentials_[x] =
      offer.data || std::any_of(offer.offered.begin(), offer.offered.end(), is_offered);
  names_credentials_[y] = !nothing_left;
  last_offerer_ = x;
}

// W3C 4.7.3 "check if negotiation is needed", the steps about streams and directions.
bool NegotiationModel::LineNeeds(size_t end, const ModelLine& line) const {
  const Said& said = said_[static_cast<size_t>(&line - lines_.data())];
  const Direction wanted = line.ends[end].direction;
  const Direction written = end == last_offerer_ ? said.offer : said.answer;
  // W3C has no condition on `written`: the one exception to its table, of docs/adr/0017.
  if (Sends(wanted) && Sends(written) && said.in_stream[end] != line.ends[end].in_stream) {
    return true;
  }
  if (end == last_offerer_) {
    return wanted != said.offer && wanted != Reverse(said.answer);
  }
  return said.answer != Both(wanted, said.offer);
}

bool NegotiationModel::NegotiationNeeded(size_t end) const {
  if (restart_wanted_[end] || (data_wanted_[end] && !has_data_)) return true;
  if (!waiting_[end].empty()) return true;
  return std::any_of(lines_.begin(), lines_.end(), [&](const ModelLine& line) {
    return line.ends[end].stopping || LineNeeds(end, line);
  });
}

}  // namespace pcd::jsep

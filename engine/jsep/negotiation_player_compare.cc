// What both ends must look like when they are stable.
#include <map>
#include <set>

#include "engine/jsep/negotiation_player.h"
#include "engine/sdp/parser.h"

namespace pcd::jsep {
namespace {

std::string Name(const std::optional<Direction>& direction) {
  return direction ? std::string(ToString(*direction)) : "null";
}

// Of the section that leads the bundle group; empty: nothing is live.
std::string LeadOf(const sdp::Description& description) {
  for (const sdp::Group& group : description.groups) {
    if (group.semantics == "BUNDLE" && !group.mids.empty()) return group.mids.front();
  }
  return {};
}

std::string UfragAt(const sdp::Description& description, const std::string& mid) {
  for (const sdp::MediaSection& section : description.media) {
    if (section.mid == mid && !section.IsRejected()) return section.ice_ufrag;
  }
  return {};
}

}  // namespace

sdp::Description NegotiationPlayer::Parsed(const std::string& text) {
  auto description = sdp::Parse(text, {});
  Check(description.ok(), "a description does not parse: " + description.status().ToString());
  return description.ok() ? *std::move(description) : sdp::Description{};
}

void NegotiationPlayer::Compare() {
  for (size_t end : {0, 1}) {
    const NegotiationSnapshot now = ends_[end]->Snapshot();
    const std::string name = end == 0 ? "first" : "second";
    Check(now.signaling_state == SignalingState::kStable, name + " is not stable");
    Check(!now.pending_local && !now.pending_remote, name + " has a pending description");
    Check(now.negotiation_needed == model_.NegotiationNeeded(end),
          name + ": negotiation needed is not " + (now.negotiation_needed ? "false" : "true"));
    Check(now.transceivers.size() == model_.Transceivers(end).size(),
          name + " has " + std::to_string(now.transceivers.size()) + " transceivers, the model " +
              std::to_string(model_.Transceivers(end).size()));
    for (const Transceiver& t : now.transceivers) CompareOne(end, t);
  }
  CompareMids();
  CompareDescriptions();
}

void NegotiationPlayer::CompareOne(size_t end, const Transceiver& t) {
  const ModelTransceiver* expected = model_.Find(end, t.id);
  Check(expected != nullptr, "the model does not know " + t.id);
  if (expected == nullptr) return;
  Check(t.kind == expected->kind, t.id + ": another kind");
  Check(t.stopping == expected->stopping, t.id + ": stopping differs");
  Check(t.current_direction == expected->current, t.id + ": currentDirection is " +
                                                      Name(t.current_direction) + ", not " +
                                                      Name(expected->current));
  Check(t.local_track_id == expected->track,
        t.id + " sends \"" + t.local_track_id + "\", not \"" + expected->track + "\"");
  Check(t.stopping || t.direction == expected->direction,
        t.id + ": direction is " + Name(t.direction) + ", not " + Name(expected->direction));
}

// Both ends call a line the same, and what has none has no mid.
void NegotiationPlayer::CompareMids() {
  std::map<std::string, std::string> mids[2];
  size_t with_mid = 0;
  for (size_t end : {0, 1}) {
    for (const Transceiver& t : ends_[end]->Snapshot().transceivers) {
      if (t.mid) mids[end][t.id] = *t.mid;
    }
    with_mid += mids[end].size();
  }
  Check(with_mid == 2 * model_.lines().size(), "a transceiver without a section has a mid");
  for (const ModelLine& line : model_.lines()) {
    const std::string& first = mids[0][line.ends[0].id];
    const std::string& second = mids[1][line.ends[1].id];
    Check(!first.empty() && first == second,
          "the mids of a section differ: \"" + first + "\", \"" + second + "\"");
  }
}

// Both ends have the same sections in the same places, and every text parses.
void NegotiationPlayer::CompareDescriptions() {
  const NegotiationSnapshot first = ends_[0]->Snapshot(), second = ends_[1]->Snapshot();
  if (!first.current_local || !problem_.empty()) return;
  const sdp::Description ours = Parsed(first.current_local->sdp);
  const sdp::Description theirs = Parsed(first.current_remote->sdp);
  Check(ours.media.size() == theirs.media.size() &&
            ours.media.size() == Parsed(second.current_remote->sdp).media.size() &&
            ours.media.size() == Parsed(second.current_local->sdp).media.size(),
        "the descriptions have different numbers of sections");
  if (!problem_.empty()) return;
  std::set<std::string> mids;
  size_t live = 0;
  for (size_t i = 0; i < ours.media.size(); ++i) {
    Check(ours.media[i].mid == theirs.media[i].mid, "a section has two mids");
    Check(mids.insert(ours.media[i].mid).second, "two sections have the same mid");
    if (!ours.media[i].IsRejected() && !theirs.media[i].IsRejected()) ++live;
  }
  Check(live == model_.lines().size() + (model_.has_data() ? 1 : 0),
        std::to_string(live) + " sections are live");
  // Places are used again: sections do not pile up.
  Check(ours.media.size() <= 28, "sections pile up");
}

// A restart leads to new credentials at both ends; without one they stay, as long as the section
// that leads the transport does.
void NegotiationPlayer::CompareCredentials(bool restarted) {
  const NegotiationSnapshot first = ends_[0]->Snapshot();
  const sdp::Description local = Parsed(first.current_local->sdp);
  const sdp::Description remote = Parsed(first.current_remote->sdp);
  const Ufrags before = ufrags_;
  const std::string before_lead = lead_;
  lead_ = LeadOf(last_offerer_ == 0 ? remote : local);
  ufrags_ = {UfragAt(local, lead_), UfragAt(remote, lead_)};
  const bool same_lead = !before_lead.empty() && !UfragAt(local, before_lead).empty() &&
                         !UfragAt(remote, before_lead).empty();
  for (size_t end : {0, 1}) {
    if (before[end] != ufrags_[end]) model_.CredentialsReplaced(end);
  }
  if (!same_lead) return;
  for (size_t end : {0, 1}) {
    Check((before[end] != ufrags_[end]) == restarted,
          restarted
              ? "a restart leaves credentials as they were"
              : "credentials change without a restart: " + before[end] + " to " + ufrags_[end]);
  }
}

}  // namespace pcd::jsep

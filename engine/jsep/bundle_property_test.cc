// Random legal and illegal sequences on two sessions, compared with negotiation_model.h after
// every step that leaves both stable.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/status.h"
#include "engine/jsep/bundle_testing.h"
#include "engine/jsep/negotiation_model.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

constexpr size_t kMostTransceivers = 14;
constexpr int kSteps = 250;

// Threading: the test's.
class Player {
 public:
  Player(uint64_t seed, const ModelBundling& bundling)
      : random_(seed), bundling_(bundling), model_(bundling) {
    for (const size_t end : {0, 1}) {
      peers_.push_back(
          std::make_unique<Peer>(static_cast<char>('a' + end), Options{}, bundling.policies[end]));
    }
  }

  void Step() {
    const size_t end = Pick(2);
    switch (Pick(12)) {
      case 0:
      case 1:
        return AddTransceiver(end);
      case 2:
        return AddTrack(end);
      case 3:
        return RemoveTrack(end);
      case 4:
      case 5:
        return SetDirection(end);
      case 6:
        return Stop(end);
      case 7:
        return Wish(end);
      case 8:
        return IllegalCalls(end);
      case 9:
        return OfferAndRollBack(end);
      case 10:
        return Glare(end);
      default:
        return Negotiate(end);
    }
  }

  // A step makes none where there is nothing to call for.
  int calls() const { return calls_; }

  void Compare() {
    for (size_t end : {0, 1}) {
      const Session& session = *peers_[end]->session;
      ASSERT_EQ(session.signaling_state(), SignalingState::kStable);
      EXPECT_EQ(session.negotiation_needed(), model_.NegotiationNeeded(end)) << "end " << end;
      ASSERT_EQ(session.transceivers().size(), model_.Transceivers(end).size()) << "end " << end;
      for (const Transceiver& t : session.transceivers()) CompareOne(end, t);
      // Nothing is left over, but for what a first offer began with.
      const size_t transports = peers_[end]->transports.size();
      EXPECT_TRUE(transports == model_.Transports() ||
                  (transports == 1 && model_.Transports() == 0))
          << transports << " transports at end " << end;
    }
    CompareDescriptions();
  }

 private:
  size_t Pick(size_t below) { return static_cast<size_t>(random_.Uint64() % below); }
  MediaKind PickKind() { return Pick(2) == 0 ? MediaKind::kAudio : MediaKind::kVideo; }
  Direction PickDirection() {
    constexpr Direction kAll[] = {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly,
                                  Direction::kInactive};
    return kAll[Pick(4)];
  }
  Session& At(size_t end) { return *peers_[end]->session; }
  // Null: there is none.
  const Transceiver* PickTransceiver(size_t end) {
    const auto& all = At(end).transceivers();
    return all.empty() ? nullptr : &all[Pick(all.size())];
  }

  void AddTransceiver(size_t end) {
    if (model_.size() >= kMostTransceivers) return;
    const MediaKind kind = PickKind();
    const Direction direction = PickDirection();
    ++calls_;
    const auto id = At(end).AddTransceiver(kind, {.direction = direction});
    ASSERT_TRUE(id.ok()) << id.status();
    model_.AddTransceiver(end, *id, kind, direction, "");
  }

  void AddTrack(size_t end) {
    if (model_.size() >= kMostTransceivers) return;
    const MediaKind kind = PickKind();
    const std::string track = "track" + std::to_string(tracks_++);
    const bool reuses = model_.ReusedByAddTrack(end, kind) != nullptr;
    ++calls_;
    const auto id = At(end).AddTrack(kind, track, {"stream"});
    ASSERT_TRUE(id.ok()) << id.status();
    EXPECT_EQ(model_.Find(end, *id) != nullptr, reuses);
    model_.AddTrack(end, *id, kind, track);
  }

  void RemoveTrack(size_t end) {
    const Transceiver* t = PickTransceiver(end);
    if (t == nullptr) return;
    const std::string id = t->id;
    ++calls_;
    ASSERT_TRUE(At(end).RemoveTrack(t->sender_id).ok());
    model_.RemoveTrack(end, id);
  }

  void SetDirection(size_t end) {
    const Transceiver* t = PickTransceiver(end);
    if (t == nullptr) return;
    const std::string id = t->id;
    const Direction direction = PickDirection();
    ++calls_;
    const absl::Status status = At(end).SetDirection(id, direction);
    if (model_.Find(end, id)->stopping) {
      ExpectError(status, ErrorReason::TRANSCEIVER_STOPPED, "InvalidStateError");
    } else {
      ASSERT_TRUE(status.ok()) << status;
      model_.SetDirection(end, id, direction);
    }
  }

  void Stop(size_t end) {
    const Transceiver* t = PickTransceiver(end);
    if (t == nullptr) return;
    const std::string id = t->id;
    ++calls_;
    ASSERT_TRUE(At(end).StopTransceiver(id).ok());
    model_.Stop(end, id);
  }

  void Wish(size_t end) {
    if (Pick(3) == 0) {
      // What is refused is asked for again when its place gets another use, which the model does
      // not follow.
      if (MayRefuseData()) return;
      ++calls_;
      ASSERT_TRUE(At(end).AddDataSection().ok());
      model_.WantData(end);
    } else {
      ++calls_;
      ASSERT_TRUE(At(end).RestartIce().ok());
      model_.RestartIce(end);
    }
  }

  // A call or two while an offer is under way.
  void Meddle(size_t end) {
    switch (Pick(5)) {
      case 0:
        return SetDirection(end);
      case 1:
        return AddTransceiver(end);
      case 2:
        return Stop(end);
      case 3:
        return AddTrack(end);
      default:
        return;
    }
  }

  // `end` offers and the other has the offer.
  void Offer(size_t end) {
    Peer& offerer = *peers_[end];
    ++calls_;
    offerer.SetLocal(SdpType::kOffer);
    peers_[1 - end]->SetRemote(SdpType::kOffer, OnItsWay(offerer.LocalSdp()));
    model_.Offer(end);
    // The ids of what the offer made, by their mids.
    std::map<std::string, std::string> by_mid;
    for (const Transceiver& t : At(1 - end).transceivers()) {
      if (t.mid) by_mid[*t.mid] = t.id;
    }
    for (const ModelLine& line : model_.lines()) {
      if (!line.ends[1 - end].id.empty() || !line.ends[1 - end].exists) continue;
      const Transceiver* ours = At(end).FindTransceiver(line.ends[end].id);
      ASSERT_TRUE(ours != nullptr && ours->mid.has_value());
      const_cast<ModelTransceiver&>(line.ends[1 - end]).id = by_mid[*ours->mid];
    }
  }

  void Answer(size_t offerer) {
    Peer& answerer = *peers_[1 - offerer];
    ApplyResult answered;
    if (Pick(4) == 0) {
      answerer.SetLocal(SdpType::kPranswer);
      peers_[offerer]->SetRemote(SdpType::kPranswer, answerer.LocalSdp());
    }
    answered = answerer.SetLocal(SdpType::kAnswer);
    const ApplyResult applied = peers_[offerer]->SetRemote(SdpType::kAnswer, answerer.LocalSdp());
    model_.Answer();
    ExpectTransports(applied);
    ExpectTransports(answered);
    ExpectMediaFlows(applied, answered);
    ExpectMediaFlows(answered, applied);
  }

  bool MayRefuseData() const {
    const auto& policies = bundling_.policies;
    return !bundling_.bundles &&
           (policies[0] == BundlePolicy::kMaxBundle || policies[1] == BundlePolicy::kMaxBundle);
  }

  std::string OnItsWay(const std::string& sdp) const {
    return bundling_.bundles ? sdp : Unbundled(sdp);
  }

  // Who shares a transport, by what each end is told of it.
  void ExpectTransports(const ApplyResult& result) const {
    std::set<size_t> indices;
    for (const ReceiveParameters& receiver : *result.receivers) {
      indices.insert(receiver.transport_index);
    }
    if (result.data) indices.insert(result.data->transport_index);
    EXPECT_EQ(indices.size(), model_.Transports());
  }

  // What one end may send the other receives, with the payload types that it knows.
  static void ExpectMediaFlows(const ApplyResult& from, const ApplyResult& to) {
    std::map<std::string, const ReceiveParameters*> receivers;
    for (const ReceiveParameters& receiver : *to.receivers) receivers[receiver.mid] = &receiver;
    for (const SendParameters& sender : *from.senders) {
      ASSERT_NE(receivers[sender.mid], nullptr);
      const ReceiveParameters& receiver = *receivers[sender.mid];
      EXPECT_EQ(sender.sending, receiver.receiving) << sender.mid;
      std::set<uint8_t> known;
      for (const Codec& codec : receiver.codecs) known.insert(codec.payload_type);
      ASSERT_FALSE(sender.codecs.empty());
      for (const Codec& codec : sender.codecs) EXPECT_TRUE(known.contains(codec.payload_type));
    }
  }

  void Negotiate(size_t end) {
    Offer(end);
    if (Pick(3) == 0) Meddle(end);
    if (Pick(3) == 0) Meddle(1 - end);
    Answer(end);
  }

  void OfferAndRollBack(size_t end) {
    Offer(end);
    if (Pick(3) == 0) Meddle(end);
    if (Pick(3) == 0) Meddle(1 - end);
    peers_[1 - end]->SetRemote(SdpType::kRollback, "");
    peers_[end]->SetLocal(SdpType::kRollback);
    model_.RollBack();
  }

  // Both offer; the other's offer reaches `polite`, which gives way (W3C implicit rollback).
  void Glare(size_t polite) {
    peers_[polite]->SetLocal(SdpType::kOffer);
    Offer(1 - polite);
    Answer(1 - polite);
  }

  void IllegalCalls(size_t end) {
    ++calls_;
    const auto before = Everything(end);
    Session& session = At(end);
    const auto& info = peers_[end]->transport_info;
    const auto wrong_state = [&](const absl::Status& status) {
      ExpectError(status, ErrorReason::INVALID_STATE, "InvalidStateError");
    };
    for (SdpType type : {SdpType::kAnswer, SdpType::kPranswer, SdpType::kRollback}) {
      wrong_state(session.SetRemoteDescription({.type = type, .sdp = "x"}).status());
      wrong_state(session.SetLocalDescription(SessionDescription{.type = type}, info).status());
    }
    wrong_state(session.CreateAnswer({}, info).status());
    ExpectError(session.SetRemoteDescription({.type = SdpType::kOffer, .sdp = "v=1"}).status(),
                ErrorReason::INVALID_SDP, "RTCError", 1);
    EXPECT_FALSE(session.StopTransceiver("none").ok());
    EXPECT_FALSE(session.RemoveTrack("none").ok());
    EXPECT_FALSE(session.SetCodecPreferences("none", {}).ok());
    EXPECT_EQ(Everything(end), before);
  }

  std::tuple<SignalingState, std::vector<Transceiver>, std::optional<SessionDescription>,
             std::optional<SessionDescription>, bool>
  Everything(size_t end) {
    return {At(end).signaling_state(), At(end).transceivers(), At(end).local_description(),
            At(end).remote_description(), At(end).negotiation_needed()};
  }

  void CompareOne(size_t end, const Transceiver& t) {
    const ModelTransceiver* expected = model_.Find(end, t.id);
    ASSERT_NE(expected, nullptr) << t.id;
    EXPECT_EQ(t.kind, expected->kind);
    EXPECT_EQ(t.stopping, expected->stopping);
    EXPECT_EQ(t.current_direction, expected->current);
    EXPECT_EQ(t.local_track_id, expected->track);
    if (!t.stopping) {
      EXPECT_EQ(t.direction, expected->direction) << t.id;
    }
  }

  // Both ends have the same sections in the same places, and every text parses.
  void CompareDescriptions() {
    const auto local = At(0).current_local_description();
    const auto remote = At(0).current_remote_description();
    if (!local) return;
    const sdp::Description ours = MustParse(local->sdp), theirs = MustParse(remote->sdp);
    EXPECT_EQ(OnItsWay(local->sdp), OnItsWay(At(1).current_remote_description()->sdp));
    EXPECT_EQ(OnItsWay(remote->sdp), OnItsWay(At(1).current_local_description()->sdp));
    ASSERT_EQ(ours.media.size(), theirs.media.size());
    std::set<std::string> mids;
    size_t live = 0;
    for (size_t i = 0; i < ours.media.size(); ++i) {
      EXPECT_EQ(ours.media[i].mid, theirs.media[i].mid);
      EXPECT_TRUE(mids.insert(ours.media[i].mid).second);
      if (!ours.media[i].IsRejected() && !theirs.media[i].IsRejected()) ++live;
    }
    EXPECT_EQ(live, model_.lines().size() + (model_.has_data() ? 1 : 0));
    // Places are used again: sections do not pile up.
    EXPECT_LE(ours.media.size(), 2 * kMostTransceivers);
  }

  SeededRandom random_;
  int calls_ = 0;
  const ModelBundling bundling_;
  std::vector<std::unique_ptr<Peer>> peers_{};
  NegotiationModel model_;
  int tracks_ = 0;
};

class BundlePropertyTest : public ::testing::TestWithParam<uint64_t> {};

// Each pair of policies has its turn, with and without BUNDLE in between.
ModelBundling BundlingOf(uint64_t seed) {
  constexpr BundlePolicy kAll[] = {BundlePolicy::kMaxBundle, BundlePolicy::kBalanced,
                                   BundlePolicy::kMaxCompat};
  return {.policies = {kAll[seed % 3], kAll[seed / 3 % 3]}, .bundles = seed / 9 % 2 == 0};
}

TEST_P(BundlePropertyTest, AnySequenceLeavesBothEndsAsTheModelSays) {
  Player player(GetParam(), BundlingOf(GetParam()));
  int turns = 0;
  for (int step = 0; step < kSteps; ++turns) {
    ASSERT_LT(turns, 2 * kSteps) << "too many steps without a call";
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", step " + std::to_string(step));
    const int calls = player.calls();
    player.Step();
    if (player.calls() > calls) ++step;
    player.Compare();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, BundlePropertyTest,
                         ::testing::Range(static_cast<uint64_t>(0), static_cast<uint64_t>(10)));

}  // namespace
}  // namespace pcd::jsep

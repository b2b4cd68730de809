// Two sessions through random sequences of legal calls: after every negotiation both ends
// agree on everything that both must know.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

const Transceiver* AtSection(const Peer& peer, size_t index) {
  for (const Transceiver& t : peer.session->transceivers()) {
    if (t.mline_index == index) return &t;
  }
  return nullptr;
}

const ReceiveParameters* FindReceiver(const ApplyResult& result, const std::string& mid) {
  for (const ReceiveParameters& receiver : *result.receivers) {
    if (receiver.mid == mid) return &receiver;
  }
  return nullptr;
}

void ExpectSameMedia(const Peer& a, const Peer& b, const Negotiated& results) {
  const auto local = MustParse(a.session->current_local_description()->sdp);
  const auto remote = MustParse(b.session->current_local_description()->sdp);
  ASSERT_EQ(local.media.size(), remote.media.size());
  for (size_t i = 0; i < local.media.size(); ++i) {
    const Transceiver* ours = AtSection(a, i);
    const Transceiver* theirs = AtSection(b, i);
    ASSERT_EQ(ours == nullptr, theirs == nullptr) << i;
    EXPECT_EQ(local.media[i].mid, remote.media[i].mid);
    if (ours == nullptr) continue;
    ASSERT_TRUE(ours->current_direction && theirs->current_direction);
    EXPECT_EQ(*ours->current_direction, Reverse(*theirs->current_direction));
    EXPECT_EQ(ours->mid, theirs->mid);
    const ReceiveParameters* ra = FindReceiver(results.offerer, *ours->mid);
    const ReceiveParameters* rb = FindReceiver(results.answerer, *ours->mid);
    ASSERT_TRUE(ra != nullptr && rb != nullptr);
    EXPECT_EQ(ra->receiving, Receives(*ours->current_direction));
    EXPECT_EQ(rb->receiving, Receives(*theirs->current_direction));
    EXPECT_EQ(ra->codecs, rb->codecs);
    EXPECT_EQ(ra->extensions, rb->extensions);
    // The receiver of a sending peer's track was told of it.
    EXPECT_EQ(ours->fired_direction, ours->current_direction);
    EXPECT_EQ(theirs->fired_direction, theirs->current_direction);
  }
}

void ExpectSameTransport(const Negotiated& results) {
  ASSERT_EQ(results.offerer.transports.size(), results.answerer.transports.size());
  if (results.offerer.transports.empty()) return;
  // Whatever the policies, both ends bundle.
  ASSERT_EQ(results.offerer.transports.size(), 1u);
  const TransportAction& ta = results.offerer.transports[0];
  const TransportAction& tb = results.answerer.transports[0];
  EXPECT_EQ(ta.mids, tb.mids);
  EXPECT_EQ(ta.local_ice, tb.remote->ice);
  EXPECT_EQ(tb.local_ice, ta.remote->ice);
  EXPECT_NE(ta.ice_role, tb.ice_role);
  EXPECT_NE(ta.remote->dtls_role, tb.remote->dtls_role);
  EXPECT_NE(ta.remote->dtls_role, DtlsRole::kAuto);
}

// Drives two peers. Threading: one test.
class Player {
 public:
  explicit Player(uint64_t seed)
      : dice_(seed), a_('a', {}, PolicyOf(seed)), b_('b', {}, PolicyOf(seed / 3)) {}

  void Step() {
    Peer& peer = Roll(2) == 0 ? a_ : b_;
    switch (Roll(8)) {
      case 0:
      case 1:
        Add(peer);
        break;
      case 2:
        ChangeDirection(peer);
        break;
      case 3:
        if (Roll(2) == 0) Stop(peer);
        break;
      case 4:
        if (Roll(6) == 0) AddData(peer);
        break;
      case 5:
        RollBack(peer);
        break;
      case 6:
        Glare();
        break;
      default:
        Negotiation(peer);
    }
  }

  int negotiations() const { return negotiations_; }

 private:
  static BundlePolicy PolicyOf(uint64_t number) {
    constexpr BundlePolicy kAll[] = {BundlePolicy::kMaxBundle, BundlePolicy::kBalanced,
                                     BundlePolicy::kMaxCompat};
    return kAll[number % 3];
  }
  size_t Roll(size_t sides) { return dice_() % sides; }
  Peer& Other(Peer& peer) { return &peer == &a_ ? b_ : a_; }

  void Add(Peer& peer) {
    if (peer.session->transceivers().size() > 20) return;
    const MediaKind kind = Roll(2) == 0 ? MediaKind::kAudio : MediaKind::kVideo;
    const TransceiverInit init{.direction = static_cast<Direction>(Roll(4))};
    ASSERT_TRUE(peer.session->AddTransceiver(kind, init).ok());
  }
  void AddData(Peer& peer) { ASSERT_TRUE(peer.session->AddDataSection().ok()); }
  void ChangeDirection(Peer& peer) {
    const auto& all = peer.session->transceivers();
    if (all.empty()) return;
    const Transceiver& transceiver = all[Roll(all.size())];
    if (transceiver.stopping) return;
    ASSERT_TRUE(peer.session->SetDirection(transceiver.id, static_cast<Direction>(Roll(4))).ok());
  }
  void Stop(Peer& peer) {
    const auto& all = peer.session->transceivers();
    if (all.empty()) return;
    ASSERT_TRUE(peer.session->StopTransceiver(all[Roll(all.size())].id).ok());
  }
  // An offer that goes nowhere leaves no trace of itself, but that what it rejects is stopped for
  // good (W3C 4.4.1.5).
  void RollBack(Peer& peer) {
    Peer& other = Other(peer);
    const bool rejects = std::ranges::any_of(peer.session->transceivers(), &Transceiver::stopping);
    const auto transceivers = other.session->transceivers();
    peer.SetLocal(SdpType::kOffer);
    other.SetRemote(SdpType::kOffer, peer.LocalSdp());
    other.SetRemote(SdpType::kRollback, "");
    peer.SetLocal(SdpType::kRollback);
    EXPECT_TRUE(rejects || other.session->transceivers() == transceivers);
    EXPECT_EQ(peer.session->signaling_state(), SignalingState::kStable);
  }
  // Both offer at once: a gives way.
  void Glare() {
    a_.SetLocal(SdpType::kOffer);
    b_.SetLocal(SdpType::kOffer);
    Negotiated results;
    results.answerer = a_.Answer(b_.LocalSdp());
    results.offerer = b_.SetRemote(SdpType::kAnswer, a_.LocalSdp());
    Check(b_, results);
  }
  void Negotiation(Peer& peer) { Check(peer, Negotiate(peer, Other(peer))); }

  void Check(Peer& offerer, const Negotiated& results) {
    ++negotiations_;
    EXPECT_EQ(offerer.session->signaling_state(), SignalingState::kStable);
    EXPECT_EQ(Other(offerer).session->signaling_state(), SignalingState::kStable);
    ExpectSameMedia(offerer, Other(offerer), results);
    ExpectSameTransport(results);
    EXPECT_EQ(results.offerer.data.has_value(), results.answerer.data.has_value());
    EXPECT_FALSE(offerer.session->negotiation_needed());
  }

  std::mt19937_64 dice_;
  Peer a_;
  Peer b_;
  int negotiations_ = 0;
};

TEST(SessionPairTest, BothEndsAgreeAfterEveryNegotiation) {
  int negotiations = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Player player(seed);
    for (int step = 0; step < 60; ++step) {
      player.Step();
      if (testing::Test::HasFailure()) return;
    }
    negotiations += player.negotiations();
  }
  EXPECT_GT(negotiations, 400);
}

}  // namespace
}  // namespace pcd::jsep

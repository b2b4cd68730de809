// Sections outside of a bundle have transports of their own: states, media, data and ends of them,
// under simulated time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/peerconnection/peer_connection.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using ::testing::ElementsAre;
using testing::EventRecorder;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::PeerPair;
using ::testing::SizeIs;
using namespace std::chrono_literals;

// A microphone, a camera and a data channel of the left end.
class SeveralTransportsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [id, kind] :
         {std::pair("sound", MediaKind::kAudio), {"picture", MediaKind::kVideo}}) {
      ASSERT_THAT(
          left().CreateLocalTrack({.id = id, .kind = kind, .source = media::TestSourceConfig{}}),
          IsOk());
      ASSERT_THAT(left().AddTrack(id, {}, id), IsOk());
    }
    ASSERT_THAT(left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  }
  PeerConnection& left() { return pair_.left(); }
  PeerConnection& right() { return pair_.right(); }

  // The group is lost on the way, as with an end that knows nothing of it.
  static std::string WithoutGroup(std::string sdp) {
    for (size_t at; (at = sdp.find("a=group:BUNDLE")) != std::string::npos;) {
      sdp.erase(at, sdp.find('\n', at) + 1 - at);
    }
    return sdp;
  }
  void NegotiateWithoutBundle() {
    auto offer = left().SetLocalDescription(std::nullopt);
    ASSERT_THAT(offer, IsOk());
    offer->sdp = WithoutGroup(offer->sdp);
    ASSERT_THAT(right().SetRemoteDescription(*offer), IsOk());
    const auto answer = right().SetLocalDescription(std::nullopt);
    ASSERT_THAT(answer, IsOk());
    ASSERT_THAT(left().SetRemoteDescription(*answer), IsOk());
  }
  void ConnectWithoutBundle() {
    NegotiateWithoutBundle();
    ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected() && IsOpen(); }));
  }
  bool IsOpen() { return left().GetDataChannel("d")->info.state == DataChannelState::kOpen; }
  // Transport ids by mid.
  static std::map<std::string, std::string> Carried(PeerConnection& pc) {
    std::map<std::string, std::string> by_mid;
    for (const IceTransportInfo& ice : pc.Info().ice_transports) {
      for (const std::string& mid : ice.mids) by_mid[mid] = ice.transport_id;
    }
    return by_mid;
  }
  template <typename T>
  static std::vector<T> Stats(PeerConnection& pc) {
    std::vector<T> found;
    for (const StatsEntry& entry : pc.GetStats().entries) {
      if (const T* stats = std::get_if<T>(&entry)) found.push_back(*stats);
    }
    return found;
  }
  // The last state that was told of each transport.
  static std::map<std::string, IceConnectionState> LastIceStates(const EventRecorder& events) {
    std::map<std::string, IceConnectionState> last;
    for (const auto& event : events.All<IceTransportChangeEvent>()) {
      last[event.transport->transport_id] = event.transport->state;
    }
    return last;
  }

  PeerPair pair_{{.delay = 5ms}, 1, {}, BundlePolicy::kBalanced};
};

TEST_F(SeveralTransportsTest, EachSectionHasItsOwnWhereNobodyBundles) {
  ConnectWithoutBundle();
  for (PeerConnection* pc : {&left(), &right()}) {
    const PeerConnectionInfo info = pc->Info();
    ASSERT_THAT(info.ice_transports, SizeIs(3));
    ASSERT_THAT(info.dtls_transports, SizeIs(3));
    std::set<std::string> ids;
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_THAT(info.ice_transports[i].mids, SizeIs(1));
      EXPECT_EQ(info.dtls_transports[i].transport_id, info.ice_transports[i].transport_id);
      EXPECT_EQ(info.dtls_transports[i].state, DtlsState::kConnected);
      ids.insert(info.ice_transports[i].transport_id);
    }
    EXPECT_THAT(ids, ElementsAre("T0", "T1", "T2"));
    const auto carried = Carried(*pc);
    for (const TransceiverInfo& transceiver : pc->ListTransceivers()) {
      EXPECT_EQ(transceiver.transport_id, carried.at(*transceiver.mid));
    }
    ASSERT_TRUE(info.sctp.has_value());
    EXPECT_EQ(info.sctp->transport_id, carried.at("2"));
    EXPECT_THAT(Stats<TransportStats>(*pc), SizeIs(3));
    EXPECT_EQ(Stats<SctpTransportStats>(*pc).at(0).transport_id, info.sctp->transport_id);
  }
}

TEST_F(SeveralTransportsTest, MediaGoesOverTheTransportOfItsSection) {
  ConnectWithoutBundle();
  pair_.loop().RunFor(3s);
  const auto sent = Stats<OutboundRtpStats>(left());
  const auto received = Stats<InboundRtpStats>(right());
  ASSERT_THAT(sent, SizeIs(2));
  ASSERT_THAT(received, SizeIs(2));
  for (const OutboundRtpStats& stats : sent) {
    EXPECT_EQ(stats.transport_id, Carried(left()).at(stats.mid));
    EXPECT_GT(stats.packets_sent, 10u);
  }
  for (const InboundRtpStats& stats : received) {
    EXPECT_EQ(stats.transport_id, Carried(right()).at(stats.mid));
    EXPECT_GT(stats.packets_received, 10u);
  }
  // Reports come back on each.
  const auto reported = Stats<RemoteInboundRtpStats>(left());
  ASSERT_THAT(reported, SizeIs(2));
  EXPECT_NE(reported[0].transport_id, reported[1].transport_id);
  // Each has its packets, and none of the others'.
  for (const TransportStats& transport : Stats<TransportStats>(right())) {
    EXPECT_GT(transport.packets_received, 0u) << transport.id;
  }
}

TEST_F(SeveralTransportsTest, RtcpIsWrittenToTheOneThatIsNamed) {
  ConnectWithoutBundle();
  const std::vector<uint8_t> report = {0x80, 201, 0, 1, 0, 0, 0, 9};
  const auto carried = Carried(left());
  const auto sent_on = [&](const std::string& id) {
    for (const TransportStats& stats : Stats<TransportStats>(left())) {
      if (stats.id == id) return stats.packets_sent;
    }
    return uint64_t{0};
  };
  for (const std::string& named : {std::string("1"), std::string()}) {
    const std::string id = named.empty() ? std::string() : carried.at(named);
    const std::string expected = carried.at(named.empty() ? "0" : named);
    const uint64_t before = sent_on(expected);
    ASSERT_THAT(left().WriteRtcp({report}, id), IsOk());
    EXPECT_EQ(sent_on(expected), before + 1) << named;
  }
  EXPECT_THAT(left().WriteRtcp({report}, "T9"), HasReason(ErrorReason::INVALID_ARGUMENT));
}

TEST_F(SeveralTransportsTest, TheConnectionIsConnectedWhenAllOfThemAre) {
  ConnectWithoutBundle();
  const auto& items = pair_.left_events().items;
  std::map<std::string, DtlsState> dtls;
  bool connected = false;
  for (const WatchItem& item : items) {
    const auto* event = std::get_if<std::shared_ptr<const Event>>(&item);
    if (event == nullptr) continue;
    if (const auto* change = std::get_if<DtlsTransportChangeEvent>(&(*event)->payload)) {
      dtls[change->transport->transport_id] = change->transport->state;
    } else if (const auto* state = std::get_if<ConnectionStateChangeEvent>(&(*event)->payload)) {
      if (state->state != ConnectionState::kConnected) continue;
      connected = true;
      ASSERT_THAT(dtls, SizeIs(3));
      for (const auto& [id, each] : dtls) EXPECT_EQ(each, DtlsState::kConnected) << id;
    }
  }
  EXPECT_TRUE(connected);
  const auto gathering = pair_.left_events().All<IceGatheringStateChangeEvent>();
  ASSERT_THAT(gathering, SizeIs(2));
  EXPECT_EQ(gathering[1].state, IceGatheringState::kComplete);
}

TEST_F(SeveralTransportsTest, AnAnswerThatBundlesEndsTheOthersAndNothingElse) {
  ASSERT_THAT(left().SetLocalDescription(std::nullopt), IsOk());
  const size_t offered = left().Info().ice_transports.size();
  ASSERT_GT(offered, 1u);
  for (const TransceiverInfo& transceiver : left().ListTransceivers()) {
    EXPECT_EQ(transceiver.transport_id, Carried(left()).at(*transceiver.mid));
  }
  ASSERT_THAT(right().SetRemoteDescription(*left().Info().local_description), IsOk());
  EXPECT_THAT(right().Info().ice_transports, IsEmpty());
  const auto answer = right().SetLocalDescription(std::nullopt);
  ASSERT_THAT(answer, IsOk());
  ASSERT_THAT(left().SetRemoteDescription(*answer), IsOk());
  ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected() && IsOpen(); }));

  for (PeerConnection* pc : {&left(), &right()}) {
    const PeerConnectionInfo info = pc->Info();
    ASSERT_THAT(info.ice_transports, SizeIs(1));
    EXPECT_EQ(info.ice_transports[0].transport_id, "T0");
    EXPECT_THAT(info.ice_transports[0].mids, ElementsAre("0", "1", "2"));
    EXPECT_EQ(info.ice_gathering_state, IceGatheringState::kComplete);
    EXPECT_EQ(info.sctp->transport_id, "T0");
    for (const TransceiverInfo& transceiver : pc->ListTransceivers()) {
      EXPECT_EQ(transceiver.transport_id, "T0");
    }
    for (const LocalCandidate& local : pc->TakeSnapshot().local_candidates) {
      EXPECT_EQ(local.transport_id, "T0");
    }
  }
  const auto last = LastIceStates(pair_.left_events());
  ASSERT_THAT(last, SizeIs(offered));
  for (const auto& [id, state] : last) EXPECT_EQ(state == IceConnectionState::kClosed, id != "T0");
  for (const auto& event : pair_.left_events().All<ConnectionStateChangeEvent>()) {
    EXPECT_NE(event.state, ConnectionState::kFailed);
    EXPECT_NE(event.state, ConnectionState::kClosed);
  }
  EXPECT_THAT(LastIceStates(pair_.right_events()), SizeIs(1));
  pair_.loop().RunFor(2s);
  for (const InboundRtpStats& stats : Stats<InboundRtpStats>(right())) {
    EXPECT_EQ(stats.transport_id, "T0");
    EXPECT_GT(stats.packets_received, 10u);
  }
}

TEST_F(SeveralTransportsTest, AnOfferThatIsOnlyMadeChangesNothingThatIsSeen) {
  const auto before = pair_.left_events().items.size();
  ASSERT_THAT(left().CreateOffer({}), IsOk());
  EXPECT_THAT(left().Info().ice_transports, IsEmpty());
  EXPECT_EQ(left().Info().connection_state, ConnectionState::kNew);
  EXPECT_THAT(Stats<TransportStats>(left()), IsEmpty());
  EXPECT_EQ(pair_.left_events().items.size(), before);
}

TEST_F(SeveralTransportsTest, AFailureOfOneIsTheConnections) {
  ConnectWithoutBundle();
  ASSERT_EQ(left().Info().connection_state, ConnectionState::kConnected);
  pair_.ice().SetReachable(false);
  ASSERT_TRUE(pair_.RunUntil(
      [&] { return left().Info().connection_state == ConnectionState::kFailed; }, 60s));
  EXPECT_EQ(left().Info().ice_connection_state, IceConnectionState::kFailed);
}

TEST_F(SeveralTransportsTest, TheEndOfOneSectionLeavesTheOthersTransports) {
  ConnectWithoutBundle();
  const std::string ended = Carried(left()).at("0");
  ASSERT_THAT(left().StopTransceiver("sound"), IsOk());
  NegotiateWithoutBundle();
  ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected(); }));
  for (PeerConnection* pc : {&left(), &right()}) {
    EXPECT_THAT(pc->Info().ice_transports, SizeIs(2));
    EXPECT_EQ(Carried(*pc).count("0"), 0u);
    EXPECT_EQ(pc->Info().connection_state, ConnectionState::kConnected);
  }
  EXPECT_EQ(LastIceStates(pair_.left_events()).at(ended), IceConnectionState::kClosed);
  EXPECT_TRUE(IsOpen());
  // Another section has another transport, by another name.
  ASSERT_THAT(left().AddTransceiver(MediaKind::kAudio, {}, "again"), IsOk());
  NegotiateWithoutBundle();
  ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected(); }));
  std::set<std::string> ids;
  for (const auto& [mid, id] : Carried(left())) ids.insert(id);
  EXPECT_THAT(ids, SizeIs(3));
  EXPECT_FALSE(ids.contains(ended));
}

TEST_F(SeveralTransportsTest, CloseEndsAllOfThem) {
  ConnectWithoutBundle();
  left().Close({});
  EXPECT_EQ(left().Info().connection_state, ConnectionState::kClosed);
  ASSERT_TRUE(pair_.RunUntil([&] {
    const auto transports = right().Info().dtls_transports;
    return std::ranges::all_of(
        transports, [](const DtlsTransportInfo& each) { return each.state == DtlsState::kClosed; });
  }));
  EXPECT_THAT(right().Info().dtls_transports, SizeIs(3));
}

}  // namespace
}  // namespace pcd::peerconnection

// Outgoing media between two connections under simulated time: what a source brings arrives at
// the other end's sink, through negotiation, replacement, removal and directions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/peerconnection/peer_connection.h"
#include "engine/rtp/rtp_packet_view.h"
#include "engine/rtp/vp8_payload.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using testing::HasReason;
using testing::IsOk;
using ::testing::Pair;
using testing::PeerPair;
using ::testing::SizeIs;
using namespace std::chrono_literals;

SocketAddress Local(uint16_t port) { return {IpAddress::V4({127, 0, 0, 1}), port}; }

struct Taken {
  uint16_t sequence = 0;
  uint32_t ssrc = 0;
  bool key_frame = false;
  std::vector<uint8_t> payload{};
};

// A socket of an application on the simulated host.
class App : public net::DatagramHandler {
 public:
  App(PeerPair& pair, uint16_t port)
      : pair_(pair), socket_(pair.loop().OpenDatagramSocket({.local = Local(port)}).value()) {
    socket_->SetHandler(this);
  }
  void Send(uint16_t sequence, bool key, const SocketAddress& to) {
    std::vector<uint8_t> packet(12);
    packet[0] = 0x80;
    packet[1] = 0x80 | 100;
    StoreU16(&packet[2], sequence);
    StoreU32(&packet[4], 3000u * sequence);
    StoreU32(&packet[8], 77);
    const std::vector<uint8_t> frame = {
        0x10, static_cast<uint8_t>(key ? 0 : 1), 0, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0,
        0,    static_cast<uint8_t>(sequence)};
    packet.insert(packet.end(), frame.begin(), frame.end());
    pair_.loop().Post([&] { socket_->Queue(pair_.loop().packets().CopyOf(packet), to); });
    pair_.loop().RunFor(5ms);
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      const auto view = rtp::RtpPacketView::Parse(packet->bytes());
      if (!view) continue;
      const auto vp8 = rtp::ParseVp8Payload(view->payload());
      taken.push_back({view->sequence_number(),
                       view->ssrc(),
                       vp8 && vp8->start_of_key_frame,
                       {view->payload().begin(), view->payload().end()}});
    }
  }
  size_t KeyFrames() const {
    return static_cast<size_t>(
        std::ranges::count_if(taken, [](const Taken& each) { return each.key_frame; }));
  }
  bool Contiguous() const {
    for (size_t i = 1; i < taken.size(); ++i) {
      if (taken[i].sequence != static_cast<uint16_t>(taken[i - 1].sequence + 1)) return false;
    }
    return true;
  }

  std::vector<Taken> taken;

 private:
  PeerPair& pair_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

class SendingTest : public ::testing::Test {
 protected:
  explicit SendingTest(const testing::ImpairmentOptions& link = {}) : pair_(link, 11) {}
  void AddTest(const std::string& id, MediaKind kind = MediaKind::kVideo) {
    ASSERT_THAT(
        left().CreateLocalTrack({.id = id, .kind = kind, .source = media::TestSourceConfig{}}),
        IsOk());
  }
  media::LocalTrackInfo AddUdp(const std::string& id) {
    media::UdpSourceConfig udp;
    udp.codec = {.name = "VP8", .clock_rate = 90000};
    return left().CreateLocalTrack({.id = id, .kind = MediaKind::kVideo, .source = udp}).value();
  }
  void AddSink(MediaKind kind = MediaKind::kVideo) {
    ASSERT_THAT(right().CreateSink({.id = "sink",
                                    .selector = media::KindSelector{.kind = kind},
                                    .rtp_destination = Local(6000)}),
                IsOk());
  }
  void Connect() {
    ASSERT_THAT(pair_.Negotiate(), IsOk());
    ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected(); }));
    pair_.loop().RunFor(50ms);
  }
  template <typename T>
  std::vector<T> Stats(PeerConnection& pc) {
    std::vector<T> found;
    for (const StatsEntry& entry : pc.GetStats().entries) {
      if (const auto* wanted = std::get_if<T>(&entry)) found.push_back(*wanted);
    }
    return found;
  }
  PeerConnection& left() { return pair_.left(); }
  PeerConnection& right() { return pair_.right(); }
  std::string Sender() { return left().ListTransceivers().at(0).sender_id; }

  PeerPair pair_;
  App sink_{pair_, 6000};
};

TEST_F(SendingTest, AGracefulCloseSendsWhatASinkHoldsBack) {
  for (const bool graceful : {true, false}) {
    PeerPair pair({}, 11);
    App sink(pair, 6000);
    App source(pair, 7000);
    ASSERT_THAT(pair.right().CreateSink({.id = "sink",
                                         .selector = media::KindSelector{.kind = MediaKind::kVideo},
                                         .rtp_destination = Local(6000),
                                         .max_reorder_delay = 1s}),
                IsOk());
    media::UdpSourceConfig udp;
    udp.codec = {.name = "VP8", .clock_rate = 90000};
    const auto track =
        pair.left().CreateLocalTrack({.id = "cam", .kind = MediaKind::kVideo, .source = udp});
    ASSERT_THAT(pair.left().AddTrack("cam", {}, "cam"), IsOk());
    ASSERT_THAT(pair.Negotiate(), IsOk());
    ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
    source.Send(0, true, *track->local_rtp);
    pair.ice().SetReachable(false);
    source.Send(1, false, *track->local_rtp);
    pair.ice().SetReachable(true);
    source.Send(2, false, *track->local_rtp);
    pair.ice().SetReachable(false);  // Nothing comes again.
    ASSERT_THAT(sink.taken, SizeIs(1));
    // In a turn, as every call is: sockets send at the end of one.
    pair.loop().Post([&] {
      if (graceful) {
        pair.right().BeginGracefulClose(5s, [](PeerConnection& pc) { pc.Close({}); });
      } else {
        pair.right().Close({});
      }
    });
    pair.loop().RunFor(10ms);
    EXPECT_TRUE(pair.right().closed());
    EXPECT_THAT(sink.taken, SizeIs(graceful ? 2 : 1));
  }
}

class MediaLinkTest : public SendingTest,
                      public ::testing::WithParamInterface<testing::ImpairmentOptions> {
 protected:
  MediaLinkTest() : SendingTest(GetParam()) {}
};

TEST_P(MediaLinkTest, EveryPacketOfTheSourceReachesTheSinkInOrder) {
  const media::LocalTrackInfo track = AddUdp("cam");
  ASSERT_THAT(left().AddTrack("cam", {}, ""), IsOk());
  ASSERT_THAT(right().CreateSink({.id = "sink",
                                  .selector = media::KindSelector{.kind = MediaKind::kVideo},
                                  .rtp_destination = Local(6000),
                                  .max_reorder_delay = 500ms}),
              IsOk());
  Connect();
  App app(pair_, 7000);
  for (uint16_t i = 0; i < 500; ++i) app.Send(i, i == 0, *track.local_rtp);
  pair_.loop().RunFor(2s);
  ASSERT_THAT(sink_.taken, SizeIs(500));
  EXPECT_TRUE(sink_.Contiguous());
  for (uint16_t i = 0; i < 500; ++i) {
    ASSERT_EQ(sink_.taken[i].payload.back(), static_cast<uint8_t>(i));
  }
  const auto inbound = Stats<InboundRtpStats>(right()).at(0);
  EXPECT_EQ(inbound.nack_count > 0, GetParam().loss > 0);
}

INSTANTIATE_TEST_SUITE_P(
    Links, MediaLinkTest,
    ::testing::Values(testing::ImpairmentOptions{},
                      testing::ImpairmentOptions{.delay = 40ms, .jitter = 4ms},
                      testing::ImpairmentOptions{.loss = 0.05, .delay = 20ms},
                      testing::ImpairmentOptions{
                          .loss = 0.02, .delay = 10ms, .reorder = 0.05, .duplicate = 0.1}));

TEST_F(SendingTest, EveryPacketOfAUdpSourceArrivesAtTheOtherEndsSink) {
  const media::LocalTrackInfo track = AddUdp("cam");
  const auto added = left().AddTrack("cam", {"stream"}, "");
  ASSERT_THAT(added, IsOk());
  EXPECT_EQ(added->local_track_id, "cam");
  AddSink();
  Connect();
  App app(pair_, 7000);
  for (uint16_t i = 0; i < 500; ++i) {
    app.Send(static_cast<uint16_t>(65300 + i), i == 0, *track.local_rtp);
  }
  pair_.loop().RunFor(100ms);
  ASSERT_THAT(sink_.taken, SizeIs(500));
  EXPECT_TRUE(sink_.Contiguous());
  for (uint16_t i = 0; i < 500; ++i) {
    ASSERT_EQ(sink_.taken[i].payload.back(), static_cast<uint8_t>(65300 + i));
  }
  const auto outbound = Stats<OutboundRtpStats>(left());
  ASSERT_THAT(outbound, SizeIs(1));
  EXPECT_EQ(outbound[0].packets_sent, 500u);
  EXPECT_EQ(Stats<InboundRtpStats>(right()).at(0).packets_received, 500u);
  EXPECT_EQ(Stats<InboundRtpStats>(right()).at(0).ssrc, outbound[0].ssrc);
  const auto remote = Stats<RemoteInboundRtpStats>(left());
  ASSERT_THAT(remote, SizeIs(1));
  EXPECT_EQ(remote[0].packets_lost, 0);
  EXPECT_TRUE(remote[0].round_trip_time.has_value());
  EXPECT_EQ(Stats<MediaSourceStats>(left()).at(0).packets_received, 500u);
}

TEST_F(SendingTest, TheTestSourceRunsAndAPliBringsAKeyFrameAndAnEvent) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(1s);
  const size_t key_frames = sink_.KeyFrames();
  EXPECT_GE(key_frames, 1u);
  EXPECT_TRUE(sink_.Contiguous());
  ASSERT_THAT(right().RequestKeyFrameOfSink("sink"), IsOk());
  pair_.loop().RunFor(200ms);
  EXPECT_EQ(sink_.KeyFrames(), key_frames + 1);
  const auto events = pair_.left_events().All<KeyFrameRequestedEvent>();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().track_id, "clip");
  EXPECT_EQ(events.back().sender_id, Sender());
}

TEST_F(SendingTest, ReplaceTrackGoesOnWithoutNegotiation) {
  AddTest("one");
  AddTest("two");
  ASSERT_THAT(left().AddTrack("one", {}, ""), IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(500ms);
  const size_t before = sink_.taken.size();
  ASSERT_GT(before, 0u);
  const auto replaced = left().ReplaceTrack(Sender(), "two");
  ASSERT_THAT(replaced, IsOk());
  EXPECT_EQ(replaced->local_track_id, "two");
  EXPECT_FALSE(left().Info().negotiation_needed);
  pair_.loop().RunFor(500ms);
  EXPECT_GT(sink_.taken.size(), before);
  EXPECT_TRUE(sink_.Contiguous());
  EXPECT_EQ(sink_.taken.back().ssrc, sink_.taken.front().ssrc);

  ASSERT_THAT(left().ReplaceTrack(Sender(), ""), IsOk());
  pair_.loop().RunFor(100ms);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
}

TEST_F(SendingTest, ARemoteTrackIsMutedUntilItsMediaArrivesWhenItCeasesAndByAgreement) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, "t"), IsOk());
  Connect();
  const auto tracks = pair_.right_events().All<TrackEvent>();
  ASSERT_THAT(tracks, SizeIs(1));
  EXPECT_TRUE(tracks[0].muted);
  const std::string id = tracks[0].transceiver->track_id;
  const auto told = [&] {
    std::string text;
    for (const TrackMutedEvent& event : pair_.right_events().All<TrackMutedEvent>()) {
      EXPECT_EQ(event.track_id, id);
      text += event.muted ? " muted" : " unmuted";
    }
    return text;
  };
  const auto unmuted = [&] { return right().TakeSnapshot().unmuted_track_ids; };
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(told(), " unmuted");
  EXPECT_EQ(unmuted(), std::vector{id});

  ASSERT_THAT(left().ReplaceTrack(Sender(), ""), IsOk());
  pair_.loop().RunFor(3s);
  EXPECT_EQ(told(), " unmuted muted");
  EXPECT_TRUE(unmuted().empty());
  ASSERT_THAT(left().ReplaceTrack(Sender(), "clip"), IsOk());
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(told(), " unmuted muted unmuted");
  ASSERT_THAT(left().SetTransceiverDirection("t", Direction::kInactive), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  EXPECT_EQ(told(), " unmuted muted unmuted muted");
  EXPECT_TRUE(pair_.left_events().All<TrackMutedEvent>().empty()) << "nothing came that way";
}

TEST_F(SendingTest, ReplaceTrackRefusesWhatWouldNeedANegotiation) {
  AddTest("video");
  AddTest("audio", MediaKind::kAudio);
  media::UdpSourceConfig udp;
  udp.codec = {.name = "nothing-known", .clock_rate = 90000};
  ASSERT_THAT(left().CreateLocalTrack({.id = "other", .kind = MediaKind::kVideo, .source = udp}),
              IsOk());
  ASSERT_THAT(left().AddTrack("video", {}, ""), IsOk());
  Connect();
  EXPECT_THAT(left().ReplaceTrack(Sender(), "other"), HasReason(ErrorReason::INVALID_CODEC));
  EXPECT_THAT(left().ReplaceTrack(Sender(), "audio"), HasReason(ErrorReason::TRACK_KIND_MISMATCH));
  EXPECT_THAT(left().ReplaceTrack(Sender(), "none"), HasReason(ErrorReason::TRACK_NOT_FOUND));
  EXPECT_THAT(left().ReplaceTrack("none", ""), HasReason(ErrorReason::SENDER_NOT_FOUND));
  EXPECT_THAT(left().AddTrack("none", {}, ""), HasReason(ErrorReason::TRACK_NOT_FOUND));
  EXPECT_THAT(left().AddTrack("video", {}, ""), HasReason(ErrorReason::TRACK_IN_USE));
}

TEST_F(SendingTest, RemoveTrackStopsAtOnceAndTheDirectionFollowsTheNegotiation) {
  AddTest("clip");
  ASSERT_THAT(
      left().AddTransceiverOfTrack({.direction = Direction::kSendOnly, .track_id = "clip"}, "t"),
      IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(500ms);
  ASSERT_FALSE(sink_.taken.empty());
  ASSERT_THAT(left().RemoveTrack(Sender()), IsOk());
  EXPECT_TRUE(left().Info().negotiation_needed);
  pair_.loop().RunFor(50ms);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  EXPECT_EQ(left().ListTransceivers().at(0).current_direction, Direction::kInactive);
}

TEST_F(SendingTest, ADirectionThatIsTakenAwayAndGivenBackStopsAndStartsMedia) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, "t"), IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(300ms);
  ASSERT_THAT(left().SetTransceiverDirection("t", Direction::kInactive), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  pair_.loop().RunFor(100ms);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
  ASSERT_THAT(left().SetTransceiverDirection("t", Direction::kSendRecv), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  pair_.loop().RunFor(500ms);
  EXPECT_GT(sink_.taken.size(), stopped);
}

TEST_F(SendingTest, AStoppedTransceiverSendsNoMore) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, "t"), IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(300ms);
  ASSERT_FALSE(sink_.taken.empty());
  ASSERT_THAT(left().StopTransceiver("t"), IsOk());
  pair_.loop().RunFor(50ms);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  EXPECT_TRUE(left().ListTransceivers().empty());
}

TEST_F(SendingTest, AStoppedTransceiverReceivesNoMoreAndItsTrackEndsAtOnce) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, "t"), IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(300ms);
  ASSERT_FALSE(sink_.taken.empty());
  const jsep::Transceiver receiving = right().ListTransceivers().at(0);
  ASSERT_THAT(right().StopTransceiver(receiving.id), IsOk());
  const auto ended = [&] { return pair_.right_events().All<TrackEndedEvent>(); };
  ASSERT_THAT(ended(), SizeIs(1));
  EXPECT_EQ(ended()[0].track_id, receiving.track_id);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
  ASSERT_THAT(right().StopTransceiver(receiving.id), IsOk());
  ASSERT_THAT(pair_.Negotiate(right(), left()), IsOk());
  EXPECT_TRUE(right().ListTransceivers().empty());
  EXPECT_THAT(ended(), SizeIs(1)) << "a track ends once";
}

TEST_F(SendingTest, TheAnswererSendsToo) {
  ASSERT_THAT(left().AddTransceiver(MediaKind::kVideo, {}, ""), IsOk());
  media::LocalTrackConfig clip{
      .id = "clip", .kind = MediaKind::kVideo, .source = media::TestSourceConfig{}};
  ASSERT_THAT(right().CreateLocalTrack(clip), IsOk());
  ASSERT_THAT(right().AddTrack("clip", {}, ""), IsOk());
  Connect();
  EXPECT_TRUE(pair_.RunUntil([&] {
    const auto inbound = Stats<InboundRtpStats>(left());
    return !inbound.empty() && inbound[0].key_frames_received > 0;
  }));
  EXPECT_EQ(right().ListTransceivers().size(), 1u);
}

TEST_F(SendingTest, ADeletedTrackLeavesItsSenderEmpty) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(300ms);
  ASSERT_THAT(left().DeleteLocalTrack("clip"), IsOk());
  EXPECT_EQ(left().ListTransceivers().at(0).local_track_id, "");
  EXPECT_THAT(pair_.left_events().All<LocalTrackDeletedEvent>(), SizeIs(1));
  pair_.loop().RunFor(50ms);
  const size_t stopped = sink_.taken.size();
  AddTest("clip");
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped) << "another track of the same name";
}

TEST_F(SendingTest, ATrackOfAStoppedTransceiverCanBeDeleted) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  Connect();
  ASSERT_THAT(left().StopTransceiver(left().ListTransceivers().at(0).id), IsOk());
  ASSERT_THAT(left().DeleteLocalTrack("clip"), IsOk());
  EXPECT_EQ(left().ListTransceivers().at(0).local_track_id, "");
  EXPECT_THAT(left().ListLocalTracks(), SizeIs(0));
}

TEST_F(SendingTest, ParametersAreWrittenByWhoReadThemLast) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  AddSink();
  EXPECT_THAT(left().GetSenderParameters("none"), HasReason(ErrorReason::SENDER_NOT_FOUND));
  EXPECT_THAT(left().SetSenderParameters(Sender(), {}), HasReason(ErrorReason::INVALID_STATE));
  auto before = left().GetSenderParameters(Sender());
  ASSERT_THAT(before, IsOk());
  EXPECT_TRUE(before->codecs.empty());
  Connect();
  EXPECT_THAT(left().SetSenderParameters(Sender(), *before), HasReason(ErrorReason::INVALID_STATE))
      << "another negotiation";
  auto first = left().GetSenderParameters(Sender());
  auto second = left().GetSenderParameters(Sender());
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(first->transaction_id, second->transaction_id);
  EXPECT_FALSE(second->codecs.empty());
  EXPECT_THAT(left().SetSenderParameters(Sender(), *first),
              HasReason(ErrorReason::STALE_PARAMETERS));
  EXPECT_THAT(left().SetSenderParameters(Sender(), {}), HasReason(ErrorReason::STALE_PARAMETERS));
  ASSERT_THAT(second->encodings, SizeIs(1));
  auto refused = *second;
  refused.encodings.emplace_back();
  EXPECT_THAT(left().SetSenderParameters(Sender(), refused),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  second->encodings[0].active = false;
  ASSERT_THAT(left().SetSenderParameters(Sender(), *second), IsOk());
  EXPECT_THAT(left().SetSenderParameters(Sender(), *second), HasReason(ErrorReason::INVALID_STATE))
      << "written already";
  pair_.loop().RunFor(50ms);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
  auto third = left().GetSenderParameters(Sender());
  EXPECT_FALSE(third->encodings.at(0).active);
  third->encodings[0].active = true;
  ASSERT_THAT(left().SetSenderParameters(Sender(), *third), IsOk());
  pair_.loop().RunFor(500ms);
  EXPECT_GT(sink_.taken.size(), stopped);
}

// One layer of several is sent: the first that is active, under its rid.
TEST_F(SendingTest, APacketOfASimulcastSenderIsOfItsFirstActiveLayer) {
  AddTest("clip");
  ASSERT_THAT(
      left().AddTransceiverOfTrack(
          {.direction = Direction::kSendOnly,
           .track_id = "clip",
           .send_encodings = {{.rid = "low", .active = false}, {.rid = "mid"}, {.rid = "hi"}}},
          "t"),
      IsOk());
  AddSink();
  Connect();
  pair_.loop().RunFor(500ms);
  const auto rids = [&] {
    std::vector<std::string> heard;
    for (const auto& packet : pair_.right_events().All<FirstPacketEvent>()) {
      heard.push_back(packet.rid);
    }
    return heard;
  };
  // What the statistics tell of the one stream there is.
  const auto sent = [&] {
    const auto streams = Stats<OutboundRtpStats>(left());
    EXPECT_THAT(streams, SizeIs(1));
    return streams.empty() ? std::pair<std::string, uint32_t>()
                           : std::pair(streams[0].rid, streams[0].encoding_index);
  };
  EXPECT_EQ(rids(), std::vector<std::string>{"mid"});
  EXPECT_THAT(sent(), Pair("mid", 1u));
  ASSERT_FALSE(sink_.taken.empty());
  const auto set_active = [&](bool low, bool mid, bool hi) {
    auto parameters = left().GetSenderParameters(Sender());
    ASSERT_THAT(parameters, IsOk());
    ASSERT_THAT(parameters->encodings, SizeIs(3));
    parameters->encodings[0].active = low;
    parameters->encodings[1].active = mid;
    parameters->encodings[2].active = hi;
    ASSERT_THAT(left().SetSenderParameters(Sender(), *parameters), IsOk());
  };
  set_active(true, true, true);
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(rids(), (std::vector<std::string>{"mid", "low"}));
  EXPECT_THAT(sent(), Pair("low", 0u));
  set_active(false, false, false);
  pair_.loop().RunFor(50ms);
  const size_t stopped = sink_.taken.size();
  pair_.loop().RunFor(500ms);
  EXPECT_EQ(sink_.taken.size(), stopped);
  set_active(false, false, true);
  pair_.loop().RunFor(3s);
  EXPECT_EQ(rids(), (std::vector<std::string>{"mid", "low", "hi"}));
  EXPECT_THAT(sent(), Pair("hi", 2u));
  EXPECT_GT(sink_.taken.size(), stopped) << "the sink takes the layer that there is";
  EXPECT_FALSE(left().Info().negotiation_needed);
}

class FarAwayTest : public SendingTest {
 protected:
  FarAwayTest() : SendingTest({.delay = 30ms}) {}
};

// RFC 3611: the end that only receives, too.
TEST_F(FarAwayTest, BothEndsMeasureTheRoundTrip) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  Connect();
  pair_.loop().RunFor(5s);
  const auto of_receiver = Stats<RemoteOutboundRtpStats>(right());
  ASSERT_THAT(of_receiver, SizeIs(1));
  ASSERT_TRUE(of_receiver[0].round_trip_time.has_value());
  EXPECT_NEAR(*of_receiver[0].round_trip_time, 0.06, 0.01);
  EXPECT_GE(of_receiver[0].round_trip_time_measurements, 2u);
  const auto of_sender = Stats<RemoteInboundRtpStats>(left());
  ASSERT_THAT(of_sender, SizeIs(1));
  EXPECT_NEAR(of_sender[0].round_trip_time.value_or(0), 0.06, 0.01);
}

TEST_F(SendingTest, WrittenRtcpReachesThePeer) {
  AddTest("clip");
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  const std::vector<uint8_t> report = {0x80, 201, 0, 1, 0, 0, 0, 9};
  EXPECT_THAT(left().WriteRtcp({report}, ""), HasReason(ErrorReason::INVALID_STATE));
  Connect();
  pair_.loop().RunFor(300ms);
  const uint32_t ssrc = Stats<OutboundRtpStats>(left()).at(0).ssrc;
  std::vector<uint8_t> pli = {0x81, 206, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0};
  StoreU32(&pli[8], ssrc);
  ASSERT_THAT(right().WriteRtcp({report, pli}, "T0"), IsOk());
  pair_.loop().RunFor(100ms);
  EXPECT_GE(Stats<OutboundRtpStats>(left()).at(0).pli_count, 1u);
  const std::vector<uint8_t> garbage(20, 0xFF);
  EXPECT_THAT(left().WriteRtcp({garbage}, ""), HasReason(ErrorReason::INVALID_PACKET));
  EXPECT_THAT(left().WriteRtcp({}, ""), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(left().WriteRtcp({report}, "T9"), HasReason(ErrorReason::INVALID_ARGUMENT));
}

TEST_F(SendingTest, TracksAreEventsAndPartOfTheSnapshot) {
  AddTest("clip");
  const auto made = pair_.left_events().All<LocalTrackChangeEvent>();
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_EQ(made[0].track->config.id, "clip");
  EXPECT_THAT(left().TakeSnapshot().local_tracks, SizeIs(1));
  ASSERT_THAT(left().AddTrack("clip", {}, ""), IsOk());
  Connect();
  pair_.loop().RunFor(200ms);
  const auto changed = pair_.left_events().All<LocalTrackChangeEvent>();
  ASSERT_THAT(changed, SizeIs(2));
  EXPECT_EQ(changed[1].track->state, media::SourceState::kActive);
  EXPECT_EQ(changed[1].previous, media::SourceState::kWaiting);
  left().Close({});
  EXPECT_TRUE(left().TakeSnapshot().local_tracks.empty());
  EXPECT_THAT(left().CreateLocalTrack({}), HasReason(ErrorReason::PEER_CONNECTION_CLOSED));
}

}  // namespace
}  // namespace pcd::peerconnection

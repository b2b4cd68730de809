// Everything real but the browser: libnice, DTLS, SRTP and usrsctp over loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>

#include "engine/host/accept_offer.h"
#include "engine/model/stats.h"
#include "engine/testing/publisher.h"
#include "engine/testing/status_matchers.h"
#include "tests/integration/test_host.h"
#include "tests/integration/udp_receiver.h"

namespace pcd::tests {
namespace {

using host::PeerConnection;
using testing::IsOk;
using testing::Publisher;

constexpr int kPackets = 2000;

// A publisher on the first loop of a host, connected to a connection of that host.
class PublisherCall {
 public:
  PublisherCall(TestHost& host, testing::PublisherOptions options) : host_(host) {
    host_.RunOn(0, [&] {
      publisher_ = std::make_unique<Publisher>(host_.loop(0), host_.ice(), std::move(options));
    });
  }
  ~PublisherCall() {
    host_.RunOn(0, [this] { publisher_.reset(); });
  }

  SessionDescription Offer() {
    std::promise<SessionDescription> offer;
    host_.RunOn(0, [&] {
      ASSERT_THAT(publisher_->Start([&](const SessionDescription& o) { offer.set_value(o); }),
                  IsOk());
    });
    return offer.get_future().get();
  }

  absl::StatusOr<host::AcceptOfferResult> Accept(const SessionDescription& offer,
                                                 std::vector<media::SinkConfig> sinks) {
    std::promise<absl::StatusOr<host::AcceptOfferResult>> promise;
    host::AcceptOffer(host_.host(), {.offer = offer, .sinks = std::move(sinks)},
                      [&](absl::StatusOr<host::AcceptOfferResult> result) {
                        promise.set_value(std::move(result));
                      });
    return promise.get_future().get();
  }

  void SetAnswer(const SessionDescription& answer) {
    host_.RunOn(0, [&] { ASSERT_THAT(publisher_->SetAnswer(answer), IsOk()); });
  }
  bool Ask(const std::function<bool(Publisher&)>& question) {
    bool answer = false;
    host_.RunOn(0, [&] { answer = question(*publisher_); });
    return answer;
  }
  // The limit only keeps a broken build from hanging.
  bool WaitFor(const std::function<bool(Publisher&)>& question) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!Ask(question)) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  TestHost& host_;
  std::unique_ptr<Publisher> publisher_;
};

media::SinkConfig VideoSink(const UdpReceiver& rtp, const UdpReceiver& rtcp) {
  return {.id = "video",
          .selector = media::KindSelector{.kind = MediaKind::kVideo},
          .rtp_destination = rtp.address(),
          .rtcp_destination = rtcp.address()};
}

class LoopbackMediaTest : public ::testing::TestWithParam<std::tuple<SrtpProfile, IceBackend>> {};

TEST_P(LoopbackMediaTest, EveryPacketReachesTheSinkInOrder) {
  TestHost host(2, {}, std::get<IceBackend>(GetParam()));
  PublisherCall call(host, {.srtp_profiles = {std::get<SrtpProfile>(GetParam())}});
  UdpReceiver rtp, rtcp;
  const auto accepted = call.Accept(call.Offer(), {VideoSink(rtp, rtcp)});
  ASSERT_THAT(accepted, IsOk());
  call.SetAnswer(accepted->answer);
  ASSERT_TRUE(call.WaitFor([](Publisher& p) { return p.connected(); }));
  const std::string id = accepted->info.id;
  EXPECT_EQ(accepted->info.ice_backend, std::get<IceBackend>(GetParam()) == IceBackend::kFull
                                            ? IceBackend::kFull
                                            : IceBackend::kSharedPort);
  ASSERT_TRUE(host.WaitFor(id, [](PeerConnection& pc) {
    return pc.Info().connection_state == ConnectionState::kConnected;
  }));
  std::optional<uint16_t> expected;
  for (int i = 0; i < kPackets; ++i) {
    // One at a time, so that no socket buffer can overflow: what is lost is lost by us.
    ASSERT_TRUE(call.Ask([i](Publisher& p) {
      return p.SendRtp({.sequence = static_cast<uint16_t>(65000 + i),
                        .timestamp = static_cast<uint32_t>(i) * 3000,
                        .key_frame = i == 0});
    }));
    const auto packet = rtp.Receive();
    ASSERT_TRUE(packet.has_value()) << "packet " << i;
    const uint16_t sequence = LoadU16(packet->data() + 2);
    if (expected.has_value()) {
      ASSERT_EQ(sequence, *expected);
    }
    expected = static_cast<uint16_t>(sequence + 1);
  }
  const auto sink =
      host.Call<media::SinkInfo>(id, [](PeerConnection& pc) { return pc.GetSink("video"); });
  ASSERT_THAT(sink, IsOk());
  EXPECT_EQ(sink->counters.packets_sent, static_cast<uint64_t>(kPackets));
  EXPECT_EQ(sink->state, media::SinkState::kActive);
  EXPECT_TRUE(call.WaitFor([](Publisher& p) { return p.feedback().receiver_reports > 0; }));
  EXPECT_TRUE(rtcp.Receive().has_value()) << "no sender report";
}

INSTANTIATE_TEST_SUITE_P(Profiles, LoopbackMediaTest,
                         ::testing::Combine(::testing::Values(SrtpProfile::kAeadAes128Gcm,
                                                              SrtpProfile::kAes128CmSha1_80),
                                            ::testing::Values(IceBackend::kAuto,
                                                              IceBackend::kFull)));

// Datagrams that ICE has handed to the connection so far.
uint64_t PacketsReceived(PeerConnection& pc) {
  uint64_t packets = 0;
  for (const StatsEntry& entry : pc.GetStats().entries) {
    if (const auto* pair = std::get_if<CandidatePairStats>(&entry)) {
      packets += pair->packets_received;
    }
  }
  return packets;
}

// Something of the shape of SRTP, SRTCP and a DTLS record, as the sequence number says.
std::vector<uint8_t> ShapedLikeMedia(uint8_t number) {
  std::vector<uint8_t> datagram(200, number);
  datagram[0] = number % 3 == 2 ? 23 : 0x80;
  if (number % 3 == 0) datagram[1] = 96;
  if (number % 3 == 1) datagram[1] = 200;
  return datagram;
}

TEST(LoopbackTest, WrongFingerprintLetsNothingThrough) {
  TestHost host;
  PublisherCall call(host, {});
  UdpReceiver rtp, rtcp;
  SessionDescription offer = call.Offer();
  const size_t at = offer.sdp.find("a=fingerprint:sha-256 ") + 22;
  offer.sdp[at] = offer.sdp[at] == 'A' ? 'B' : 'A';
  const auto accepted = call.Accept(offer, {VideoSink(rtp, rtcp)});
  ASSERT_THAT(accepted, IsOk());
  const std::string id = accepted->info.id;
  call.SetAnswer(accepted->answer);
  ASSERT_TRUE(host.WaitFor(id, [](PeerConnection& pc) {
    return pc.Info().connection_state == ConnectionState::kFailed;
  }));
  // The path is there; only the identity is wrong. What is sent on it arrives, and stops here.
  ASSERT_TRUE(call.WaitFor([](Publisher& p) { return p.ice_writable(); }));
  const auto before = host.Call<uint64_t>(
      id, [](PeerConnection& pc) -> absl::StatusOr<uint64_t> { return PacketsReceived(pc); });
  for (uint8_t i = 0; i < 90; ++i) {
    ASSERT_TRUE(call.Ask([i](Publisher& p) { return p.SendUnprotected(ShapedLikeMedia(i)); }));
  }
  ASSERT_TRUE(
      host.WaitFor(id, [&](PeerConnection& pc) { return PacketsReceived(pc) >= *before + 90; }));
  const auto sink =
      host.Call<media::SinkInfo>(id, [](PeerConnection& pc) { return pc.GetSink("video"); });
  EXPECT_EQ(sink->counters.packets_sent, 0u);
  EXPECT_EQ(sink->counters.packets_skipped, 0u);
  EXPECT_FALSE(rtp.TryReceive().has_value());
  EXPECT_FALSE(rtcp.TryReceive().has_value());
}

TEST(LoopbackTest, RefusesASinkOutsideThePolicy) {
  TestHost host;
  PublisherCall call(host, {});
  media::SinkConfig sink{.id = "out",
                         .selector = media::KindSelector{.kind = MediaKind::kVideo},
                         .rtp_destination = *SocketAddress::Parse("192.0.2.1:5004")};
  EXPECT_THAT(call.Accept(call.Offer(), {sink}).status(),
              testing::HasReason(ErrorReason::SINK_DESTINATION_DENIED));
  EXPECT_EQ(host.host().size(), 0u);
}

// Two connections of one host, on two loops.
class LoopbackPair {
 public:
  explicit LoopbackPair(TestHost& host) : host_(host) {
    left = host.Create()->id;
    right = host.Create()->id;
  }

  void Negotiate() {
    const auto set_local = [](PeerConnection& pc) { return pc.SetLocalDescription(std::nullopt); };
    ASSERT_THAT(host_.Call<SessionDescription>(left, set_local), IsOk());
    const SessionDescription offer = Gathered(left);
    SetRemote(right, offer);
    ASSERT_THAT(host_.Call<SessionDescription>(right, set_local), IsOk());
    SetRemote(left, Gathered(right));
  }

  std::string left, right;

 private:
  SessionDescription Gathered(const std::string& id) {
    EXPECT_TRUE(host_.WaitFor(id, [](PeerConnection& pc) {
      return pc.Info().ice_gathering_state == IceGatheringState::kComplete;
    }));
    return *host_.Call<SessionDescription>(
        id, [](PeerConnection& pc) -> absl::StatusOr<SessionDescription> {
          return *pc.Info().local_description;
        });
  }
  void SetRemote(const std::string& id, const SessionDescription& description) {
    ASSERT_THAT(
        host_.Call<host::Done>(id,
                               [description](PeerConnection& pc) -> absl::StatusOr<host::Done> {
                                 PCD_RETURN_IF_ERROR(pc.SetRemoteDescription(description));
                                 return host::Done{};
                               }),
        IsOk());
  }
  TestHost& host_;
};

class LoopbackBackendTest : public ::testing::TestWithParam<IceBackend> {};
INSTANTIATE_TEST_SUITE_P(Backends, LoopbackBackendTest,
                         ::testing::Values(IceBackend::kAuto, IceBackend::kFull));

TEST_P(LoopbackBackendTest, TwoConnectionsExchangeAThousandMessagesEachWay) {
  TestHost host(2, {}, GetParam());
  LoopbackPair pair(host);
  const auto create = [](PeerConnection& pc) {
    return pc.CreateDataChannel({.label = "chat"}, "chat");
  };
  ASSERT_THAT(host.Call<peerconnection::DataChannelView>(pair.left, create), IsOk());
  pair.Negotiate();
  ASSERT_TRUE(
      host.WaitFor(pair.right, [](PeerConnection& pc) { return !pc.ListDataChannels().empty(); }));
  const std::string remote_id =
      *host.Call<std::string>(pair.right, [](PeerConnection& pc) -> absl::StatusOr<std::string> {
        return pc.ListDataChannels().front().info.channel_id;
      });
  std::atomic<int> left_received{0}, right_received{0}, out_of_order{0};
  const auto attach = [&](const std::string& id, std::atomic<int>& received) {
    return host.Call<peerconnection::StreamId>(id, [&](PeerConnection& pc) {
      return pc.AttachStream({.initial_receive_credit = 1 << 30},
                             [&received, &out_of_order](peerconnection::StreamItem item) {
                               const auto* message =
                                   std::get_if<peerconnection::StreamMessage>(&item);
                               if (message == nullptr) return;
                               const std::string text(message->bytes.begin(), message->bytes.end());
                               if (text != std::to_string(received)) ++out_of_order;
                               ++received;
                             });
    });
  };
  ASSERT_THAT(attach(pair.left, left_received), IsOk());
  ASSERT_THAT(attach(pair.right, right_received), IsOk());
  const auto send = [&](const std::string& id, const std::string& channel, int number) {
    const std::string text = std::to_string(number);
    return host.Call<uint64_t>(id, [&channel, text](PeerConnection& pc) {
      return pc.Send(channel, false, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    });
  };
  for (int i = 0; i < 1000; ++i) {
    ASSERT_THAT(send(pair.left, "chat", i), IsOk());
    ASSERT_THAT(send(pair.right, remote_id, i), IsOk());
  }
  ASSERT_TRUE(host.WaitFor(
      pair.left, [&](PeerConnection&) { return left_received == 1000 && right_received == 1000; }));
  EXPECT_EQ(out_of_order, 0);
}

// Longer than any buffer of the defaults.
TEST(LoopbackTest, LongMessagesGoThroughWhenTheLimitsAllowThem) {
  constexpr size_t kLength = size_t{3} << 20;
  Limits limits;
  limits.max_message_bytes = kLength;
  limits.max_data_buffered_bytes = 2 * kLength;
  limits.max_data_received_bytes = 2 * kLength;
  TestHost host(2, limits);
  LoopbackPair pair(host);
  const auto create = [](PeerConnection& pc) {
    return pc.CreateDataChannel({.label = "long", .negotiated = true, .id = 7}, "long");
  };
  std::vector<uint8_t> message(kLength);
  for (size_t i = 0; i < kLength; ++i) message[i] = static_cast<uint8_t>(i / 251);
  std::atomic<int> received{0}, altered{0};
  for (const std::string& id : {pair.left, pair.right}) {
    ASSERT_THAT(host.Call<peerconnection::DataChannelView>(id, create), IsOk());
    ASSERT_THAT(host.Call<peerconnection::StreamId>(
                    id,
                    [&](PeerConnection& pc) {
                      return pc.AttachStream(
                          {.initial_receive_credit = 1 << 30},
                          [&](peerconnection::StreamItem item) {
                            const auto* got = std::get_if<peerconnection::StreamMessage>(&item);
                            if (got == nullptr) return;
                            if (got->bytes != message) ++altered;
                            ++received;
                          });
                    }),
                IsOk());
  }
  pair.Negotiate();
  for (const std::string& id : {pair.left, pair.right}) {
    ASSERT_TRUE(host.WaitFor(id, [](PeerConnection& pc) {
      return pc.GetDataChannel("long")->info.state == DataChannelState::kOpen;
    }));
    ASSERT_THAT(
        host.Call<uint64_t>(id, [&](PeerConnection& pc) { return pc.Send("long", true, message); }),
        IsOk());
  }
  ASSERT_TRUE(host.WaitFor(pair.left, [&](PeerConnection&) { return received == 2; }));
  EXPECT_EQ(altered, 0);
}

// One VP8 frame of one packet; its last byte is the sequence number's.
std::vector<uint8_t> Frame(uint16_t sequence, bool key) {
  std::vector<uint8_t> packet(1000);
  packet[0] = 0x80;
  packet[1] = 0x80 | 100;
  StoreU16(&packet[2], sequence);
  StoreU32(&packet[4], 3000u * sequence);
  StoreU32(&packet[8], 77);
  const std::vector<uint8_t> head = {0x10, static_cast<uint8_t>(key ? 0 : 1), 0, 0, 0x9D, 1, 0x2A};
  std::copy(head.begin(), head.end(), packet.begin() + 12);
  packet.back() = static_cast<uint8_t>(sequence);
  return packet;
}

TEST(LoopbackTest, EveryPacketOfAUdpSourceReachesTheOtherConnectionsSink) {
  TestHost host;
  LoopbackPair pair(host);
  UdpReceiver application, rtp, rtcp;
  const auto track = host.Call<media::LocalTrackInfo>(pair.left, [](PeerConnection& pc) {
    media::UdpSourceConfig udp;
    udp.codec = {.name = "VP8", .clock_rate = 90000};
    return pc.CreateLocalTrack({.id = "cam", .kind = MediaKind::kVideo, .source = udp});
  });
  ASSERT_THAT(track, IsOk());
  ASSERT_THAT(host.Call<peerconnection::TransceiverInfo>(
                  pair.left, [](PeerConnection& pc) { return pc.AddTrack("cam", {"s"}, ""); }),
              IsOk());
  ASSERT_THAT(
      host.Call<media::SinkInfo>(
          pair.right, [&](PeerConnection& pc) { return pc.CreateSink(VideoSink(rtp, rtcp)); }),
      IsOk());
  pair.Negotiate();
  for (const std::string& id : {pair.left, pair.right}) {
    ASSERT_TRUE(host.WaitFor(id, [](PeerConnection& pc) {
      return pc.Info().connection_state == ConnectionState::kConnected;
    }));
  }
  std::optional<uint16_t> expected;
  for (int i = 0; i < kPackets; ++i) {
    // One at a time: what is lost is lost by us.
    const auto sequence = static_cast<uint16_t>(65000 + i);
    application.Send(Frame(sequence, i == 0), *track->local_rtp);
    const auto packet = rtp.Receive();
    ASSERT_TRUE(packet.has_value()) << "packet " << i;
    ASSERT_EQ(packet->back(), static_cast<uint8_t>(sequence));
    if (expected.has_value()) {
      ASSERT_EQ(LoadU16(packet->data() + 2), *expected);
    }
    expected = static_cast<uint16_t>(LoadU16(packet->data() + 2) + 1);
  }
  EXPECT_TRUE(host.WaitFor(pair.left, [](PeerConnection& pc) {
    for (const StatsEntry& entry : pc.GetStats().entries) {
      const auto* remote = std::get_if<RemoteInboundRtpStats>(&entry);
      if (remote != nullptr && remote->round_trip_time) return remote->packets_lost == 0;
    }
    return false;
  }));
}

TEST(LoopbackTest, TheTestSourceIsAnsweredWithAKeyFrame) {
  TestHost host;
  LoopbackPair pair(host);
  UdpReceiver rtp, rtcp;
  ASSERT_THAT(
      host.Call<media::LocalTrackInfo>(
          pair.left,
          [](PeerConnection& pc) {
            return pc.CreateLocalTrack(
                {.id = "clip", .kind = MediaKind::kVideo, .source = media::TestSourceConfig{}});
          }),
      IsOk());
  ASSERT_THAT(host.Call<peerconnection::TransceiverInfo>(
                  pair.left, [](PeerConnection& pc) { return pc.AddTrack("clip", {}, ""); }),
              IsOk());
  ASSERT_THAT(
      host.Call<media::SinkInfo>(
          pair.right, [&](PeerConnection& pc) { return pc.CreateSink(VideoSink(rtp, rtcp)); }),
      IsOk());
  pair.Negotiate();
  ASSERT_TRUE(rtp.Receive().has_value());
  const auto key_frames = [](PeerConnection& pc) {
    uint64_t frames = 0;
    for (const StatsEntry& entry : pc.GetStats().entries) {
      if (const auto* in = std::get_if<InboundRtpStats>(&entry)) frames += in->key_frames_received;
    }
    return frames;
  };
  ASSERT_TRUE(host.WaitFor(pair.right, [&](PeerConnection& pc) { return key_frames(pc) > 0; }));
  const auto asked = host.Call<bool>(
      pair.right, [](PeerConnection& pc) { return pc.RequestKeyFrameOfSink("video"); });
  ASSERT_THAT(asked, IsOk());
  EXPECT_TRUE(host.WaitFor(pair.left, [](PeerConnection& pc) {
    for (const StatsEntry& entry : pc.GetStats().entries) {
      const auto* out = std::get_if<OutboundRtpStats>(&entry);
      if (out != nullptr && out->pli_count > 0 && out->key_frames_sent > 1) return true;
    }
    return false;
  }));
}

TEST_P(LoopbackBackendTest, ConnectionsComeAndGo) {
  TestHost host(2, {}, GetParam());
  for (int i = 0; i < 10; ++i) {
    LoopbackPair pair(host);
    const auto create = [](PeerConnection& pc) { return pc.CreateDataChannel({}, ""); };
    ASSERT_THAT(host.Call<peerconnection::DataChannelView>(pair.left, create), IsOk());
    pair.Negotiate();
    ASSERT_TRUE(host.WaitFor(pair.left, [](PeerConnection& pc) {
      return pc.Info().connection_state == ConnectionState::kConnected;
    }));
    for (const std::string& id : {pair.left, pair.right}) {
      std::promise<bool> closed;
      host.host().Close(id, {}, [&](auto info) { closed.set_value(info.ok()); });
      EXPECT_TRUE(closed.get_future().get());
    }
  }
  EXPECT_EQ(host.host().size(), 0u);
}

}  // namespace
}  // namespace pcd::tests

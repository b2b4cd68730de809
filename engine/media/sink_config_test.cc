#include "engine/media/sink_config.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/media/drop_reason.h"
#include "engine/media/sink_sdp.h"
#include "engine/media/sink_validation.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::HasMessage;
using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;

TEST(DropReasonTest, EveryReasonHasANameAndACounter) {
  EXPECT_EQ(ToString(DropReason::kMalformedRtp), "malformed_rtp");
  EXPECT_EQ(ToString(DropReason::kClosed), "closed");
  EXPECT_EQ(static_cast<size_t>(DropReason::kClosed) + 1, kDropReasonCount);
  DropCounters counters;
  counters.Count(DropReason::kNoSink);
  counters.Count(DropReason::kNoSink);
  EXPECT_EQ(counters[DropReason::kNoSink], 2u);
  EXPECT_EQ(counters[DropReason::kClosed], 0u);
}

TEST(SinkStateTest, HasANameForEachState) {
  EXPECT_EQ(ToString(SinkState::kWaiting), "waiting");
  EXPECT_EQ(ToString(SinkState::kPaused), "paused");
  EXPECT_EQ(ToString(SinkState::kStarting), "starting");
  EXPECT_EQ(ToString(SinkState::kActive), "active");
  EXPECT_EQ(ToString(SinkState::kEnded), "ended");
}

SinkConfig GoodConfig() {
  SinkConfig config;
  config.id = "video-1.a_B";
  config.selector = MidSelector{"0"};
  return config;
}

TEST(SinkValidationTest, ChecksTheId) {
  EXPECT_THAT(CheckSinkConfig(GoodConfig()), IsOk());
  for (const std::string& id : {std::string(), std::string(65, 'a'), std::string("a b"),
                                std::string("ü"), std::string("a/b")}) {
    SinkConfig config = GoodConfig();
    config.id = id;
    EXPECT_THAT(CheckSinkConfig(config), HasReason(ErrorReason::INVALID_ARGUMENT)) << id;
  }
}

TEST(SinkValidationTest, ChecksTheSelector) {
  SinkConfig config = GoodConfig();
  config.selector = MidSelector{""};
  EXPECT_EQ(GetErrorDetail(CheckSinkConfig(config)).field, "selector");
  config.selector = TrackIdSelector{std::string(257, 'x')};
  EXPECT_EQ(GetErrorDetail(CheckSinkConfig(config)).field, "selector");
  config.selector = KindSelector{};
  EXPECT_THAT(CheckSinkConfig(config), IsOk());
}

TEST(SinkValidationTest, ChecksPayloadTypeAndSsrc) {
  for (int type = 0; type < 256; ++type) {
    const bool good = type <= 127 && (type < 64 || type > 95);
    EXPECT_EQ(CheckSinkPayloadType(static_cast<uint8_t>(type)).ok(), good) << type;
  }
  EXPECT_EQ(GetErrorDetail(CheckSinkSsrc(0)).field, "ssrc");
  EXPECT_THAT(CheckSinkSsrc(1), IsOk());
}

SocketAddress Address(const char* text) { return *SocketAddress::Parse(text); }

TEST(SinkValidationTest, RtcpGoesToTheNextPortUnlessToldOtherwise) {
  const net::AddressPolicy policy;
  EXPECT_EQ(ResolveDestinations(policy, Address("127.0.0.1:5004"), {})->rtcp,
            Address("127.0.0.1:5005"));
  EXPECT_EQ(ResolveDestinations(policy, Address("127.0.0.1:5004"), Address("127.0.0.1:9"))->rtcp,
            Address("127.0.0.1:9"));
}

TEST(SinkValidationTest, AsksThePolicyAboutBothDestinations) {
  const net::AddressPolicy policy;
  EXPECT_THAT(ResolveDestinations(policy, Address("192.0.2.1:5004"), {}),
              HasReason(ErrorReason::SINK_DESTINATION_DENIED));
  EXPECT_THAT(ResolveDestinations(policy, Address("127.0.0.1:5004"), Address("192.0.2.1:5005")),
              HasReason(ErrorReason::SINK_DESTINATION_DENIED));
}

TEST(SinkValidationTest, RefusesPortsThatDoNotExistAndMixedFamilies) {
  const net::AddressPolicy policy;
  EXPECT_EQ(GetErrorDetail(ResolveDestinations(policy, Address("127.0.0.1:0"), {}).status()).field,
            "destination");
  EXPECT_EQ(
      GetErrorDetail(ResolveDestinations(policy, Address("127.0.0.1:65535"), {}).status()).field,
      "rtcp_port");
  EXPECT_THAT(ResolveDestinations(policy, Address("127.0.0.1:5004"), Address("[::1]:5005")),
              HasMessage("family"));
}

SinkInfo VideoSink() {
  SinkInfo sink;
  sink.config.rtp_destination = Address("127.0.0.1:5004");
  sink.config.rtcp_destination = Address("127.0.0.1:5005");
  sink.kind = MediaKind::kVideo;
  sink.codec = Codec{.payload_type = 96, .name = "VP8", .clock_rate = 90000};
  sink.ssrc = 77;
  sink.cname = "name";
  sink.local_rtp = Address("127.0.0.1:40000");
  return sink;
}

SinkInfo AudioSink() {
  SinkInfo sink = VideoSink();
  sink.config.rtp_destination = Address("127.0.0.1:5006");
  sink.config.rtcp_destination = Address("127.0.0.1:5006");
  sink.kind = MediaKind::kAudio;
  sink.codec = Codec{.payload_type = 111,
                     .name = "opus",
                     .clock_rate = 48000,
                     .channels = 2,
                     .fmtp = {{"minptime", "10"}, {"useinbandfec", "1"}}};
  sink.ssrc = 78;
  return sink;
}

TEST(SinkSdpTest, DescribesEachSinkInASectionOfItsOwn) {
  EXPECT_EQ(MakeSinkSdp(std::vector{VideoSink(), AudioSink()}),
            "v=0\r\n"
            "o=- 77 1 IN IP4 127.0.0.1\r\n"
            "s=peerconnectiond\r\n"
            "c=IN IP4 127.0.0.1\r\n"
            "t=0 0\r\n"
            "m=video 5004 RTP/AVP 96\r\n"
            "a=rtcp:5005\r\n"
            "a=rtpmap:96 VP8/90000\r\n"
            "a=recvonly\r\n"
            "a=ssrc:77 cname:name\r\n"
            "m=audio 5006 RTP/AVP 111\r\n"
            "a=rtcp:5006\r\n"
            "a=rtcp-mux\r\n"
            "a=rtpmap:111 opus/48000/2\r\n"
            "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
            "a=recvonly\r\n"
            "a=ssrc:78 cname:name\r\n");
}

TEST(SinkSdpTest, GivesEachSectionItsAddressWhereTheyDiffer) {
  SinkInfo other = AudioSink();
  other.config.rtp_destination = Address("[::1]:5006");
  other.config.rtcp_destination = Address("[::1]:5007");
  const std::string sdp = MakeSinkSdp(std::vector{VideoSink(), other});
  EXPECT_EQ(sdp.find("c="), sdp.find("c=IN IP4 127.0.0.1\r\na=rtcp:5005"));
  EXPECT_NE(sdp.find("m=audio 5006 RTP/AVP 111\r\nc=IN IP6 ::1\r\na=rtcp:5007\r\n"),
            std::string::npos);
}

TEST(SinkSdpTest, NamesTheRtcpAddressWhereItIsAnother) {
  SinkInfo sink = VideoSink();
  sink.config.rtcp_destination = Address("127.0.0.2:9000");
  EXPECT_NE(MakeSinkSdp(std::vector{sink}).find("a=rtcp:9000 IN IP4 127.0.0.2\r\n"),
            std::string::npos);
}

TEST(SinkSdpTest, SaysHowLongPacketsAreWhereTheRemoteDid) {
  SinkInfo sink = AudioSink();
  sink.ptime = 40;
  EXPECT_NE(MakeSinkSdp(std::vector{sink}).find("useinbandfec=1\r\na=ptime:40\r\na=recvonly\r\n"),
            std::string::npos);
  sink.maxptime = 120;
  EXPECT_NE(MakeSinkSdp(std::vector{sink})
                .find("useinbandfec=1\r\na=ptime:40\r\na=maxptime:120\r\na=recvonly\r\n"),
            std::string::npos);
}

TEST(SinkSdpTest, NothingOfARemoteDescriptionEndsALine) {
  SinkInfo sink = VideoSink();
  sink.codec->fmtp = {{"x", "1\r\na=evil"}};
  EXPECT_NE(MakeSinkSdp(std::vector{sink}).find("a=fmtp:96 x=1a=evil\r\n"), std::string::npos);
}

}  // namespace
}  // namespace pcd::media

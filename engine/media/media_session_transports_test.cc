// Sections on transports of their own: each transport is an RTP session for itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/remb.h"
#include "engine/rtp/rtcp/transport_feedback.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr size_t kFirst = 0, kSecond = 3;
constexpr uint32_t kSsrc = 0x5000;  // The remote's on either transport.
constexpr uint8_t kType = 100;      // Opus on one, VP8 on the other.

// A microphone "0" on one transport and a camera "1" on another; what tells them apart within a
// bundle is the same in both.
class TransportsTest : public ::testing::Test {
 protected:
  TransportsTest() {
    EXPECT_THAT(bench_.AddSink("a", MidSelector{"0"}, 6004), IsOk());
    EXPECT_THAT(bench_.AddSink("v", MidSelector{"1"}, 5004), IsOk());
    bench_.session->SetTracks({{"0", "microphone"}, {"1", "camera"}});
    Negotiate(kSecond);
  }

  static ReceiveParameters Audio() {
    ReceiveParameters audio = AudioSection();
    audio.transport_index = kFirst;
    audio.codecs.Edit()[0].payload_type = kType;
    audio.ssrcs = {{.ssrc = kSsrc, .cname = "remote"}};
    return audio;
  }
  static ReceiveParameters Video(size_t transport_index, uint32_t ssrc = kSsrc) {
    ReceiveParameters video = VideoSection();
    video.transport_index = transport_index;
    video.codecs.Edit()[0].payload_type = kType;
    video.codecs.Edit()[1].fmtp = {{"apt", std::to_string(kType)}};
    video.ssrcs = {{.ssrc = ssrc, .cname = "remote"}};
    return video;
  }
  void Negotiate(size_t video_transport) {
    bench_.session->SetReceivers({Audio(), Video(video_transport)});
  }

  void Sound(uint16_t sequence, std::optional<uint16_t> wide = {}) {
    bench_.Rtp({.ssrc = kSsrc,
                .payload_type = kType,
                .sequence = sequence,
                .timestamp = 960u * sequence,
                .transport_sequence = wide},
               kFirst);
  }
  void Picture(uint16_t sequence, size_t transport_index = kSecond, bool key = false,
               std::optional<uint16_t> wide = {}, uint32_t ssrc = kSsrc) {
    bench_.Rtp({.ssrc = ssrc,
                .payload_type = kType,
                .sequence = sequence,
                .timestamp = 3000u * sequence,
                .marker = true,
                .payload = key ? kKeyFrame : RtpSpec{}.payload,
                .transport_sequence = wide},
               transport_index);
  }
  // Every RTCP packet that went out on a transport.
  template <typename Take>
  void ForEachRtcp(size_t transport_index, Take take) const {
    for (size_t i = 0; i < bench_.feedback.sent.size(); ++i) {
      if (bench_.feedback.transports[i] != transport_index) continue;
      rtp::CompoundReader reader(bench_.feedback.sent[i]);
      for (rtp::RtcpPacketView view; reader.Next(view);) take(view);
    }
  }
  size_t CountOn(size_t transport_index, uint8_t type, uint8_t count) const {
    size_t found = 0;
    ForEachRtcp(transport_index, [&](const rtp::RtcpPacketView& view) {
      found += view.IsFeedback(type, count) ? 1 : 0;
    });
    return found;
  }
  // Transport-wide numbers that were reported as received, in order.
  std::vector<uint16_t> ReportedOn(size_t transport_index) const {
    std::vector<uint16_t> numbers;
    ForEachRtcp(transport_index, [&](const rtp::RtcpPacketView& view) {
      const auto feedback = rtp::ParseTransportFeedback(view);
      if (!feedback) return;
      auto statuses = feedback->statuses();
      for (rtp::TransportFeedback::Status status; statuses.Next(status);) {
        if (status.received) numbers.push_back(status.sequence);
      }
    });
    return numbers;
  }
  static Bytes MakeBye(uint32_t ssrc) {
    Bytes out(100);
    ByteWriter writer(out);
    rtp::WriteBye(writer, ssrc);
    out.resize(writer.size());
    return out;
  }

  MediaBench bench_;
  SinkReceiver audio_{bench_.outside, MediaBench::Local(6004)};
  SinkReceiver video_{bench_.outside, MediaBench::Local(5004)};
};

TEST_F(TransportsTest, OneSsrcAndPayloadTypeMeansAnotherSourceOnEach) {
  Picture(1, kSecond, true);
  Sound(70);
  Picture(2);
  Sound(71);
  bench_.Run(milliseconds(10));
  EXPECT_THAT(video_.rtp, SizeIs(2));
  EXPECT_THAT(audio_.rtp, SizeIs(2));
  const auto first = bench_.TakeEventsOf<FirstPacketEvent>();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].track_id, "camera");
  EXPECT_EQ(first[1].track_id, "microphone");
  Picture(3, 1);
  EXPECT_EQ(bench_.session->drops()[DropReason::kUnknownSsrc], 1u) << "nothing is on that one";
}

TEST_F(TransportsTest, StatisticsNameTheTransportAndAreEntriesOfTheirOwn) {
  Sound(1);
  Sound(2);
  Picture(1, kSecond, true);
  bench_.Rtcp(MakeSenderReport(kSsrc, {}, 1, "remote"), kSecond);
  const MediaStats stats = bench_.session->GetStats();
  ASSERT_THAT(stats.inbound, SizeIs(2));
  ASSERT_THAT(stats.codecs, SizeIs(2));
  ASSERT_THAT(stats.remote_outbound, SizeIs(1));
  std::set<std::string> ids;
  for (const InboundRtpStats& inbound : stats.inbound) {
    ids.insert(inbound.id);
    EXPECT_EQ(inbound.transport_id, inbound.mid == "0" ? "T0" : "T3");
    EXPECT_EQ(inbound.packets_received, inbound.mid == "0" ? 2u : 1u);
    const auto codec = std::ranges::find(stats.codecs, inbound.codec_id, &CodecStats::id);
    ASSERT_NE(codec, stats.codecs.end());
    EXPECT_EQ(codec->transport_id, inbound.transport_id);
    EXPECT_EQ(codec->mime_type, inbound.mid == "0" ? "audio/opus" : "video/VP8");
    if (inbound.mid == "1") {
      EXPECT_EQ(stats.remote_outbound[0].local_id, inbound.id);
    }
  }
  EXPECT_THAT(ids, SizeIs(2));
  EXPECT_EQ(stats.remote_outbound[0].transport_id, "T3");
}

TEST_F(TransportsTest, AKeyFrameAndLostPacketsAreAskedForWhereTheyAreMissed) {
  Picture(1);
  Picture(5);
  Sound(1);
  Sound(5);
  bench_.Run(milliseconds(200));
  EXPECT_GE(CountOn(kSecond, rtp::kRtcpPayloadFeedback, rtp::kPsfbPli), 1u);
  EXPECT_EQ(CountOn(kFirst, rtp::kRtcpPayloadFeedback, rtp::kPsfbPli), 0u);
  Picture(6, kSecond, true);
  Picture(9);
  bench_.Run(milliseconds(200));
  EXPECT_GE(CountOn(kSecond, rtp::kRtcpTransportFeedback, rtp::kRtpfbNack), 1u);
  EXPECT_EQ(CountOn(kFirst, rtp::kRtcpTransportFeedback, rtp::kRtpfbNack), 0u);
}

TEST_F(TransportsTest, EachHasTransportWideNumbersOfItsOwn) {
  for (uint16_t i = 0; i < 3; ++i) {
    Sound(i, 10 + i);
    Picture(i, kSecond, i == 0, static_cast<uint16_t>(60000 + i));
  }
  bench_.Run(milliseconds(400));
  EXPECT_THAT(ReportedOn(kFirst), ElementsAre(10, 11, 12));
  EXPECT_THAT(ReportedOn(kSecond), ElementsAre(60000, 60001, 60002));
}

TEST_F(TransportsTest, ReportsAreAboutWhatCameOnTheirTransport) {
  bench_.Rtp({.ssrc = 77, .payload_type = kType, .sequence = 5, .mid = "0"}, kFirst);
  for (uint16_t i = 0; i < 150; ++i) {
    Sound(i);
    Picture(i, kSecond, i == 0, {}, kSsrc);
    bench_.Run(milliseconds(20));
  }
  const auto sources_on = [&](size_t transport_index) {
    std::set<uint32_t> ssrcs;
    ForEachRtcp(transport_index, [&](const rtp::RtcpPacketView& view) {
      const auto report = rtp::ParseReceiverReport(view);
      for (size_t i = 0; report && i < report->block_count; ++i) {
        ssrcs.insert(report->block(i).ssrc);
      }
    });
    return ssrcs;
  };
  EXPECT_THAT(sources_on(kFirst), UnorderedElementsAre(kSsrc, 77u));
  EXPECT_THAT(sources_on(kSecond), UnorderedElementsAre(kSsrc));
}

TEST_F(TransportsTest, AGoodbyeConcernsItsTransport) {
  Sound(1);
  Picture(1, kSecond, true);
  bench_.Run(seconds(1));
  for (uint16_t i = 2; i < 200; ++i) {
    Sound(i);
    Picture(i);
    bench_.Run(milliseconds(20));
  }
  bench_.TakeEvents();
  bench_.Rtcp(MakeBye(kSsrc), kFirst);
  const auto muted = bench_.TakeEventsOf<TrackMutedEvent>();
  ASSERT_THAT(muted, SizeIs(1));
  EXPECT_EQ(muted[0].track_id, "microphone");
  EXPECT_TRUE(muted[0].muted);
  bench_.Rtcp(MakeBye(kSsrc), 1);
  EXPECT_FALSE(bench_.session->IsMuted("1"));
}

TEST_F(TransportsTest, AgreeOnTheFormOfFeedbackEachForItself) {
  ReceiveParameters video = Video(kSecond);
  video.reduced_size_rtcp = false;
  bench_.session->SetReceivers({Audio(), video});
  Picture(1, kSecond, false, 1);
  Sound(1, 1);
  bench_.Run(milliseconds(400));
  ASSERT_THAT(ReportedOn(kFirst), SizeIs(1));
  ASSERT_THAT(ReportedOn(kSecond), SizeIs(1));
  for (size_t i = 0; i < bench_.feedback.sent.size(); ++i) {
    const bool on_first = bench_.feedback.transports[i] == kFirst;
    EXPECT_EQ(bench_.feedback.sent[i][1],
              on_first ? rtp::kRtcpTransportFeedback : rtp::kRtcpReceiverReport);
  }
}

TEST_F(TransportsTest, OneMayHaveAnEstimateWhereTheOtherHasTransportWideFeedback) {
  ReceiveParameters video = Video(kSecond);
  video.codecs.Edit()[0].rtcp_feedback = {"goog-remb", "nack pli"};
  video.extensions = {{kTransportCcId, kAbsSendTimeExtensionUri}};
  bench_.session->SetReceivers({Audio(), video});
  for (uint16_t i = 0; i < 250; ++i) {
    const auto ticks =
        static_cast<uint32_t>(bench_.loop.Now().time_since_epoch().count() * (1 << 18) / 1'000'000);
    Bytes bytes = MakeRtp({.ssrc = kSsrc, .payload_type = kType, .sequence = i});
    // The same id as the other transport's numbers have.
    const Bytes time = {0xBE,
                        0xDE,
                        0,
                        1,
                        0x32,
                        static_cast<uint8_t>(ticks >> 16),
                        static_cast<uint8_t>(ticks >> 8),
                        static_cast<uint8_t>(ticks)};
    bytes[0] |= 0x10;
    bytes.insert(bytes.begin() + 12, time.begin(), time.end());
    bytes.resize(1000);
    bench_.RtpBytes(bytes, kSecond);
    Sound(i, i);
    bench_.Run(milliseconds(20));
  }
  std::vector<uint32_t> sources;
  ForEachRtcp(kSecond, [&](const rtp::RtcpPacketView& view) {
    if (const auto remb = rtp::ParseRemb(view)) sources.push_back(remb->ssrc(0));
  });
  EXPECT_THAT(sources, SizeIs(::testing::Ge(3u)));
  EXPECT_THAT(sources, Each(kSsrc));
  EXPECT_THAT(ReportedOn(kSecond), IsEmpty());
  EXPECT_THAT(ReportedOn(kFirst), SizeIs(::testing::Ge(200u)));
  EXPECT_EQ(CountOn(kFirst, rtp::kRtcpPayloadFeedback, rtp::kPsfbApplicationLayer), 0u);
}

// Bundled by a later answer: the same source, on the transport of the bundle.
TEST_F(TransportsTest, ASectionThatMovesGoesOn) {
  constexpr uint32_t kCamera = 0x7000;
  bench_.session->SetReceivers({Audio(), Video(kSecond, kCamera)});
  Sound(1, 10);
  Picture(1, kSecond, true, 100, kCamera);
  Picture(2, kSecond, false, 101, kCamera);
  bench_.Run(milliseconds(300));
  const std::string id = bench_.session->GetStats().inbound.at(1).id;
  bench_.TakeEvents();

  ReceiveParameters video = Video(kFirst, kCamera);
  video.codecs.Edit()[0].payload_type = 96;
  bench_.session->SetReceivers({Audio(), video});
  EXPECT_THAT(bench_.TakeEventsOf<SinkStateChangedEvent>(), IsEmpty());
  const auto send = [&](uint16_t sequence, uint16_t wide) {
    bench_.Rtp({.ssrc = kCamera,
                .payload_type = 96,
                .sequence = sequence,
                .timestamp = 3000u * sequence,
                .marker = true,
                .transport_sequence = wide},
               kFirst);
  };
  send(3, 11);
  send(5, 12);
  bench_.Run(milliseconds(300));
  ASSERT_THAT(video_.rtp, SizeIs(4)) << "without another key frame";
  EXPECT_EQ(static_cast<uint16_t>(video_.rtp[3].sequence - video_.rtp[0].sequence), 4);
  EXPECT_THAT(bench_.TakeEventsOf<FirstPacketEvent>(), IsEmpty());
  EXPECT_THAT(ReportedOn(kFirst), IsSupersetOf({10, 11, 12}));
  EXPECT_GE(CountOn(kFirst, rtp::kRtcpTransportFeedback, rtp::kRtpfbNack), 1u);
  EXPECT_EQ(CountOn(kSecond, rtp::kRtcpTransportFeedback, rtp::kRtpfbNack), 0u);
  const InboundRtpStats stats = bench_.session->GetStats().inbound.at(1);
  EXPECT_EQ(stats.id, id) << "the same stream";
  EXPECT_EQ(stats.transport_id, "T0");
  EXPECT_EQ(stats.packets_received, 4u);

  const uint64_t unknown = bench_.session->drops()[DropReason::kUnknownSsrc];
  Picture(6, kSecond, false, 102, kCamera);
  EXPECT_EQ(bench_.session->drops()[DropReason::kUnknownSsrc], unknown + 1);
}

TEST_F(TransportsTest, AnotherTransportOfTheIndexBeginsFromNothing) {
  constexpr uint32_t kCamera = 0x7000;
  const auto negotiate = [&](size_t video_transport) {
    bench_.session->SetReceivers({Audio(), Video(video_transport, kCamera)});
  };
  negotiate(kSecond);
  Picture(1, kSecond, true, 30000, kCamera);
  bench_.Run(milliseconds(300));
  Picture(2, kSecond, false, 30001, kCamera);
  negotiate(kFirst);
  negotiate(kSecond);
  const size_t before = ReportedOn(kSecond).size();
  bench_.Run(milliseconds(300));
  EXPECT_THAT(ReportedOn(kSecond), SizeIs(before)) << "of the former one";
  // Numbers far back would be old in the same sequence.
  Picture(3, kSecond, false, 5, kCamera);
  Picture(4, kSecond, false, 6, kCamera);
  bench_.Run(milliseconds(300));
  EXPECT_THAT(ReportedOn(kSecond), ElementsAre(30000, 5, 6));
}

TEST_F(TransportsTest, AfterTheEndNothingIsKept) {
  Picture(1, kSecond, true, 7);
  bench_.session->SetReceivers({});
  bench_.Run(seconds(5));
  EXPECT_THAT(ReportedOn(kSecond), IsEmpty());
  EXPECT_EQ(bench_.session->NextDeadline(), kNever);
  Picture(2);
  EXPECT_EQ(bench_.session->drops()[DropReason::kUnknownSsrc], 1u);
  bench_.session->Close();
  Picture(3);
  EXPECT_EQ(bench_.session->drops()[DropReason::kClosed], 1u);
}

}  // namespace
}  // namespace pcd::media

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/media/sending/send_testing.h"
#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/extended_report.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

// A video track "cam" from a UDP port, bound to one negotiated sender.
class SendSessionTest : public ::testing::Test {
 protected:
  SendSessionTest() {
    EXPECT_THAT(bench_.AddUdpTrack("cam", MediaKind::kVideo), IsOk());
    feeder_ = std::make_unique<Feeder>(bench_, "cam", 7000);
    BindCam();
  }
  void BindCam() { bench_.Bind({{.parameters = VideoSender(), .track_id = "cam"}}); }
  void Frame(uint16_t sequence, bool key = false) {
    feeder_->Rtp({.ssrc = 5,
                  .payload_type = 120,
                  .sequence = sequence,
                  .timestamp = 3000u * sequence,
                  .marker = true,
                  .payload = key ? kKeyFrame : RtpSpec{}.payload});
  }
  uint32_t ssrc() const { return bench_.session->SsrcOf("video-sender"); }
  OutboundRtpStats Outbound() const { return bench_.session->GetStats().outbound.at(0); }

  SendBench bench_;
  std::unique_ptr<Feeder> feeder_;
};

TEST_F(SendSessionTest, APacketGetsTheSendersSsrcTypeNumbersAndExtensions) {
  Frame(10, true);
  Frame(11);
  ASSERT_THAT(bench_.output.rtp, SizeIs(2));
  const SentRtp& first = bench_.output.rtp[0];
  const SentRtp& second = bench_.output.rtp[1];
  EXPECT_EQ(first.ssrc, ssrc());
  EXPECT_NE(first.ssrc, 5u);
  EXPECT_EQ(first.payload_type, kVp8Type);
  EXPECT_EQ(first.payload, kKeyFrame);
  EXPECT_TRUE(first.marker);
  EXPECT_EQ(first.mid, "1");
  ASSERT_TRUE(first.abs_send_time && first.transport_sequence && second.transport_sequence);
  EXPECT_EQ(static_cast<uint16_t>(*second.transport_sequence - *first.transport_sequence), 1);
  // 6.18 fixed point of the simulated Unix time.
  const auto micros = static_cast<uint64_t>(testing::SimNetwork::kStartUnixMicros);
  EXPECT_NEAR(*first.abs_send_time / 262144.0, static_cast<double>(micros % 64'000'000) / 1e6, 0.1);
  EXPECT_EQ(second.sequence, static_cast<uint16_t>(first.sequence + 1));
  EXPECT_EQ(second.timestamp - first.timestamp, 3000u);
}

TEST_F(SendSessionTest, VideoStartsAtAKeyFrameWhichTheSourceIsAskedFor) {
  Frame(1);
  Frame(2);
  EXPECT_THAT(bench_.output.rtp, IsEmpty());
  EXPECT_EQ(feeder_->CountOf(206, 1), 1u) << "PLIs";
  Frame(3, true);
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
  EXPECT_EQ(Outbound().key_frames_sent, 1u);
}

TEST_F(SendSessionTest, LostPacketsOfTheSourceStayMissing) {
  Frame(1, true);
  Frame(2);
  Frame(5);
  const auto sequences = bench_.output.Sequences();
  ASSERT_THAT(sequences, SizeIs(3));
  EXPECT_EQ(static_cast<uint16_t>(sequences[2] - sequences[1]), 3);
}

TEST_F(SendSessionTest, ARepetitionIsNotSentTwice) {
  Frame(1, true);
  Frame(1, true);
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
  EXPECT_EQ(bench_.session->GetTrack("cam")->counters.packets_discarded, 1u);
}

TEST_F(SendSessionTest, PaddingOnlyPacketsLeaveNoGap) {
  Frame(1, true);
  feeder_->Rtp({.ssrc = 5, .payload_type = 120, .sequence = 2, .payload = {}, .padding = 40});
  Frame(3);
  const auto sequences = bench_.output.Sequences();
  ASSERT_THAT(sequences, SizeIs(2));
  EXPECT_EQ(static_cast<uint16_t>(sequences[1] - sequences[0]), 1);
}

TEST_F(SendSessionTest, NothingIsSentBeforeTheWayIsOpenAndThenFromAKeyFrameOn) {
  bench_.output.writable = false;
  Frame(1, true);
  bench_.output.writable = true;
  bench_.Run(seconds(1));
  Frame(2);
  EXPECT_THAT(bench_.output.rtp, IsEmpty());
  EXPECT_GE(feeder_->CountOf(206, 1), 1u);
  Frame(3, true);
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
}

TEST_F(SendSessionTest, ADirectionThatDoesNotSendSendsNothing) {
  Frame(1, true);
  SendParameters stopped = VideoSender();
  stopped.sending = false;
  bench_.Bind({{.parameters = stopped, .track_id = "cam"}});
  Frame(2, true);
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
  BindCam();
  Frame(3, true);
  ASSERT_THAT(bench_.output.rtp, SizeIs(2));
  EXPECT_EQ(bench_.output.rtp[1].ssrc, bench_.output.rtp[0].ssrc);
  EXPECT_EQ(bench_.output.rtp[1].sequence,
            static_cast<uint16_t>(bench_.output.rtp[0].sequence + 1));
  EXPECT_THAT(bench_.output.byes, IsEmpty());
}

TEST_F(SendSessionTest, AnInactiveEncodingSendsNothing) {
  bench_.Bind({{.parameters = VideoSender(), .track_id = "cam", .active = false}});
  Frame(1, true);
  EXPECT_THAT(bench_.output.rtp, IsEmpty());
}

TEST_F(SendSessionTest, AnotherTrackGoesOnWithNumbersAndTimeFromItsKeyFrame) {
  Frame(1, true);
  ASSERT_THAT(bench_.AddUdpTrack("screen", MediaKind::kVideo), IsOk());
  Feeder screen(bench_, "screen", 7100);
  bench_.Bind({{.parameters = VideoSender(), .track_id = "screen"}});
  Frame(2, true);
  EXPECT_THAT(bench_.output.rtp, SizeIs(1)) << "the former track is not sent";
  bench_.Run(milliseconds(100));
  screen.Rtp({.ssrc = 9, .payload_type = 100, .sequence = 40000, .timestamp = 7});
  EXPECT_THAT(bench_.output.rtp, SizeIs(1)) << "no key frame yet";
  EXPECT_EQ(screen.CountOf(206, 1), 1u);
  screen.Rtp(
      {.ssrc = 9, .payload_type = 100, .sequence = 40001, .timestamp = 7, .payload = kKeyFrame});
  ASSERT_THAT(bench_.output.rtp, SizeIs(2));
  const SentRtp& before = bench_.output.rtp[0];
  const SentRtp& after = bench_.output.rtp[1];
  EXPECT_EQ(after.ssrc, before.ssrc);
  EXPECT_EQ(after.sequence, static_cast<uint16_t>(before.sequence + 1));
  // A tenth of a second at 90 kHz, and what the packets themselves took.
  EXPECT_NEAR(static_cast<double>(after.timestamp - before.timestamp), 9000, 200);
}

TEST_F(SendSessionTest, OneTrackMayFeedSeveralSenders) {
  SendParameters second = VideoSender("second");
  second.mid = "2";
  bench_.Bind({{.parameters = VideoSender(), .track_id = "cam"},
               {.parameters = second, .track_id = "cam"}});
  Frame(1, true);
  ASSERT_THAT(bench_.output.rtp, SizeIs(2));
  EXPECT_NE(bench_.output.rtp[0].ssrc, bench_.output.rtp[1].ssrc);
  EXPECT_EQ(bench_.output.rtp[1].mid, "2");
}

TEST_F(SendSessionTest, ACodecThatIsNotNegotiatedIsNotSent) {
  UdpSourceConfig config;
  config.codec = {.name = "H264", .clock_rate = 90000};
  ASSERT_THAT(bench_.AddUdpTrack("h264", MediaKind::kVideo, config), IsOk());
  Feeder feeder(bench_, "h264", 7200);
  bench_.Bind({{.parameters = VideoSender(), .track_id = "h264"}});
  feeder.Rtp({.ssrc = 1, .sequence = 1});
  EXPECT_THAT(bench_.output.rtp, IsEmpty());
  EXPECT_EQ(bench_.session->GetTrack("h264")->counters.packets_received, 1u);
}

TEST_F(SendSessionTest, APliBecomesAnEventAndAPliToTheSource) {
  Frame(1, true);
  bench_.Run(seconds(1));
  bench_.Rtcp(MakePli(ssrc()));
  bench_.Run(milliseconds(1));
  EXPECT_EQ(feeder_->CountOf(206, 1), 1u);
  const auto events = bench_.TakeEventsOf<KeyFrameWantedEvent>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].track_id, "cam");
  EXPECT_EQ(events[0].sender_id, "video-sender");
  EXPECT_EQ(events[0].rid, "");
  EXPECT_EQ(Outbound().pli_count, 1u);
}

TEST_F(SendSessionTest, ARequestForAKeyFrameNamesTheEncodingThatIsSent) {
  bench_.Bind({{.parameters = VideoSender(), .track_id = "cam", .rid = "q"}});
  Frame(1, true);
  bench_.Rtcp(MakePli(ssrc()));
  bench_.Run(milliseconds(1));
  const auto events = bench_.TakeEventsOf<KeyFrameWantedEvent>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].rid, "q");
}

TEST_F(SendSessionTest, AFirIsPassedOnOnceHoweverOftenItIsRepeated) {
  Frame(1, true);
  bench_.Run(milliseconds(600));
  bench_.Rtcp(MakeFir(ssrc(), 7));
  bench_.Run(milliseconds(1));
  Frame(2, true);
  bench_.Run(milliseconds(600));
  bench_.Rtcp(MakeFir(ssrc(), 7));
  bench_.Run(milliseconds(1));
  EXPECT_EQ(feeder_->CountOf(206, 4), 1u);
  bench_.Rtcp(MakeFir(ssrc(), 8));
  bench_.Run(milliseconds(1));
  EXPECT_EQ(feeder_->CountOf(206, 4), 2u);
  EXPECT_EQ(Outbound().fir_count, 3u);
}

TEST_F(SendSessionTest, ManyPlisBecomeFewRequestsAndEvents) {
  Frame(1, true);
  for (int i = 0; i < 100; ++i) {
    bench_.Rtcp(MakePli(ssrc()));
    bench_.Run(milliseconds(2));
  }
  EXPECT_LE(feeder_->CountOf(206, 1), 2u);
  EXPECT_THAT(bench_.TakeEventsOf<KeyFrameWantedEvent>(), SizeIs(1));
}

TEST_F(SendSessionTest, FeedbackAboutOtherStreamsIsNotOurs) {
  Frame(1, true);
  bench_.Rtcp(MakePli(ssrc() + 1));
  bench_.Rtcp(MakeFir(ssrc() + 1, 1));
  bench_.Rtcp(MakeReceiverReport({.ssrc = ssrc() + 1, .cumulative_lost = 5}));
  EXPECT_THAT(bench_.TakeEventsOf<KeyFrameWantedEvent>(), IsEmpty());
  EXPECT_THAT(bench_.session->GetStats().remote_inbound, IsEmpty());
}

TEST_F(SendSessionTest, ASenderReportFollowsSoonWithCountsAndCname) {
  Frame(1, true);
  Frame(2);
  bench_.Run(milliseconds(20));
  ASSERT_THAT(bench_.output.reports, SizeIs(1));
  const ReceivedReport& sent = bench_.output.reports[0];
  EXPECT_EQ(sent.report.sender_ssrc, ssrc());
  EXPECT_EQ(sent.cname, "ours");
  EXPECT_EQ(sent.report.packet_count, 2u);
  EXPECT_EQ(sent.report.octet_count, kKeyFrame.size() + RtpSpec{}.payload.size());
  // The same instant in both clocks: the newest packet's timestamp and the time since.
  const auto& newest = bench_.output.rtp[1];
  EXPECT_LE(sent.report.rtp_timestamp - newest.timestamp, 90u * 20);
}

TEST_F(SendSessionTest, ReportsStopWithThePackets) {
  Frame(1, true);
  bench_.Run(seconds(10));
  const size_t reports = bench_.output.reports.size();
  EXPECT_LE(reports, 3u);
  bench_.Run(seconds(10));
  EXPECT_EQ(bench_.output.reports.size(), reports);
}

TEST_F(SendSessionTest, ReportsFollowTheClockOfTheSourcesReports) {
  Frame(1, true);
  const NtpTime theirs = NtpFromUnixMicros(1'000'000'000'000'000);
  feeder_->Rtcp(MakeSenderReport(5, theirs, 3000, "app"));
  const Timestamp reported = bench_.loop.Now();
  for (uint16_t i = 2; i < 40; ++i) {
    bench_.Run(milliseconds(50));
    Frame(i);
  }
  ASSERT_GE(bench_.output.reports.size(), 2u);
  const rtp::SenderReport& last = bench_.output.reports.back().report;
  const uint32_t offset = bench_.output.rtp[0].timestamp - 3000;  // Of the first packet.
  // 90 units a millisecond from the source's own report on, whatever the packets' timestamps.
  const double passed_ms =
      static_cast<double>(rtp::NtpMicros(last.ntp) -
                          rtp::NtpMicros(NtpFromUnixMicros(bench_.loop.UnixMicros()))) /
      1000.0;
  EXPECT_LE(passed_ms, 0);
  const Duration since = bench_.loop.Now() - reported;
  const double units = static_cast<double>(last.rtp_timestamp - offset - 3000);
  EXPECT_NEAR(units / 90.0, static_cast<double>(since.count()) / 1000.0 + passed_ms, 5);
}

TEST_F(SendSessionTest, AReceiverReportShowsLossJitterAndRoundTrip) {
  Frame(1, true);
  bench_.Run(milliseconds(20));
  ASSERT_THAT(bench_.output.reports, SizeIs(1));
  bench_.Run(milliseconds(80));
  // The remote held it for 50 ms of the 90 since it was sent (the first goes out after 10).
  bench_.Rtcp(MakeReceiverReport({.ssrc = ssrc(),
                                  .fraction_lost = 64,
                                  .cumulative_lost = 12,
                                  .jitter = 900,
                                  .last_sr = bench_.output.reports[0].report.ntp.Compact(),
                                  .delay_since_last_sr = 65536 / 20}));
  const auto stats = bench_.session->GetStats().remote_inbound;
  ASSERT_THAT(stats, SizeIs(1));
  EXPECT_EQ(stats[0].packets_lost, 12);
  EXPECT_DOUBLE_EQ(stats[0].fraction_lost, 0.25);
  EXPECT_DOUBLE_EQ(stats[0].jitter, 0.01);
  ASSERT_TRUE(stats[0].round_trip_time.has_value());
  EXPECT_NEAR(*stats[0].round_trip_time, 0.040, 0.002);
  EXPECT_EQ(stats[0].round_trip_time_measurements, 1u);
  EXPECT_EQ(stats[0].local_id, Outbound().id);
  EXPECT_EQ(Outbound().remote_id, stats[0].id);
  // Told of again, it is as old as it is.
  EXPECT_EQ(stats[0].arrived_us, bench_.loop.UnixMicros());
  bench_.Run(milliseconds(700));
  EXPECT_EQ(bench_.session->GetStats().remote_inbound.at(0).arrived_us, stats[0].arrived_us);
}

// What reports said of a receiver's time after it was told, in 1/65536 s; by its SSRC.
std::map<uint32_t, uint32_t> DelaysIn(const OutputLog& log, uint32_t sender_ssrc) {
  std::map<uint32_t, uint32_t> delays;
  for (const Bytes& bytes : log.rtcp) {
    rtp::RtcpPacketView view;
    for (rtp::CompoundReader reader(bytes); reader.Next(view);) {
      rtp::XrBlockReader blocks(view);
      for (rtp::XrBlock block; blocks.Next(block);) {
        EXPECT_EQ(blocks.sender_ssrc(), sender_ssrc);
        const ByteSpan read = rtp::ParseDelays(block);
        for (size_t i = 0; i < read.size() / rtp::kDelaySinceLastRrBytes; ++i) {
          delays[rtp::LoadDelay(read, i).ssrc] = rtp::LoadDelay(read, i).delay;
        }
      }
    }
  }
  return delays;
}

Bytes MakeReferenceTime(uint32_t ssrc) {
  Bytes bytes(100);
  ByteWriter out(bytes);
  rtp::WriteReferenceTime(out, ssrc, NtpTime{uint64_t{77} << 32});
  bytes.resize(out.size());
  return bytes;
}

TEST_F(SendSessionTest, WhatReceiversTellOfTheirTimeIsAnsweredWithTheReports) {
  Frame(1, true);
  bench_.Rtcp(MakeReferenceTime(8));
  bench_.Run(milliseconds(20));
  ASSERT_THAT(bench_.output.reports, SizeIs(1));
  EXPECT_TRUE(DelaysIn(bench_.output, ssrc()).empty()) << "it is not negotiated";

  SendParameters parameters = VideoSender();
  parameters.receiver_reference_time = true;
  bench_.Bind({{.parameters = parameters, .track_id = "cam"}});
  bench_.Rtcp(MakeReferenceTime(8));
  bench_.Rtcp(MakeReferenceTime(9), 1);  // Of another transport.
  const Timestamp told = bench_.loop.Now();
  Frame(2);
  while (bench_.output.reports.size() < 2) bench_.Run(milliseconds(1));
  const auto delays = DelaysIn(bench_.output, ssrc());
  ASSERT_THAT(delays, SizeIs(1));
  EXPECT_NEAR(delays.at(8) / 65536.0,
              std::chrono::duration<double>(bench_.loop.Now() - told).count(), 0.002);
}

TEST_F(SendSessionTest, WhatTheRemoteReceivedFollowsFromItsReport) {
  Frame(1, true);
  const uint32_t first = bench_.output.rtp.at(0).sequence;
  const auto received = [&](uint32_t highest, int32_t lost) {
    bench_.Rtcp(MakeReceiverReport(
        {.ssrc = ssrc(), .cumulative_lost = lost, .extended_sequence = highest}));
    return bench_.session->GetStats().remote_inbound.at(0).packets_received;
  };
  EXPECT_EQ(received(first, 0), 1u);
  EXPECT_EQ(received(first + 99, 10), 90u);
  EXPECT_EQ(received(first + 99, -3), 103u) << "some came twice";
  EXPECT_EQ(received(first + 0x10000, 0), 0x10001u);
  EXPECT_EQ(received(first, 5), 0u);
  EXPECT_EQ(received(0, 0), 0x10001u - first) << "it missed all before the wrap";
}

TEST_F(SendSessionTest, StatisticsTellTheSizeAndTheRateOfFrames) {
  Frame(1, true);
  for (uint16_t i = 2; i <= 60; ++i) {
    Frame(i);
    bench_.Run(milliseconds(25));
  }
  SendStats stats = bench_.session->GetStats();
  EXPECT_EQ(stats.outbound.at(0).frame_width, 320u);
  EXPECT_EQ(stats.outbound.at(0).frame_height, 240u);
  EXPECT_EQ(stats.outbound.at(0).frames_per_second, 40u);
  EXPECT_EQ(stats.sources.at(0).width, 320u);
  EXPECT_EQ(stats.sources.at(0).height, 240u);
  EXPECT_EQ(stats.sources.at(0).frames_per_second, 40u);
  // Of what was sent before, nothing is as large as two and a half times the others.
  EXPECT_EQ(stats.outbound.at(0).huge_frames_sent, 0u);
  Frame(61, true);  // Eleven bytes; the others have four.
  EXPECT_EQ(Outbound().huge_frames_sent, 1u);
  bench_.Run(seconds(2));
  EXPECT_EQ(Outbound().frames_per_second, 0u);
}

TEST_F(SendSessionTest, ASenderThatIsGoneSaysByeAndItsSsrcIsForgotten) {
  Frame(1, true);
  const uint32_t before = ssrc();
  bench_.Bind({});
  EXPECT_THAT(bench_.output.byes, ElementsAre(before));
  EXPECT_THAT(bench_.output.forgotten, ElementsAre(before, ::testing::Ne(before)))
      << "that of its retransmissions too";
  EXPECT_EQ(ssrc(), 0u);
}

TEST_F(SendSessionTest, TheSourcesThatWereAnnouncedAreUsed) {
  bench_.Bind({});
  SendParameters announced = VideoSender("other");
  announced.ssrc = 1234;
  announced.rtx_ssrc = 5678;
  bench_.Bind({{.parameters = announced, .track_id = "cam"}});
  Frame(1, true);
  ASSERT_THAT(bench_.output.rtp, SizeIs(1));
  EXPECT_EQ(bench_.output.rtp[0].ssrc, 1234u);
  EXPECT_EQ(bench_.session->GetStats().outbound.at(0).rtx_ssrc, 5678u);
}

TEST_F(SendSessionTest, CloseSaysByeOnceAndEndsEverything) {
  Frame(1, true);
  bench_.session->Close();
  bench_.session->Close();
  EXPECT_THAT(bench_.output.byes, SizeIs(1));
  EXPECT_THAT(bench_.session->ListTracks(), IsEmpty());
  EXPECT_EQ(bench_.session->NextDeadline(), kNever);
}

TEST_F(SendSessionTest, ADeletedTrackIsSentNoMore) {
  Frame(1, true);
  const auto last = bench_.session->DeleteTrack("cam");
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(last->state, SourceState::kEnded);
  EXPECT_EQ(last->counters.packets_received, 1u);
  Frame(2, true);
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
  EXPECT_THAT(bench_.session->GetTrack("cam"), HasReason(ErrorReason::TRACK_NOT_FOUND));
  EXPECT_THAT(bench_.session->DeleteTrack("cam"), HasReason(ErrorReason::TRACK_NOT_FOUND));
}

TEST_F(SendSessionTest, TheStateOfASourceIsTold) {
  Frame(1, true);
  Frame(2);
  auto events = bench_.TakeEventsOf<SourceStateChangedEvent>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].previous, SourceState::kWaiting);
  EXPECT_EQ(bench_.session->GetTrack("cam")->state, SourceState::kActive);
  bench_.Run(milliseconds(2100));
  events = bench_.TakeEventsOf<SourceStateChangedEvent>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].previous, SourceState::kActive);
  EXPECT_EQ(bench_.session->GetTrack("cam")->state, SourceState::kSilent);
  Frame(3);
  EXPECT_THAT(bench_.TakeEventsOf<SourceStateChangedEvent>(), SizeIs(1));
}

TEST_F(SendSessionTest, AnIdleSessionHasNoDeadline) {
  EXPECT_EQ(bench_.session->NextDeadline(), kNever);
  Frame(1, true);
  EXPECT_NE(bench_.session->NextDeadline(), kNever);
  bench_.Run(seconds(30));
  EXPECT_EQ(bench_.session->NextDeadline(), kNever);
}

TEST_F(SendSessionTest, StatisticsNameEachOther) {
  Frame(1, true);
  Frame(2);
  const SendStats stats = bench_.session->GetStats();
  ASSERT_THAT(stats.outbound, SizeIs(1));
  ASSERT_THAT(stats.sources, SizeIs(1));
  ASSERT_THAT(stats.codecs, SizeIs(1));
  EXPECT_EQ(stats.outbound[0].media_source_id, stats.sources[0].id);
  EXPECT_EQ(stats.outbound[0].codec_id, stats.codecs[0].id);
  EXPECT_EQ(stats.codecs[0].mime_type, "video/VP8");
  EXPECT_EQ(stats.outbound[0].packets_sent, 2u);
  EXPECT_EQ(stats.outbound[0].frames_sent, 2u);
  EXPECT_EQ(stats.outbound[0].bytes_sent, kKeyFrame.size() + RtpSpec{}.payload.size());
  // Fixed header and one extension: 4 head, 4 abs-send-time, 3 transport, 2 mid, padded.
  EXPECT_EQ(stats.outbound[0].header_bytes_sent, 2u * (12 + 16));
  EXPECT_EQ(stats.sources[0].track_identifier, "cam");
  EXPECT_EQ(stats.sources[0].frames, 2u);
  EXPECT_EQ(stats.sources[0].bytes_received, stats.outbound[0].bytes_sent);
}

TEST_F(SendSessionTest, TracksHaveUniqueIdsAndALimit) {
  EXPECT_THAT(bench_.AddTestTrack("cam", MediaKind::kVideo),
              HasReason(ErrorReason::ALREADY_EXISTS));
  EXPECT_THAT(bench_.AddTestTrack("a b", MediaKind::kVideo),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  SendBench small({.max_local_tracks = 1});
  EXPECT_THAT(small.AddTestTrack("1", MediaKind::kAudio), IsOk());
  EXPECT_THAT(small.AddTestTrack("2", MediaKind::kAudio), HasReason(ErrorReason::LIMIT_EXCEEDED));
}

TEST(SendExtensionsTest, LargeIdsAndNamesUseTheTwoByteForm) {
  SendBench bench;
  ASSERT_THAT(bench.AddUdpTrack("mic", MediaKind::kAudio), IsOk());
  Feeder feeder(bench, "mic", 7000);
  SendParameters p = AudioSender();
  p.mid = "a-mid-of-more-than-16-bytes";
  bench.Bind({{.parameters = p, .track_id = "mic"}});
  feeder.Rtp({.ssrc = 1, .payload_type = 0, .sequence = 1});
  ASSERT_THAT(bench.output.rtp, SizeIs(1));
  EXPECT_EQ(bench.output.rtp[0].mid, p.mid);
  EXPECT_TRUE(bench.output.rtp[0].transport_sequence.has_value());
}

TEST(SendExtensionsTest, ALayerIsNamedByItsRidAndWhatRepairsItByTheOtherExtension) {
  const std::vector<HeaderExtension> negotiated = {
      {1, kMidExtensionUri}, {2, kRidExtensionUri}, {3, kRepairedRidExtensionUri}};
  const auto bytes = [&](const std::vector<HeaderExtension>& of, bool repairs) {
    SendExtensions extensions;
    extensions.Set(of, "0", "hi", repairs);
    std::vector<uint8_t> out(extensions.size());
    extensions.Write(out.data(), {});
    return out;
  };
  EXPECT_THAT(bytes(negotiated, false),
              ElementsAre(0xBE, 0xDE, 0, 2, 0x10, '0', 0x21, 'h', 'i', 0, 0, 0));
  EXPECT_THAT(bytes(negotiated, true),
              ElementsAre(0xBE, 0xDE, 0, 2, 0x10, '0', 0x31, 'h', 'i', 0, 0, 0));
  // As long as without: packets that are sent again keep their size.
  EXPECT_THAT(bytes({negotiated[0], negotiated[1]}, true),
              ElementsAre(0xBE, 0xDE, 0, 2, 0x10, '0', 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(bytes({negotiated[0]}, false), ElementsAre(0xBE, 0xDE, 0, 1, 0x10, '0', 0, 0));
}

TEST_F(SendSessionTest, AnotherLayerIsAnotherStream) {
  SendParameters p = VideoSender();
  p.ssrc = p.rtx_ssrc = 0;
  p.rids = {"q", "f"};
  bench_.Bind({{.parameters = p, .track_id = "cam", .rid = "q"}});
  const uint32_t first = bench_.session->SsrcOf(p.sender_id);
  bench_.Bind({{.parameters = p, .track_id = "cam", .active = false, .rid = "q"}});
  EXPECT_EQ(bench_.session->SsrcOf(p.sender_id), first);
  bench_.Bind({{.parameters = p, .track_id = "cam", .rid = "f"}});
  EXPECT_NE(bench_.session->SsrcOf(p.sender_id), first);
}

TEST(SendExtensionsTest, WithoutExtensionsThereIsNone) {
  SendExtensions none;
  none.Set({}, "0");
  EXPECT_EQ(none.size(), 0u);
  none.Set({{15, kMidExtensionUri}, {300, kAbsSendTimeExtensionUri}}, "0");
  EXPECT_EQ(none.size(), 0u) << "ids that cannot be written";
  none.Set({{1, kMidExtensionUri, Direction::kRecvOnly}}, "0");
  EXPECT_EQ(none.size(), 0u) << "not in our direction";
}

}  // namespace
}  // namespace pcd::media

// Sender reports to sinks: the RTP clock that a receiver maps to wall-clock time.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The remote's NTP clock, far from ours.
constexpr int64_t kRemoteNtpMicros = 3'000'000'000'000'000;

class ReportTest : public ::testing::Test {
 protected:
  ReportTest() {
    EXPECT_THAT(bench.AddSink("v", KindSelector{MediaKind::kVideo, 0}, 5004), IsOk());
    EXPECT_THAT(bench.AddSink("a", KindSelector{MediaKind::kAudio, 0}, 6004), IsOk());
    bench.Negotiate();
  }

  // Video and audio captured at the same instants, for `duration`.
  void Flow(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += milliseconds(20)) {
      const Duration now = bench.loop.Now() - start_;
      bench.Rtp({.sequence = sequence_,
                 .timestamp = VideoTime(now),
                 .payload = sequence_ == 0 ? kKeyFrame : RtpSpec{}.payload});
      bench.Rtp({.ssrc = kAudioSsrc,
                 .payload_type = kOpusType,
                 .sequence = sequence_,
                 .timestamp = AudioTime(now)});
      ++sequence_;
      bench.Run(milliseconds(20));
    }
  }
  static uint32_t VideoTime(Duration now) {
    return 1'000'000u + static_cast<uint32_t>(rtp::RtpUnits(now, 90000));
  }
  static uint32_t AudioTime(Duration now) {
    return 0xFFFFF000u + static_cast<uint32_t>(rtp::RtpUnits(now, 48000));
  }
  void RemoteReports() {
    const Duration now = bench.loop.Now() - start_;
    const NtpTime ntp = rtp::NtpFromMicros(kRemoteNtpMicros + now.count());
    bench.Rtcp(MakeSenderReport(kVideoSsrc, ntp, VideoTime(now), "remote"));
    bench.Rtcp(MakeSenderReport(kAudioSsrc, ntp, AudioTime(now), "remote"));
  }
  // The wall-clock time, in Unix microseconds, that `report` gives to an RTP timestamp.
  static int64_t WallClock(const ReceivedReport& report, uint32_t timestamp, uint32_t rate) {
    const int64_t unix_us =
        rtp::NtpMicros(report.report.ntp) - rtp::NtpMicros(NtpFromUnixMicros(0));
    const auto units = static_cast<int32_t>(timestamp - report.report.rtp_timestamp);
    return unix_us + rtp::RtpDuration(units, rate).count();
  }
  // Every packet's timestamp, through every report, means when it arrived.
  static void ExpectClockFits(const SinkReceiver& receiver, uint32_t rate) {
    ASSERT_FALSE(receiver.reports.empty());
    for (const ReceivedReport& report : receiver.reports) {
      for (const ReceivedRtp& packet : receiver.rtp) {
        EXPECT_LE(std::abs(WallClock(report, packet.timestamp, rate) - packet.unix_us), 2000);
      }
    }
  }

  MediaBench bench;
  SinkReceiver video{bench.outside, MediaBench::Local(5004)};
  SinkReceiver audio{bench.outside, MediaBench::Local(6004)};
  const Timestamp start_ = bench.loop.Now();
  uint16_t sequence_ = 0;
};

TEST_F(ReportTest, TheFirstReportComesSoonAndThenOneEachSecond) {
  Flow(milliseconds(100));
  ASSERT_EQ(video.reports.size(), 1u);
  EXPECT_EQ(video.reports[0].cname, "ours");
  EXPECT_EQ(video.reports[0].report.sender_ssrc, video.rtp[0].ssrc);
  Flow(seconds(5));
  EXPECT_EQ(video.reports.size(), 6u);
}

TEST_F(ReportTest, CountersMatchWhatWasSent) {
  Flow(seconds(2));
  const rtp::SenderReport& report = audio.reports.back().report;
  EXPECT_GT(report.packet_count, 40u);
  EXPECT_LE(report.packet_count, audio.rtp.size());
  EXPECT_EQ(report.octet_count, report.packet_count * 4);
}

TEST_F(ReportTest, BeforeTheRemoteReportsTheClockFollowsArrival) {
  Flow(seconds(3));
  ExpectClockFits(video, 90000);
  ExpectClockFits(audio, 48000);
}

TEST_F(ReportTest, WithRemoteReportsTheClockIsTheRemotesInOurTime) {
  Flow(milliseconds(500));
  for (int i = 0; i < 4; ++i) {
    RemoteReports();
    Flow(seconds(1));
  }
  ExpectClockFits(video, 90000);
  ExpectClockFits(audio, 48000);
}

TEST_F(ReportTest, AudioAndVideoStayInSyncAsTheRemoteMeantThem) {
  Flow(milliseconds(100));
  // The remote says: this video timestamp was captured 250 ms before it was sent.
  const Duration now = bench.loop.Now() - start_;
  const NtpTime ntp = rtp::NtpFromMicros(kRemoteNtpMicros);
  bench.Rtcp(MakeSenderReport(kAudioSsrc, ntp, AudioTime(now), "remote"));
  bench.Rtcp(MakeSenderReport(kVideoSsrc, ntp, VideoTime(now + milliseconds(250)), "remote"));
  Flow(seconds(2));
  const int64_t audio_wall = WallClock(audio.reports.back(), AudioTime(now), 48000);
  const int64_t video_wall =
      WallClock(video.reports.back(), VideoTime(now + milliseconds(250)), 90000);
  EXPECT_LE(std::abs(audio_wall - video_wall), 100);
}

TEST_F(ReportTest, AfterAPauseTheClockStillFits) {
  Flow(seconds(1));
  RemoteReports();
  ASSERT_THAT(bench.session->UpdateSink("a", {.paused = true}), IsOk());
  Flow(seconds(3));
  ASSERT_THAT(bench.session->UpdateSink("a", {.paused = false}), IsOk());
  Flow(seconds(2));
  ExpectClockFits(audio, 48000);
}

TEST_F(ReportTest, ASilentSourceIsReportedNoMoreAndNoTimerStays) {
  Flow(seconds(1));
  bench.Run(seconds(5));
  EXPECT_EQ(bench.session->NextDeadline(), kNever);
  const size_t reports = video.reports.size();
  EXPECT_LE(reports, 4u);
  Flow(seconds(2));
  EXPECT_GT(video.reports.size(), reports);
}

TEST_F(ReportTest, AnotherSourceKeepsReportsTrue) {
  Flow(seconds(1));
  bench.Run(seconds(1));
  for (uint16_t i = 0; i < 100; ++i) {
    const Duration now = bench.loop.Now() - start_;
    bench.Rtp({.ssrc = 900,
               .sequence = i,
               .timestamp = 7 + static_cast<uint32_t>(rtp::RtpUnits(now, 90000)),
               .payload = i == 0 ? kKeyFrame : RtpSpec{}.payload,
               .mid = "1"});
    bench.Run(milliseconds(20));
  }
  ASSERT_GT(video.reports.size(), 2u);
  ExpectClockFits(video, 90000);
}

}  // namespace
}  // namespace pcd::media

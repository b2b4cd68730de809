#include "engine/media/sender_clock.h"

#include <gtest/gtest.h>

#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart(seconds(100));
constexpr int64_t kUnix = 1'700'000'000'000'000;

int64_t UnixAt(Timestamp now) { return kUnix + (now - kStart).count(); }
int64_t LocalNtp(Timestamp now) { return rtp::NtpMicros(NtpFromUnixMicros(UnixAt(now))); }

SenderReportState Report(int64_t remote_micros, uint32_t rtp_timestamp, Timestamp arrival,
                         uint64_t reports = 1) {
  return {.ntp = rtp::NtpFromMicros(remote_micros),
          .rtp_timestamp = rtp_timestamp,
          .arrival = arrival,
          .reports = reports};
}

TEST(SenderClocksTest, TheFirstReportMeansNowInOurTime) {
  SenderClocks clocks;
  const auto report = Report(5'000'000, 1234, kStart);
  clocks.OnReport("a", report, {}, kUnix);
  const auto pair = clocks.At(kStart + seconds(1), "a", report, 90000);
  ASSERT_TRUE(pair);
  EXPECT_EQ(rtp::NtpMicros(pair->ntp), LocalNtp(kStart + seconds(1)));
  EXPECT_EQ(pair->rtp_timestamp, 1234u + 90000);
}

TEST(SenderClocksTest, StreamsOfOneCnameKeepTheirSync) {
  SenderClocks clocks;
  const auto audio = Report(5'000'000, 48000, kStart);
  clocks.OnReport("a", audio, {}, kUnix);
  // The video report was sent at the same remote instant and took 30 ms longer.
  const Timestamp late = kStart + milliseconds(30);
  const auto video = Report(5'000'000, 90000, late);
  clocks.OnReport("a", video, {}, UnixAt(late));
  const auto audio_pair = clocks.At(kStart, "a", audio, 48000);
  const auto video_pair = clocks.At(late, "a", video, 90000);
  EXPECT_EQ(audio_pair->ntp, video_pair->ntp);
}

TEST(SenderClocksTest, AnotherCnameHasAnotherClock) {
  SenderClocks clocks;
  const auto a = Report(5'000'000, 0, kStart);
  const auto b = Report(900'000'000, 0, kStart);
  clocks.OnReport("a", a, {}, kUnix);
  clocks.OnReport("b", b, {}, kUnix);
  EXPECT_EQ(clocks.At(kStart, "a", a, 90000)->ntp, clocks.At(kStart, "b", b, 90000)->ntp);
}

TEST(SenderClocksTest, JitterOfLaterReportsMovesNothing) {
  SenderClocks clocks;
  const auto first = Report(5'000'000, 0, kStart);
  clocks.OnReport("a", first, {}, kUnix);
  const Timestamp late = kStart + milliseconds(1040);
  const auto second = Report(6'000'000, 90000, late, 2);
  clocks.OnReport("a", second, first, UnixAt(late));
  EXPECT_EQ(rtp::NtpMicros(clocks.At(late, "a", second, 90000)->ntp),
            LocalNtp(kStart + seconds(1)));
}

// By how much the clock of "a" puts a report later than `sent`, when it was sent in our time; NTP
// fractions round to a microsecond.
int64_t LateMicros(const SenderClocks& clocks, const SenderReportState& report, Timestamp sent) {
  return rtp::NtpMicros(clocks.At(report.arrival, "a", report, 90000)->ntp) - LocalNtp(sent);
}

TEST(SenderClocksTest, AQuickerReportSoonAfterALateFirstOneCorrectsTheClock) {
  SenderClocks clocks;
  const auto first = Report(5'000'000, 0, kStart + milliseconds(260));
  clocks.OnReport("a", first, {}, UnixAt(first.arrival));
  const auto quick = Report(6'000'000, 90000, kStart + milliseconds(1010), 2);
  clocks.OnReport("a", quick, first, UnixAt(quick.arrival));
  EXPECT_NEAR(LateMicros(clocks, quick, kStart + seconds(1)), 10'000, 1);
  const auto slow = Report(7'000'000, 180000, kStart + milliseconds(2500), 3);
  clocks.OnReport("a", slow, quick, UnixAt(slow.arrival));
  EXPECT_NEAR(LateMicros(clocks, slow, kStart + seconds(2)), 10'000, 1);
}

TEST(SenderClocksTest, OnceSettledAClockIsKept) {
  SenderClocks clocks;
  const auto first = Report(5'000'000, 0, kStart + milliseconds(260));
  clocks.OnReport("a", first, {}, UnixAt(first.arrival));
  const auto quick = Report(16'000'000, 90000, kStart + seconds(11), 2);
  clocks.OnReport("a", quick, first, UnixAt(quick.arrival));
  EXPECT_NEAR(LateMicros(clocks, quick, kStart + seconds(11)), 260'000, 1);
}

TEST(SenderClocksTest, AStepOfTheRemoteClockIsTakenOut) {
  SenderClocks clocks;
  const auto first = Report(5'000'000, 0, kStart);
  clocks.OnReport("a", first, {}, kUnix);
  const Timestamp later = kStart + seconds(1);
  const auto second = Report(3'600'000'000, 90000, later, 2);
  clocks.OnReport("a", second, first, UnixAt(later));
  EXPECT_EQ(rtp::NtpMicros(clocks.At(later, "a", second, 90000)->ntp), LocalNtp(later));
}

TEST(SenderClocksTest, WithoutAReportOrAWallClockThereIsNoInstant) {
  SenderClocks clocks;
  EXPECT_FALSE(clocks.At(kStart, "a", {}, 90000));
  const auto zero = Report(0, 1, kStart);
  clocks.OnReport("a", zero, {}, kUnix);
  EXPECT_FALSE(clocks.At(kStart, "a", zero, 90000));
}

TEST(SenderClocksTest, NamesAreCapped) {
  SenderClocks clocks;
  const auto report = Report(5'000'000, 0, kStart);
  for (size_t i = 0; i < SenderClocks::kMaxClocks + 5; ++i) {
    clocks.OnReport(std::to_string(i), report, {}, kUnix);
  }
  EXPECT_TRUE(clocks.At(kStart, std::to_string(SenderClocks::kMaxClocks - 1), report, 90000));
  EXPECT_FALSE(clocks.At(kStart, std::to_string(SenderClocks::kMaxClocks), report, 90000));
}

}  // namespace
}  // namespace pcd::media

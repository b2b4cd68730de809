// Who was heard (W3C getSynchronizationSources and getContributingSources).
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/media/rtp_source.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SourceTest : public ::testing::Test {
 protected:
  SourceTest() { bench.Negotiate(); }

  RtpSpec Audio(uint16_t sequence) {
    return {.ssrc = kAudioSsrc,
            .payload_type = kOpusType,
            .sequence = sequence,
            .timestamp = 960u * sequence,
            .payload = {1, 2, 3}};
  }
  RtpSources AudioSources() { return bench.session->GetSources("0"); }
  int64_t UnixNow() { return bench.loop.UnixMicros(); }

  MediaBench bench;
};

std::vector<uint32_t> Ids(const std::vector<RtpSource>& sources) {
  std::vector<uint32_t> ids;
  for (const RtpSource& source : sources) ids.push_back(source.source);
  return ids;
}

TEST_F(SourceTest, NobodyIsHeardBeforeMediaArrives) {
  EXPECT_TRUE(AudioSources().synchronization.empty());
  EXPECT_TRUE(AudioSources().contributing.empty());
  EXPECT_EQ(AudioSources().unix_us, UnixNow());
  EXPECT_TRUE(bench.session->GetSources("none").synchronization.empty());
}

TEST_F(SourceTest, ASourceIsToldWithTimeTimestampAndLevelOfItsNewestPacket) {
  RtpSpec packet = Audio(10);
  packet.audio_level = 0x80 | 30;  // With the bit of voice activity.
  bench.Rtp(packet);
  const int64_t arrived = UnixNow();
  bench.Run(milliseconds(300));
  const RtpSources sources = AudioSources();
  ASSERT_EQ(Ids(sources.synchronization), std::vector<uint32_t>{kAudioSsrc});
  EXPECT_EQ(sources.synchronization[0].unix_us, arrived);
  EXPECT_EQ(sources.unix_us, arrived + 300'000);
  EXPECT_EQ(sources.synchronization[0].rtp_timestamp, 9600u);
  EXPECT_EQ(sources.synchronization[0].audio_level, 30);
  EXPECT_TRUE(bench.session->GetSources("1").synchronization.empty()) << "of the other section";
}

TEST_F(SourceTest, APacketThatComesLateIsNotTheNewest) {
  RtpSpec packet = Audio(11);
  packet.audio_level = 127;
  bench.Rtp(packet);
  bench.Run(milliseconds(20));
  packet = Audio(10);
  packet.audio_level = 0;
  bench.Rtp(packet);
  EXPECT_EQ(AudioSources().synchronization.at(0).rtp_timestamp, 960u * 11);
  EXPECT_EQ(AudioSources().synchronization.at(0).audio_level, 127);
}

TEST_F(SourceTest, ALevelIsOnlyThatOfAPacketWithTheExtension) {
  RtpSpec packet = Audio(10);
  packet.audio_level = 5;
  bench.Rtp(packet);
  bench.Rtp(Audio(11));
  EXPECT_EQ(AudioSources().synchronization.at(0).audio_level, std::nullopt);
}

TEST_F(SourceTest, ATimestampThatStepsBackIsTheNewestAllTheSame) {
  RtpSpec packet = Audio(10);
  packet.timestamp = 4'000'000;
  bench.Rtp(packet);
  bench.Rtp(Audio(11));
  EXPECT_EQ(AudioSources().synchronization.at(0).rtp_timestamp, 960u * 11);
}

TEST_F(SourceTest, VideoHasSourcesWithoutLevelAndRetransmissionsAreNone) {
  RtpSpec packet{.sequence = 10, .timestamp = 3000, .payload = kKeyFrame};
  packet.audio_level = 5;
  bench.Rtp(packet);
  bench.Rtp({.ssrc = kVideoRtxSsrc,
             .payload_type = kRtxType,
             .sequence = 1,
             .timestamp = 3000,
             .payload = {0, 11, 0x10, 1, 0, 0}});
  const RtpSources sources = bench.session->GetSources("1");
  ASSERT_EQ(Ids(sources.synchronization), std::vector<uint32_t>{kVideoSsrc});
  EXPECT_EQ(sources.synchronization[0].audio_level, std::nullopt);
}

TEST_F(SourceTest, WhomAMixerNamesContributesTheNewestFirst) {
  RtpSpec packet = Audio(10);
  packet.csrcs = {7, 8};
  packet.audio_level = 5;
  bench.Rtp(packet);
  bench.Run(milliseconds(20));
  packet = Audio(11);
  packet.csrcs = {8};
  bench.Rtp(packet);
  const RtpSources sources = AudioSources();
  ASSERT_EQ(Ids(sources.contributing), (std::vector<uint32_t>{8, 7}));
  EXPECT_EQ(sources.contributing[0].rtp_timestamp, 960u * 11);
  EXPECT_EQ(sources.contributing[1].rtp_timestamp, 960u * 10);
  EXPECT_EQ(sources.contributing[0].unix_us, sources.contributing[1].unix_us + 20'000);
  EXPECT_EQ(sources.contributing[0].audio_level, std::nullopt) << "that is the mix's";
}

TEST_F(SourceTest, WhoWasSilentForTenSecondsIsLeftOut) {
  RtpSpec packet = Audio(10);
  packet.csrcs = {7};
  bench.Rtp(packet);
  bench.Run(seconds(10));
  EXPECT_EQ(Ids(AudioSources().synchronization), std::vector<uint32_t>{kAudioSsrc});
  EXPECT_EQ(Ids(AudioSources().contributing), std::vector<uint32_t>{7});
  bench.Run(milliseconds(1));
  EXPECT_TRUE(AudioSources().synchronization.empty());
  EXPECT_TRUE(AudioSources().contributing.empty());
}

}  // namespace
}  // namespace pcd::media

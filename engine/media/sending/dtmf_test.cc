// Telephone events in place of the sound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/media/sending/dtmf_queue.h"
#include "engine/media/sending/send_testing.h"
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

constexpr Timestamp kStart = Timestamp{} + std::chrono::hours(1);
constexpr uint32_t kRate = 8000;

// Plays a queue to its end: what changed, with the time since the start in milliseconds.
struct Played {
  std::vector<std::string> changes{};
  std::vector<DtmfQueue::Packet> packets{};
};
Played PlayAll(DtmfQueue& queue) {
  Played played;
  while (queue.NextDeadline() != kNever) {
    const Timestamp now = queue.NextDeadline();
    while (const auto step = queue.Poll(kRate, now)) {
      if (step->change) {
        const auto ms = std::chrono::duration_cast<milliseconds>(now - kStart).count();
        const std::string tone = *step->change == '\0' ? "end" : std::string(1, *step->change);
        played.changes.push_back(tone + " " + std::to_string(ms));
      }
      if (step->packet) played.packets.push_back(*step->packet);
    }
  }
  return played;
}

TEST(DtmfQueueTest, KnowsTones) {
  EXPECT_TRUE(AreTones("0123456789*#ABCD,"));
  EXPECT_TRUE(AreTones(""));
  for (const char* text : {"a", "E", "1 2", "1;", "\xC3"}) EXPECT_FALSE(AreTones(text)) << text;
}

TEST(DtmfQueueTest, AToneIsAPacketEach20MsAndItsEndThreeTimes) {
  DtmfQueue queue;
  EXPECT_EQ(queue.NextDeadline(), kNever);
  queue.Insert("#", milliseconds(70), milliseconds(30), kStart);
  const Played played = PlayAll(queue);
  EXPECT_THAT(played.changes, ElementsAre("# 0", "end 100"));
  std::vector<int> durations;
  for (const DtmfQueue::Packet& packet : played.packets) {
    durations.push_back(packet.duration);
    EXPECT_EQ(packet.event, 11);
    EXPECT_EQ(packet.timestamp_offset, 0u);
    EXPECT_EQ(packet.first, durations.size() == 1);
    EXPECT_EQ(packet.end, packet.duration == 560);
  }
  EXPECT_THAT(durations, ElementsAre(160, 320, 480, 560, 560, 560));
}

TEST(DtmfQueueTest, TonesFollowEachOtherWithGapsAndPauses) {
  DtmfQueue queue;
  queue.Insert("1,D", milliseconds(100), milliseconds(50), kStart);
  EXPECT_THAT(PlayAll(queue).changes, ElementsAre("1 0", ", 150", "D 2150", "end 2300"));
}

TEST(DtmfQueueTest, WhatIsInsertedReplacesWhatWaitsButNotTheToneThatSounds) {
  DtmfQueue queue;
  queue.Insert("123", milliseconds(100), milliseconds(50), kStart);
  EXPECT_EQ(queue.Poll(kRate, kStart)->change, '1');
  queue.Insert("9", milliseconds(40), milliseconds(30), kStart + milliseconds(50));
  EXPECT_THAT(PlayAll(queue).changes, ElementsAre("9 150", "end 220"));
  queue.Insert("1", milliseconds(100), milliseconds(50), kStart);
  EXPECT_EQ(queue.Poll(kRate, kStart)->change, '1');
  queue.Insert("", milliseconds(100), milliseconds(50), kStart);
  EXPECT_THAT(PlayAll(queue).changes, ElementsAre("end 150"));
  queue.Insert("", milliseconds(100), milliseconds(50), kStart);
  EXPECT_EQ(queue.NextDeadline(), kNever);
}

TEST(DtmfQueueTest, ALongToneGoesOnInAnotherSegment) {
  DtmfQueue queue;
  queue.Insert("5", seconds(6), milliseconds(30), kStart);
  Played played;
  while (queue.NextDeadline() != kNever) {
    const Timestamp now = queue.NextDeadline();
    while (const auto step = queue.Poll(48'000, now)) {
      if (step->packet) played.packets.push_back(*step->packet);
    }
  }
  uint32_t reached = 0;
  uint32_t segments = 1;
  for (const DtmfQueue::Packet& packet : played.packets) {
    const uint32_t now = packet.timestamp_offset + packet.duration;
    EXPECT_GE(now, reached) << "it never goes back";
    if (packet.timestamp_offset + 1 > segments * 0xFFFF) ++segments;
    reached = now;
  }
  EXPECT_EQ(reached, 6u * 48'000);
  EXPECT_EQ(segments, 5u);
  EXPECT_TRUE(played.packets.back().end);
}

// A microphone at a UDP port, sent as Opus beside telephone events of its clock rate.
class DtmfTest : public ::testing::Test {
 protected:
  static constexpr uint8_t kEvents = 110;

  DtmfTest() {
    EXPECT_THAT(bench_.AddUdpTrack("mic", MediaKind::kAudio), IsOk());
    feeder_ = std::make_unique<Feeder>(bench_, "mic", 7000);
    Bind(Parameters());
  }
  static SendParameters Parameters() {
    SendParameters parameters = AudioSender();
    parameters.codecs.Edit().push_back(
        {.payload_type = 126, .name = "telephone-event", .clock_rate = 8000});
    parameters.codecs.Edit().push_back(
        {.payload_type = kEvents, .name = "telephone-event", .clock_rate = 48000});
    return parameters;
  }
  void Bind(const SendParameters& parameters) {
    bench_.Bind({{.parameters = parameters, .track_id = "mic"}});
  }
  void Sound(uint16_t sequence) {
    feeder_->Rtp({.ssrc = 5,
                  .payload_type = 100,
                  .sequence = sequence,
                  .timestamp = 960u * sequence,
                  .payload = {1, 2, 3}});
  }
  absl::Status Insert(const std::string& tones) {
    absl::Status status;
    bench_.OnLoop([&] {
      status =
          bench_.session->InsertTones("audio-sender", tones, milliseconds(100), milliseconds(70));
    });
    return status;
  }
  std::vector<std::string> Tones() {
    std::vector<std::string> tones;
    for (const auto& event : bench_.TakeEventsOf<ToneChangedEvent>()) tones.push_back(event.tone);
    return tones;
  }

  SendBench bench_;
  std::unique_ptr<Feeder> feeder_;
};

TEST_F(DtmfTest, ATonesPacketsGoBetweenThoseOfTheSoundWithoutAGap) {
  Sound(1);
  Sound(2);
  ASSERT_THAT(Insert("7"), IsOk());
  bench_.Run(milliseconds(50));
  Sound(3);
  bench_.Run(milliseconds(60));
  Sound(4);
  const auto& sent = bench_.output.rtp;
  // Five updates of which the last is the end, and two more of those; sound 3 is not sent.
  ASSERT_THAT(sent, SizeIs(2 + 7 + 1));
  for (size_t i = 1; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].sequence, static_cast<uint16_t>(sent[i - 1].sequence + 1));
    EXPECT_EQ(sent[i].ssrc, sent[0].ssrc);
  }
  for (size_t i = 2; i < 9; ++i) {
    EXPECT_EQ(sent[i].payload_type, kEvents);
    EXPECT_EQ(sent[i].timestamp, sent[2].timestamp) << "that of its beginning";
    EXPECT_EQ(sent[i].marker, i == 2);
    EXPECT_EQ(sent[i].mid, sent[0].mid);
    ASSERT_THAT(sent[i].payload, SizeIs(4));
    EXPECT_EQ(sent[i].payload[0], 7);
    EXPECT_EQ(sent[i].payload[1] & 0x80, i >= 6 ? 0x80 : 0);
  }
  EXPECT_EQ(LoadU16(&sent[8].payload[2]), 4800) << "a tenth of a second";
  EXPECT_GT(sent[2].timestamp - sent[1].timestamp, 0u);
  EXPECT_EQ(sent[9].timestamp - sent[1].timestamp, 2u * 960) << "the sound's time goes on";
  EXPECT_EQ(bench_.session->GetStats().outbound.at(0).packets_sent, sent.size());
}

TEST_F(DtmfTest, EachToneIsTold) {
  Sound(1);
  ASSERT_THAT(Insert("1,2"), IsOk());
  bench_.Run(milliseconds(1));
  EXPECT_THAT(Tones(), ElementsAre("1"));
  bench_.Run(seconds(3));
  EXPECT_THAT(Tones(), ElementsAre(",", "2", ""));
}

TEST_F(DtmfTest, TonesNeedASenderThatSends) {
  EXPECT_THAT(Insert("12x"), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(Insert(std::string(1025, '1')), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(bench_.session->InsertTones("other", "1", milliseconds(100), milliseconds(70)),
              HasReason(ErrorReason::INVALID_STATE));
  Bind(AudioSender());
  EXPECT_THAT(Insert("1"), HasReason(ErrorReason::INVALID_STATE)) << "not negotiated";
  bench_.Bind({{.parameters = Parameters()}});
  EXPECT_THAT(Insert("1"), HasReason(ErrorReason::INVALID_STATE)) << "no track";
  SendParameters stopped = Parameters();
  stopped.sending = false;
  Bind(stopped);
  EXPECT_THAT(Insert("1"), HasReason(ErrorReason::INVALID_STATE)) << "not in this direction";
}

TEST_F(DtmfTest, ATrackWhoseCodecIsNotNegotiatedHasTonesAllTheSame) {
  SendParameters other = Parameters();
  other.codecs.Edit().front().name = "PCMU";
  other.codecs.Edit().front().clock_rate = 8000;
  Bind(other);
  Sound(1);
  ASSERT_THAT(bench_.output.rtp, IsEmpty());
  ASSERT_THAT(Insert("1"), IsOk());
  bench_.Run(milliseconds(200));
  ASSERT_THAT(bench_.output.rtp, SizeIs(7));
  for (const auto& packet : bench_.output.rtp) EXPECT_EQ(packet.payload_type, 126);
  EXPECT_EQ(LoadU16(&bench_.output.rtp.back().payload[2]), 800) << "a tenth of a second";
}

TEST_F(DtmfTest, TonesEndWithTheSending) {
  Sound(1);
  ASSERT_THAT(Insert("11111"), IsOk());
  bench_.Run(milliseconds(150));
  SendParameters stopped = Parameters();
  stopped.sending = false;
  Bind(stopped);
  const size_t sent = bench_.output.rtp.size();
  Tones();
  bench_.Run(seconds(5));
  EXPECT_THAT(bench_.output.rtp, SizeIs(sent));
  EXPECT_THAT(Tones(), IsEmpty());
  EXPECT_EQ(bench_.session->NextDeadline(), kNever);
}

TEST_F(DtmfTest, TonesAreSentWithoutSoundToo) {
  ASSERT_THAT(Insert("1"), IsOk());
  bench_.Run(milliseconds(200));
  ASSERT_THAT(bench_.output.rtp, SizeIs(7));
  Sound(9);
  ASSERT_THAT(bench_.output.rtp, SizeIs(8));
  EXPECT_EQ(bench_.output.rtp[7].sequence,
            static_cast<uint16_t>(bench_.output.rtp[6].sequence + 1));
  // It goes on behind the tone, across the wrap too.
  const uint32_t passed = bench_.output.rtp[7].timestamp - bench_.output.rtp[6].timestamp;
  EXPECT_GE(passed, 4800u);
  EXPECT_LE(passed, 3u * 4800);
}

}  // namespace
}  // namespace pcd::media

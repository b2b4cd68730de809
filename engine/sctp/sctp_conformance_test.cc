// What every backend of SctpAssociation owes its users, in simulated time.
#include <gtest/gtest.h>
#include <sys/time.h>
#include <time.h>

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "engine/sctp/crc32c.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "engine/sctp/sctp_sim_pair_testing.h"
#include "engine/sctp/usrsctp_association_factory.h"

// usrsctp reads the wall clock beside its ticks: how long ago a chunk was sent decides whether
// a timeout repeats it. Here it reads the simulation's.
extern "C" int gettimeofday(struct timeval* now, void* /*zone*/) noexcept {
  if (const auto micros = pcd::sctp::SimulatedUnixMicros()) {
    now->tv_sec = *micros / 1'000'000;
    now->tv_usec = *micros % 1'000'000;
    return 0;
  }
  struct timespec real{};
  const int result = clock_gettime(CLOCK_REALTIME, &real);
  now->tv_sec = real.tv_sec;
  now->tv_usec = real.tv_nsec / 1000;
  return result;
}

namespace pcd::sctp {
namespace {

struct Backend {
  const char* name;
  bool real;  // Speaks SCTP.
  SctpSimPair::MakeFactory make;
};

class SctpConformance : public ::testing::TestWithParam<Backend> {
 protected:
  std::unique_ptr<SctpSimPair> MakePair(const testing::ImpairmentOptions& link = {},
                                        const SctpOptions& options = {}, uint64_t seed = 1) {
    return std::make_unique<SctpSimPair>(GetParam().make, options, link, seed);
  }
  std::unique_ptr<SctpSimPair> MakeConnected(const testing::ImpairmentOptions& link = {},
                                             const SctpOptions& options = {}) {
    auto pair = MakePair(link, options);
    EXPECT_TRUE(pair->Connect());
    return pair;
  }
};

INSTANTIATE_TEST_SUITE_P(
    Backends, SctpConformance,
    ::testing::Values(
        Backend{"Fake", false,
                [](net::Loop&) { return std::make_unique<FakeSctpAssociationFactory>(); }},
        Backend{"Usrsctp", true,
                [](net::Loop& loop) { return std::make_unique<UsrsctpAssociationFactory>(loop); }}),
    [](const auto& info) { return std::string(info.param.name); });

constexpr testing::ImpairmentOptions kLossy{.loss = 0.1,
                                            .delay = std::chrono::milliseconds(10),
                                            .jitter = std::chrono::milliseconds(5),
                                            .reorder = 0.05,
                                            .duplicate = 0.05};

std::vector<uint8_t> Pattern(size_t size, uint8_t start = 0) {
  std::vector<uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), start);
  return bytes;
}

// Drops the next packet of `end` that is long enough to carry the message.
void LoseNextData(SctpSimEnd& end) {
  end.drop = [lost = false](const std::vector<uint8_t>& packet) mutable {
    if (lost || packet.size() < 500) return false;
    return lost = true;
  };
}

TEST_P(SctpConformance, ConnectsWhenBothEndsStart) {
  auto pair = MakePair();
  EXPECT_EQ(pair->a.sctp->state(), SctpState::kConnecting);
  EXPECT_EQ(pair->a.sctp->stream_count(), 0);
  ASSERT_TRUE(pair->Connect());
  EXPECT_EQ(pair->a.sctp->stream_count(), 1024);
  EXPECT_EQ(pair->b.sctp->stream_count(), 1024);
  ASSERT_EQ(pair->a.states.size(), 1u);
  EXPECT_EQ(pair->a.states[0].state, SctpState::kConnected);
}

TEST_P(SctpConformance, ThePathIsKnownOnceConnected) {
  auto pair = MakePair();
  EXPECT_FALSE(pair->a.sctp->path().has_value());
  ASSERT_TRUE(pair->Connect());
  ASSERT_TRUE(pair->a.Send(1, "x"));
  const auto path = pair->a.sctp->path();
  ASSERT_TRUE(path.has_value());
  EXPECT_GT(path->mtu, 500u);
  EXPECT_LE(path->mtu, 1191u);
  EXPECT_LE(path->unacknowledged_chunks, 1u);
  pair->a.sctp->Abort();
  EXPECT_FALSE(pair->a.sctp->path().has_value());
}

TEST_P(SctpConformance, ConnectsWhenTheFirstPacketsComeBeforeTheOtherEndStarts) {
  auto pair = MakePair();
  pair->a.Start();
  pair->network.RunFor(std::chrono::milliseconds(100));
  EXPECT_GT(pair->b.sctp->stats().packets_dropped, 0u);
  pair->b.Start();
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.Connected() && pair->b.Connected(); }));
}

TEST_P(SctpConformance, ConnectsOverALossyLink) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    auto pair = MakePair({.loss = 0.3, .delay = std::chrono::milliseconds(20)}, {}, seed);
    ASSERT_TRUE(pair->Connect()) << "seed " << seed;
  }
}

TEST_P(SctpConformance, AStartedAssociationDoesNotStartAgain) {
  auto pair = MakeConnected();
  EXPECT_FALSE(pair->a.sctp->Start({}, pair->a.loop.Now()).ok());
}

TEST_P(SctpConformance, TheSmallerStreamCountHolds) {
  SctpSimPair pair(GetParam().make, {.max_streams = 16});
  ASSERT_TRUE(pair.Connect());
  EXPECT_EQ(pair.a.sctp->stream_count(), 16);
  EXPECT_EQ(pair.a.sctp->Send(16, 51, Pattern(1), {}, pair.a.loop.Now()), SendResult::kBadStream);
  EXPECT_EQ(pair.a.sctp->Send(15, 51, Pattern(1), {}, pair.a.loop.Now()), SendResult::kOk);
}

TEST_P(SctpConformance, AnOfferOf65535StreamsIsNegotiatedDown) {
  SctpSimPair pair(GetParam().make, {}, {}, 1, SctpOptions{.max_streams = 65535});
  ASSERT_TRUE(pair.Connect());
  EXPECT_EQ(pair.a.sctp->stream_count(), 1024);
  EXPECT_EQ(pair.b.sctp->stream_count(), 1024);
}

TEST_P(SctpConformance, AThousandMessagesEachWayArriveInOrder) {
  auto pair = MakeConnected();
  size_t sent_a = 0, sent_b = 0;
  ASSERT_TRUE(pair->RunUntil([&] {
    while (sent_a < 1000 && pair->a.Send(1, "a" + std::to_string(sent_a))) ++sent_a;
    while (sent_b < 1000 && pair->b.Send(1, "b" + std::to_string(sent_b))) ++sent_b;
    return pair->a.messages.size() == 1000 && pair->b.messages.size() == 1000;
  }));
  for (size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(pair->b.Texts()[i], "a" + std::to_string(i));
    ASSERT_EQ(pair->a.Texts()[i], "b" + std::to_string(i));
    i += 99;  // Texts() copies; every hundredth place shows the order as well.
  }
  EXPECT_EQ(pair->a.sctp->stats().messages_sent, 1000u);
  EXPECT_EQ(pair->a.sctp->stats().messages_received, 1000u);
}

TEST_P(SctpConformance, MessagesOfEverySizeSurviveLossReorderingAndDuplicates) {
  auto pair = MakeConnected(kLossy);
  std::vector<std::vector<uint8_t>> expected;
  for (size_t size : {1, 2, 1100, 1191, 1200, 2400, 10'000, 65'536}) {
    for (int i = 0; i < 5; ++i) expected.push_back(Pattern(size, static_cast<uint8_t>(i)));
  }
  size_t sent = 0;
  ASSERT_TRUE(pair->RunUntil([&] {
    while (sent < expected.size() && pair->a.Send(7, expected[sent])) ++sent;
    return pair->b.messages.size() == expected.size();
  }));
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(pair->b.messages[i].bytes, expected[i]) << i;
    EXPECT_EQ(pair->b.messages[i].stream_id, 7);
    EXPECT_EQ(pair->b.messages[i].ppid, 51u);
  }
}

TEST_P(SctpConformance, TheLongestMessageArrivesWholeInPacketsNoLongerThanTheMtu) {
  auto pair = MakeConnected();
  const auto message = Pattern(256 * 1024);
  ASSERT_TRUE(pair->a.Send(3, message));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.messages.size() == 1; }));
  EXPECT_EQ(pair->b.messages[0].bytes, message);
  EXPECT_LE(pair->a.longest_packet, 1191u);
  EXPECT_GT(pair->a.longest_packet, 1150u);
}

TEST_P(SctpConformance, AMessageLongerThanTheReceiveWindowArrivesWhenTheOptionsAllowIt) {
  for (const size_t size : {size_t{600} * 1024, size_t{3} << 20}) {
    auto pair = MakeConnected({}, SctpOptionsFor(size));
    const auto message = Pattern(size);
    ASSERT_TRUE(pair->a.Send(3, message));
    ASSERT_TRUE(pair->b.Send(4, message));
    EXPECT_EQ(pair->a.sctp->Send(5, 51, Pattern(size * 2), {}, pair->a.loop.Now()),
              SendResult::kTooLarge);
    ASSERT_TRUE(
        pair->RunUntil([&] { return pair->a.messages.size() + pair->b.messages.size() == 2; }));
    EXPECT_EQ(pair->a.messages.at(0).bytes, message);
    EXPECT_EQ(pair->b.messages.at(0).bytes, message);
  }
}

TEST_P(SctpConformance, AMessageOverTheReceiversCapEndsTheAssociation) {
  auto pair = MakeConnected({}, {.max_message_bytes = 10'000});
  ASSERT_TRUE(pair->a.Send(3, Pattern(10'000)));
  ASSERT_TRUE(pair->a.Send(3, Pattern(10'001)));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.Closed() && pair->a.Closed(); }));
  EXPECT_EQ(pair->b.messages.size(), 1u);
  EXPECT_NE(pair->b.states.back().reason.find("longer than"), std::string::npos);
  EXPECT_NE(pair->a.states.back().reason, "");
}

TEST_P(SctpConformance, SendRefusesWhatItCannotTake) {
  auto pair = MakePair();
  EXPECT_EQ(pair->a.sctp->Send(0, 51, Pattern(1), {}, pair->a.loop.Now()),
            SendResult::kNotConnected);
  ASSERT_TRUE(pair->Connect());
  EXPECT_EQ(pair->a.sctp->Send(0, 51, {}, {}, pair->a.loop.Now()), SendResult::kTooLarge);
  EXPECT_EQ(pair->a.sctp->Send(0, 51, Pattern(600 * 1024), {}, pair->a.loop.Now()),
            SendResult::kTooLarge);
  EXPECT_EQ(pair->a.sctp->Send(1024, 51, Pattern(1), {}, pair->a.loop.Now()),
            SendResult::kBadStream);
}

TEST_P(SctpConformance, BufferedBytesGoDownToZeroAndSaySo) {
  auto pair = MakeConnected({.delay = std::chrono::milliseconds(20)});
  ASSERT_TRUE(pair->a.Send(0, Pattern(100'000)));
  EXPECT_EQ(pair->a.sctp->buffered_bytes(), 100'000u);
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.sctp->buffered_bytes() == 0; }));
  EXPECT_GT(pair->a.low_events, 0u);
  EXPECT_EQ(pair->b.messages.size(), 1u);
}

TEST_P(SctpConformance, AReaderThatStopsHoldsTheSenderBackAndLosesNothing) {
  auto pair = MakeConnected();
  pair->b.reading = false;
  size_t sent = 0;
  const auto fill = [&] {
    while (sent < 1000 && pair->a.Send(2, Pattern(16'000, static_cast<uint8_t>(sent)))) ++sent;
  };
  for (int i = 0; i < 3; ++i) {
    fill();
    pair->network.RunFor(std::chrono::seconds(5));
  }
  fill();
  const size_t held_back_at = sent;
  pair->network.RunFor(std::chrono::seconds(20));
  fill();
  // Both buffers, 512 KiB each, and not a byte more.
  EXPECT_EQ(sent, held_back_at);
  EXPECT_LT(sent * 16'000, 1'100'000u);
  EXPECT_GT(sent * 16'000, 500'000u);
  pair->b.reading = true;
  pair->b.Pump();
  ASSERT_TRUE(pair->RunUntil([&] {
    fill();
    return pair->b.messages.size() == 1000;
  }));
  for (size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(pair->b.messages[i].bytes[0], static_cast<uint8_t>(i));
  }
}

TEST_P(SctpConformance, AResetIsSeenAfterWhatWasSentBeforeAndTheStreamCanBeUsedAgain) {
  for (const auto& link : {testing::ImpairmentOptions{}, kLossy}) {
    auto pair = MakeConnected(link);
    for (int round = 1; round <= 3; ++round) {
      ASSERT_TRUE(pair->a.Send(5, Pattern(20'000)));
      pair->a.sctp->ResetStream(5, pair->a.loop.Now());
      EXPECT_EQ(pair->a.sctp->Send(5, 51, Pattern(1), {}, pair->a.loop.Now()),
                SendResult::kBadStream);
      pair->a.Pump();
      const size_t expected = static_cast<size_t>(round);
      ASSERT_TRUE(pair->RunUntil([&] {
        return pair->b.incoming_resets.size() == expected &&
               pair->a.outgoing_resets.size() == expected;
      }));
      EXPECT_EQ(pair->b.messages.size(), expected);
      EXPECT_EQ(pair->b.incoming_resets.back(), 5);
      EXPECT_EQ(pair->a.outgoing_resets.back(), 5);
    }
  }
}

TEST_P(SctpConformance, ManyStreamsResetAtOnceFromBothEnds) {
  constexpr uint16_t kStreams = 512;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    auto pair = MakePair(kLossy, {}, seed);
    ASSERT_TRUE(pair->Connect());
    for (uint16_t id = 0; id < kStreams; ++id) {
      ASSERT_TRUE(pair->a.Send(id, "x"));
      pair->a.sctp->ResetStream(id, pair->a.loop.Now());
      pair->b.sctp->ResetStream(id, pair->b.loop.Now());
    }
    pair->a.Pump();
    pair->b.Pump();
    ASSERT_TRUE(pair->RunUntil([&] {
      return pair->a.outgoing_resets.size() == kStreams &&
             pair->b.outgoing_resets.size() == kStreams &&
             pair->a.incoming_resets.size() == kStreams &&
             pair->b.incoming_resets.size() == kStreams;
    })) << "seed "
        << seed;
    EXPECT_TRUE(pair->a.Connected());
  }
}

// The last message of a stream arrives, one before it does not, and the reset overtakes the
// repetition.
TEST_P(SctpConformance, AResetThatOvertakesALostMessageIsNotForgotten) {
  auto pair = MakeConnected({.delay = std::chrono::milliseconds(5)});
  LoseNextData(pair->a);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pair->a.Send(1, Pattern(1100)));
  pair->network.RunFor(std::chrono::milliseconds(1));
  pair->a.sctp->ResetStream(1, pair->a.loop.Now());
  pair->a.Pump();
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.outgoing_resets.size() == 1; }));
  EXPECT_EQ(pair->b.messages.size(), 3u);
  EXPECT_TRUE(pair->a.Connected());
}

TEST_P(SctpConformance, AResetReachesAReaderThatHadStopped) {
  auto pair = MakeConnected();
  pair->b.reading = false;
  size_t sent = 0;
  while (sent < 4 && pair->a.Send(2, Pattern(128 * 1024))) ++sent;
  pair->network.RunFor(std::chrono::seconds(2));
  pair->a.sctp->ResetStream(9, pair->a.loop.Now());
  pair->a.Pump();
  pair->network.RunFor(std::chrono::seconds(10));
  pair->b.reading = true;
  pair->b.Pump();
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.incoming_resets.size() == 1; }));
  EXPECT_EQ(pair->b.incoming_resets[0], 9);
}

// A connected pair of the real thing whose second end does not read.
std::unique_ptr<SctpSimPair> MakeUsrsctpPairWithAnIdleReader() {
  auto pair = std::make_unique<SctpSimPair>(
      [](net::Loop& loop) { return std::make_unique<UsrsctpAssociationFactory>(loop); });
  EXPECT_TRUE(pair->Connect());
  pair->b.reading = false;
  return pair;
}

void ResetAndWait(SctpSimPair& pair, uint16_t stream) {
  const size_t before = pair.a.outgoing_resets.size();
  pair.a.sctp->ResetStream(stream, pair.a.loop.Now());
  pair.a.Pump();
  ASSERT_TRUE(
      pair.RunUntil([&] { return pair.a.Closed() || pair.a.outgoing_resets.size() > before; }));
}

TEST(UsrsctpIdleReader, ResetsWithoutEndAreKeptAsOne) {
  auto pair = MakeUsrsctpPairWithAnIdleReader();
  while (pair->a.Send(2, Pattern(64 * 1024))) {
  }
  for (int i = 0; i < 10'000; ++i) ResetAndWait(*pair, static_cast<uint16_t>(9 + i % 2));
  ASSERT_TRUE(pair->b.Connected());
  pair->b.reading = true;
  pair->b.Pump();
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.sctp->buffered_bytes() == 0; }));
  EXPECT_GE(pair->b.incoming_resets.size(), 2u);
  EXPECT_LE(pair->b.incoming_resets.size(), 64u);
  for (const auto& message : pair->b.messages) EXPECT_EQ(message.bytes.size(), 64u * 1024);
}

TEST(UsrsctpIdleReader, TinyMessagesAreHeldBackAndNoneIsLost) {
  auto pair = MakeUsrsctpPairWithAnIdleReader();
  constexpr size_t kMessages = 40'000;
  size_t sent = 0;
  const auto fill = [&] {
    while (sent < kMessages && pair->a.Send(2, Pattern(1, static_cast<uint8_t>(sent)))) ++sent;
  };
  // usrsctp's window has room for some 2,000 of them.
  for (int i = 0; i < 6; ++i) {
    fill();
    pair->network.RunFor(std::chrono::seconds(3));
    ResetAndWait(*pair, 9);
  }
  const uint64_t held_back_at = pair->b.sctp->stats().messages_received;
  EXPECT_LT(held_back_at, kMessages / 2);
  pair->network.RunFor(std::chrono::seconds(60));
  EXPECT_EQ(pair->b.sctp->stats().messages_received, held_back_at);
  pair->b.reading = true;
  pair->b.Pump();
  ASSERT_TRUE(pair->RunUntil([&] {
    fill();
    return pair->b.messages.size() == kMessages;
  }));
  for (size_t i = 0; i < kMessages; ++i) {
    ASSERT_EQ(pair->b.messages[i].bytes[0], static_cast<uint8_t>(i));
  }
}

TEST(UsrsctpIdleReader, AMessageBeforeEachOfManyResetsEndsTheAssociation) {
  auto pair = MakeUsrsctpPairWithAnIdleReader();
  constexpr size_t kMost = (2 * 512 + 256) * size_t{1024};
  size_t rounds = 0;
  while (!pair->b.Closed() && rounds < 2 * kMost / 65 / 100) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(pair->a.Send(2, Pattern(1)));
    ASSERT_TRUE(pair->RunUntil([&] { return pair->a.sctp->buffered_bytes() == 0; }));
    ResetAndWait(*pair, 9);
    ++rounds;
  }
  ASSERT_TRUE(pair->b.Closed());
  EXPECT_LE(pair->b.sctp->stats().messages_received * 65, kMost + 65);
  pair->b.reading = true;
  pair->b.Pump();
  EXPECT_EQ(pair->b.messages.size(), pair->b.sctp->stats().messages_received);
  EXPECT_EQ(pair->b.states.back().reason, "too many stream resets while messages wait to be taken");
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.Closed(); }));
}

TEST_P(SctpConformance, AMessageWithoutRetransmissionsIsGivenUpAndTheNextArrives) {
  auto pair = MakeConnected();
  LoseNextData(pair->a);
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 1), {.max_retransmits = 0}));
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 2), {.max_retransmits = 0}));
  ASSERT_TRUE(pair->RunUntil(
      [&] { return !pair->b.messages.empty() && pair->a.sctp->buffered_bytes() == 0; }));
  pair->network.RunFor(std::chrono::seconds(5));
  ASSERT_EQ(pair->b.messages.size(), 1u);
  EXPECT_EQ(pair->b.messages[0].bytes[0], 2);
}

TEST_P(SctpConformance, AMessageThatHasLivedItsTimeIsGivenUp) {
  auto pair = MakeConnected({.delay = std::chrono::milliseconds(5)});
  pair->a.drop = [](const auto&) { return true; };
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 1), {.max_packet_life_time = 300}));
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 2)));
  pair->network.RunFor(std::chrono::milliseconds(350));
  pair->a.drop = nullptr;
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.sctp->buffered_bytes() == 0; }));
  ASSERT_EQ(pair->b.messages.size(), 1u);
  EXPECT_EQ(pair->b.messages[0].bytes[0], 2);
}

TEST_P(SctpConformance, AReliableMessageIsRepeated) {
  auto pair = MakeConnected();
  LoseNextData(pair->a);
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 1)));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.messages.size() == 1; }));
}

TEST_P(SctpConformance, UnorderedMessagesDoNotWaitForALostOne) {
  auto pair = MakeConnected({.delay = std::chrono::milliseconds(5)});
  LoseNextData(pair->a);
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 1), {.ordered = false}));
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 2), {.ordered = false}));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.messages.size() == 2; }));
  EXPECT_EQ(pair->b.messages[0].bytes[0], 2);
  EXPECT_EQ(pair->b.messages[1].bytes[0], 1);
}

TEST_P(SctpConformance, OneStreamDoesNotWaitForAnother) {
  auto pair = MakeConnected({.delay = std::chrono::milliseconds(5)});
  LoseNextData(pair->a);
  ASSERT_TRUE(pair->a.Send(1, Pattern(800, 1)));
  ASSERT_TRUE(pair->a.Send(2, Pattern(800, 2)));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.messages.size() == 2; }));
  EXPECT_EQ(pair->b.messages[0].stream_id, 2);
  EXPECT_EQ(pair->b.messages[1].stream_id, 1);
}

TEST_P(SctpConformance, AnAbortIsSeenByThePeerWithAReason) {
  auto pair = MakeConnected();
  pair->a.sctp->Abort();
  pair->a.Pump();
  EXPECT_TRUE(pair->a.Closed());
  EXPECT_EQ(pair->a.states.size(), 1u);  // Only "connected": no event of its own doing.
  ASSERT_TRUE(pair->RunUntil([&] { return pair->b.Closed(); }));
  EXPECT_NE(pair->b.states.back().reason, "");
  EXPECT_FALSE(pair->b.Send(0, "late"));
}

TEST_P(SctpConformance, AShutdownDeliversEverythingFirst) {
  auto pair = MakeConnected(kLossy);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(pair->a.Send(0, Pattern(10'000)));
  pair->a.sctp->Shutdown(pair->a.loop.Now());
  pair->a.Pump();
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.Closed() && pair->b.Closed(); }));
  EXPECT_EQ(pair->b.messages.size(), 20u);
  EXPECT_EQ(pair->a.states.back().reason, "");
  EXPECT_EQ(pair->b.states.back().reason, "");
}

TEST_P(SctpConformance, APeerThatGoesSilentEndsTheAssociation) {
  auto pair = MakeConnected();
  pair->b.sctp.reset();
  pair->b.drop = [](const auto&) { return true; };
  ASSERT_TRUE(pair->a.Send(0, "anybody there?"));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.Closed(); }, std::chrono::seconds(300)));
  EXPECT_NE(pair->a.states.back().reason, "");
}

TEST_P(SctpConformance, APeerThatNeverAnswersEndsTheAttempt) {
  auto pair = MakePair();
  pair->a.Start();
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.Closed(); }, std::chrono::seconds(300)));
  EXPECT_NE(pair->a.states.back().reason, "");
}

TEST_P(SctpConformance, GarbageOfEverySizeDoesNoHarm) {
  auto pair = MakeConnected();
  SeededRandom random(7);
  for (size_t size = 0; size < 1500; ++size) {
    std::vector<uint8_t> packet(size);
    random.Fill(packet);
    pair->a.sctp->HandlePacket(packet, pair->a.loop.Now());
    if (size >= 4) {  // The right ports get it past the first check.
      StoreU16(packet.data(), 5000);
      StoreU16(packet.data() + 2, 5000);
      pair->a.sctp->HandlePacket(packet, pair->a.loop.Now());
    }
    if (size >= 12) {  // The right checksum past the second.
      SetSctpChecksum(packet);
      pair->a.sctp->HandlePacket(packet, pair->a.loop.Now());
    }
  }
  pair->a.sctp->HandlePacket(std::vector<uint8_t>(70'000), pair->a.loop.Now());
  pair->a.Pump();
  ASSERT_TRUE(pair->b.Send(0, "still here"));
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.messages.size() == 1; }));
  EXPECT_TRUE(pair->a.Connected());
}

// A copy of a packet of the peer with bytes behind the common header changed, or cut short.
std::vector<uint8_t> Altered(std::vector<uint8_t> packet, RandomSource& random, bool real) {
  for (int changes = 1 + random.Uint16() % 3; changes > 0; --changes) {
    const size_t at = 12 + random.Uint16() % (packet.size() - 12);
    // Lengths and counts are small numbers: so are half of the changes.
    packet[at] =
        static_cast<uint8_t>(random.Uint16() % 2 == 0 ? random.Uint16() % 4 : random.Uint16());
  }
  if (random.Uint16() % 8 == 0) packet.resize(12 + random.Uint16() % (packet.size() - 12));
  if (real) SetSctpChecksum(packet);
  return packet;
}

// A peer that speaks the protocol and slips altered copies of its packets in between.
// Associations may end; nothing may crash or hang.
TEST_P(SctpConformance, AlteredPacketsOfARealPeerDoNoHarm) {
  SeededRandom random(11);
  for (int round = 0; round < 100; ++round) {
    auto pair = MakePair();
    for (SctpSimEnd* end : {&pair->a, &pair->b}) {
      SctpSimEnd& other = end == &pair->a ? pair->b : pair->a;
      end->drop = [&random, &other](const std::vector<uint8_t>& packet) {
        if (packet.size() > 12 && random.Uint16() % 4 == 0) {
          other.loop.Post([&other, altered = Altered(packet, random, GetParam().real)] {
            other.sctp->HandlePacket(altered, other.loop.Now());
            other.Pump();
          });
        }
        return random.Uint16() % 8 == 0;
      };
    }
    pair->a.Start();
    pair->b.Start();
    for (uint16_t step = 0; step < 20; ++step) {
      pair->network.RunFor(std::chrono::milliseconds(100));
      pair->a.Send(step, Pattern(3000), {.ordered = step % 2 == 0, .max_retransmits = 1});
      pair->b.Send(0, Pattern(10));
      if (step % 5 == 0) pair->b.sctp->ResetStream(0, pair->b.loop.Now());
      pair->b.Pump();
    }
    pair->network.RunFor(std::chrono::seconds(5));
  }
}

TEST_P(SctpConformance, ConnectingAndLeavingManyTimesWorksTheSameEachTime) {
  for (int round = 0; round < 200; ++round) {
    auto pair = MakeConnected();
    ASSERT_TRUE(pair->a.Send(0, "hello"));
    ASSERT_TRUE(pair->RunUntil([&] { return pair->b.messages.size() == 1; })) << round;
    if (round % 3 == 0) pair->a.sctp->Abort();
    if (round % 3 == 1) pair->a.Send(1, Pattern(200'000));  // Left in the buffers.
  }
}

TEST_P(SctpConformance, TheOwnerMayDestroyItInsideTheWake) {
  auto pair = MakePair();
  // A lone INIT is repeated by a timer, which wakes the owner.
  pair->a.sctp->SetWakeCallback([&] { pair->a.sctp.reset(); });
  ASSERT_TRUE(pair->a.sctp->Start({}, pair->a.loop.Now()).ok());
  while (pair->a.sctp->PollOutput()) {
  }
  if (pair->a.sctp->NextDeadline() != kNever) return;  // A backend that wakes nobody.
  ASSERT_TRUE(pair->RunUntil([&] { return pair->a.sctp == nullptr; }));
}

}  // namespace
}  // namespace pcd::sctp

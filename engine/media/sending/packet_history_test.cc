#include "engine/media/sending/packet_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace pcd::media {
namespace {

using Bytes = std::vector<uint8_t>;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart = Timestamp{} + std::chrono::hours(1);

Bytes PacketOf(uint16_t sequence, size_t size) {
  Bytes packet(size, static_cast<uint8_t>(sequence));
  StoreU16(packet.data(), sequence);
  return packet;
}

Bytes Taken(PacketHistory& history, uint16_t sequence, Timestamp now,
            Duration round_trip = Duration(0)) {
  const ByteSpan packet = history.Take(sequence, round_trip, now);
  return {packet.begin(), packet.end()};
}

TEST(PacketHistoryTest, GivesBackWhatWasSentAndNothingElse) {
  PacketHistory history;
  EXPECT_TRUE(Taken(history, 7, kStart).empty());
  history.Store(7, PacketOf(7, 100), kStart);
  history.Store(8, PacketOf(8, 1200), kStart);
  EXPECT_EQ(Taken(history, 7, kStart), PacketOf(7, 100));
  EXPECT_EQ(Taken(history, 8, kStart), PacketOf(8, 1200));
  EXPECT_TRUE(Taken(history, 9, kStart).empty());
  EXPECT_TRUE(Taken(history, 7 + PacketHistory::kPackets, kStart).empty());
}

TEST(PacketHistoryTest, APacketGoesOutAgainOnceARoundTrip) {
  PacketHistory history;
  history.Store(1, PacketOf(1, 100), kStart);
  EXPECT_FALSE(Taken(history, 1, kStart, milliseconds(50)).empty());
  EXPECT_TRUE(Taken(history, 1, kStart + milliseconds(49), milliseconds(50)).empty());
  EXPECT_FALSE(Taken(history, 1, kStart + milliseconds(50), milliseconds(50)).empty());
  // Without a known round trip: not in a burst.
  EXPECT_TRUE(Taken(history, 1, kStart + milliseconds(55)).empty());
  EXPECT_FALSE(Taken(history, 1, kStart + milliseconds(60)).empty());
}

TEST(PacketHistoryTest, TheOldestMakeRoom) {
  PacketHistory history;
  Timestamp now = kStart;
  // Slowly: no reason to grow.
  const size_t packets = 3 * PacketHistory::kFirstBytes / 1000;
  for (uint16_t i = 0; i < packets; ++i) {
    now += milliseconds(100);
    history.Store(i, PacketOf(i, 1000), now);
  }
  EXPECT_EQ(history.capacity(), PacketHistory::kFirstBytes);
  EXPECT_TRUE(Taken(history, 0, now).empty());
  size_t kept = 0;
  for (uint16_t i = 0; i < packets; ++i) {
    const Bytes packet = Taken(history, i, now);
    if (packet.empty()) {
      EXPECT_EQ(kept, 0u) << "a hole at " << i;
      continue;
    }
    EXPECT_EQ(packet, PacketOf(i, 1000));
    ++kept;
  }
  EXPECT_GE(kept, PacketHistory::kFirstBytes / 1000 - 1);
}

TEST(PacketHistoryTest, GrowsForFastStreamsUpToItsBound) {
  PacketHistory history;
  Timestamp now = kStart;
  for (uint32_t i = 0; i < 20'000; ++i) {
    now += Duration(100);  // 10,000 packets of 1,200 bytes a second.
    history.Store(static_cast<uint16_t>(i), PacketOf(static_cast<uint16_t>(i), 1200), now);
  }
  EXPECT_EQ(history.capacity(), PacketHistory::kMaxBytes);
  EXPECT_FALSE(Taken(history, 19'500, now).empty());
}

TEST(PacketHistoryTest, GrowingLosesNothing) {
  PacketHistory history;
  Timestamp now = kStart;
  size_t grown = 0;
  for (uint32_t i = 0; i < 20'000; ++i) {
    now += Duration(100);
    // Sizes that meet the end of the ring exactly, and some that do not.
    const size_t size = i % 3 == 0 ? 1000 : 1024;
    const size_t capacity = history.capacity();
    history.Store(static_cast<uint16_t>(i), PacketOf(static_cast<uint16_t>(i), size), now);
    if (history.capacity() == capacity || i == 0) continue;
    ++grown;
    const uint32_t kept = static_cast<uint32_t>(capacity / 1024);
    for (uint32_t j = i < kept ? 0 : i - kept + 1; j <= i; ++j) {
      const auto sequence = static_cast<uint16_t>(j);
      ASSERT_EQ(Taken(history, sequence, now + seconds(grown)),
                PacketOf(sequence, j % 3 == 0 ? 1000 : 1024))
          << j;
    }
  }
  EXPECT_EQ(grown, 4u);  // From 64 KiB to 1 MiB.
}

TEST(PacketHistoryTest, GrowsWhenPacketsFillItExactly) {
  PacketHistory history;
  const size_t packets = PacketHistory::kFirstBytes / 1024;
  for (uint16_t i = 0; i <= packets; ++i) {
    history.Store(i, PacketOf(i, 1024), kStart + milliseconds(i));
  }
  EXPECT_EQ(history.capacity(), 2 * PacketHistory::kFirstBytes);
  for (uint16_t i = 0; i <= packets; ++i) {
    EXPECT_EQ(Taken(history, i, kStart + seconds(1)), PacketOf(i, 1024)) << i;
  }
}

TEST(PacketHistoryTest, ANumberThatCameAroundIsTheNewPacket) {
  PacketHistory history;
  history.Store(5, PacketOf(5, 100), kStart);
  Bytes newer = PacketOf(5, 200);
  history.Store(5, newer, kStart + seconds(60));
  EXPECT_EQ(Taken(history, 5, kStart + seconds(60)), newer);
}

TEST(PacketHistoryTest, HoldsNothingAfterClear) {
  PacketHistory history;
  history.Store(5, PacketOf(5, 100), kStart);
  history.Clear();
  EXPECT_EQ(history.capacity(), 0u);
  EXPECT_TRUE(Taken(history, 5, kStart).empty());
  history.Store(5, PacketOf(5, 100), kStart);
  EXPECT_FALSE(Taken(history, 5, kStart).empty());
}

TEST(PacketHistoryTest, WhatIsTooLongIsNotKept) {
  PacketHistory history;
  history.Store(1, PacketOf(1, PacketHistory::kFirstBytes + 1), kStart);
  EXPECT_TRUE(Taken(history, 1, kStart).empty());
  EXPECT_EQ(history.capacity(), 0u);
}

}  // namespace
}  // namespace pcd::media

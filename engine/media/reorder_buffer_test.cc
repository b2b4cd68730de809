#include "engine/media/reorder_buffer.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/testing/impairment_link.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using Numbers = std::vector<int64_t>;
using Place = ReorderBuffer::Place;

class ReorderBufferTest : public ::testing::Test {
 protected:
  // What leaves when this one comes.
  Numbers Put(int64_t sequence) {
    Numbers out;
    Place place = buffer_.PlaceOf(sequence);
    if (place == Place::kFar) {
      while (auto held = buffer_.PopAnyway()) out.push_back(held->sequence);
      buffer_.Restart();
      place = buffer_.PlaceOf(sequence);
    }
    if (place == Place::kLate) return out;
    if (place == Place::kNext) {
      out.push_back(sequence);
      buffer_.Advance(sequence);
    } else {
      buffer_.Hold({.packet = pool_.Get(), .sequence = sequence}, now_);
    }
    for (const int64_t number : Pop()) out.push_back(number);
    return out;
  }
  Numbers Pop() {
    Numbers out;
    while (auto held = buffer_.Pop(now_)) out.push_back(held->sequence);
    return out;
  }

  PacketPool pool_;
  Timestamp now_{std::chrono::seconds(5)};
  ReorderBuffer buffer_{milliseconds(50)};
};

TEST_F(ReorderBufferTest, WhatIsInOrderIsNeverHeld) {
  for (int64_t i = 10; i < 2000; ++i) EXPECT_EQ(Put(i), Numbers{i});
  EXPECT_EQ(buffer_.NextDeadline(), kNever);
}

TEST_F(ReorderBufferTest, WhatOvertookWaitsForTheOthers) {
  Put(1);
  EXPECT_TRUE(Put(4).empty());
  EXPECT_TRUE(Put(3).empty());
  EXPECT_EQ(Put(2), (Numbers{2, 3, 4}));
  EXPECT_EQ(buffer_.held(), 0u);
  EXPECT_EQ(pool_.outstanding(), 0u);
}

TEST_F(ReorderBufferTest, AGapIsGivenUpWhenThePacketBehindItHasWaitedForLongEnough) {
  Put(1);
  Put(3);
  EXPECT_EQ(buffer_.NextDeadline(), now_ + milliseconds(50));
  now_ += milliseconds(20);
  Put(5);
  now_ += milliseconds(30);
  EXPECT_EQ(Pop(), Numbers{3});
  EXPECT_EQ(buffer_.NextDeadline(), now_ + milliseconds(20));
  EXPECT_TRUE(Put(2).empty());  // Late.
  EXPECT_EQ(Put(4), (Numbers{4, 5}));
}

TEST_F(ReorderBufferTest, EachPacketHasItsOwnTime) {
  Put(1);
  Put(3);
  now_ += milliseconds(20);
  Put(5);
  EXPECT_EQ(Put(2), (Numbers{2, 3}));
  now_ += milliseconds(30);  // Of 3, which is gone.
  EXPECT_TRUE(Pop().empty());
  EXPECT_EQ(buffer_.NextDeadline(), now_ + milliseconds(20));
}

TEST_F(ReorderBufferTest, TwiceTheSameIsLate) {
  Put(1);
  Put(3);
  EXPECT_TRUE(Put(3).empty());
  EXPECT_EQ(buffer_.held(), 1u);
  EXPECT_TRUE(Put(1).empty());
}

TEST_F(ReorderBufferTest, NeverHoldsMoreThanItsCapacity) {
  Put(0);
  Numbers out;
  for (int64_t i = 2; i < 600; ++i) {
    for (const int64_t number : Put(i)) out.push_back(number);
    EXPECT_LE(buffer_.held(), ReorderBuffer::kCapacity);
  }
  ASSERT_FALSE(out.empty());
  EXPECT_EQ(out.front(), 2);
  EXPECT_EQ(out.back(), 599);
  Put(601);
  EXPECT_EQ(Put(601 + 3 * static_cast<int64_t>(ReorderBuffer::kCapacity)),
            (Numbers{601, 601 + 3 * static_cast<int64_t>(ReorderBuffer::kCapacity)}));
}

// Over a link that reorders by up to 20 ms, and loses, all that arrives leaves in order.
TEST_F(ReorderBufferTest, PutsABadLinkInOrder) {
  testing::ImpairmentOptions options;
  options.loss = 0.02;
  options.delay = milliseconds(30);
  options.reorder = 0.2;
  options.reorder_delay = milliseconds(20);
  options.duplicate = 0.05;
  testing::ImpairmentLink link(options, 3);
  Numbers out;
  const Timestamp begin = now_;
  for (int64_t tick = 0; tick < 5000; ++tick) {
    now_ = begin + milliseconds(tick);
    if (tick % 2 == 0 && tick < 4000) {
      const int64_t n = tick / 2;
      link.HandlePacket(std::vector<uint8_t>{static_cast<uint8_t>(n >> 8), static_cast<uint8_t>(n)},
                        now_);
    }
    link.HandleTimeout(now_);
    while (const auto packet = link.PollOutput()) {
      for (const int64_t number : Put(LoadU16(packet->data()))) out.push_back(number);
    }
    for (const int64_t number : Pop()) out.push_back(number);
  }
  for (size_t i = 1; i < out.size(); ++i) EXPECT_LT(out[i - 1], out[i]);
  EXPECT_EQ(out.size(), 2000 - link.model().counters().lost);
  EXPECT_GT(link.model().counters().reordered, 200u);
}

}  // namespace
}  // namespace pcd::media

#include "engine/sctp/usrsctp_event_queue.h"

#include <gtest/gtest.h>

#include <variant>
#include <vector>

namespace pcd::sctp {
namespace {

using Ids = std::vector<uint16_t>;

template <typename T>
T PopAs(UsrsctpEventQueue& queue) {
  auto event = queue.Pop();
  EXPECT_TRUE(event && std::holds_alternative<T>(*event));
  if (!event || !std::holds_alternative<T>(*event)) return {};
  return std::get<T>(std::move(*event));
}

TEST(UsrsctpEventQueue, EveryEventIsChargedAndTheChargeGoesWithIt) {
  UsrsctpEventQueue queue;
  queue.Push(MessageReceived{.bytes = std::vector<uint8_t>(1)});
  EXPECT_EQ(queue.charge(), 65u);
  queue.Push(IncomingStreamsReset{.stream_ids = {1, 2, 3}});
  EXPECT_EQ(queue.charge(), 65u + 70u);
  queue.Push(StateChanged{});
  EXPECT_EQ(queue.charge(), 65u + 70u + 64u);
  PopAs<MessageReceived>(queue);
  EXPECT_EQ(queue.charge(), 70u + 64u);
  PopAs<IncomingStreamsReset>(queue);
  PopAs<StateChanged>(queue);
  EXPECT_EQ(queue.charge(), 0u);
  EXPECT_FALSE(queue.Pop().has_value());
}

TEST(UsrsctpEventQueue, ResetsWithNothingBetweenThemAreOne) {
  UsrsctpEventQueue queue;
  for (int i = 0; i < 10'000; ++i) {
    queue.Push(IncomingStreamsReset{.stream_ids = {9, 7, 9}});
    queue.Push(OutgoingStreamsReset{.stream_ids = {8}});
    queue.Push(OutgoingStreamsReset{.stream_ids = {6}, .ok = false});
    queue.Push(IncomingStreamsReset{.stream_ids = {7, 1}});
  }
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_EQ(queue.charge(), 3 * 64u + 2 * (3 + 1 + 1));
  EXPECT_EQ(PopAs<IncomingStreamsReset>(queue).stream_ids, (Ids{1, 7, 9}));
  EXPECT_TRUE(PopAs<OutgoingStreamsReset>(queue).ok);
  EXPECT_FALSE(PopAs<OutgoingStreamsReset>(queue).ok);
  EXPECT_EQ(queue.charge(), 0u);
}

TEST(UsrsctpEventQueue, AResetStaysBehindTheMessagesBeforeIt) {
  UsrsctpEventQueue queue;
  queue.Push(IncomingStreamsReset{.stream_ids = {5}});
  queue.Push(MessageReceived{.stream_id = 5});
  queue.Push(IncomingStreamsReset{.stream_ids = {5}});
  EXPECT_EQ(PopAs<IncomingStreamsReset>(queue).stream_ids, (Ids{5}));
  EXPECT_EQ(PopAs<MessageReceived>(queue).stream_id, 5);
  EXPECT_EQ(PopAs<IncomingStreamsReset>(queue).stream_ids, (Ids{5}));
}

TEST(UsrsctpEventQueue, ClearForgetsTheChargeToo) {
  UsrsctpEventQueue queue;
  queue.Push(MessageReceived{.bytes = std::vector<uint8_t>(100)});
  queue.Clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.charge(), 0u);
}

}  // namespace
}  // namespace pcd::sctp

#include "engine/base/fifo.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace pcd {
namespace {

TEST(FifoTest, GivesWhatItTookInOrder) {
  Fifo<std::string> fifo;
  int next_in = 0;
  int next_out = 0;
  // The ring turns and grows while it is in use.
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 3; ++i) fifo.push_back(std::to_string(next_in++));
    for (int i = 0; i < 2; ++i) ASSERT_EQ(fifo.Take(), std::to_string(next_out++));
    ASSERT_EQ(fifo.size(), static_cast<size_t>(next_in - next_out));
    ASSERT_EQ(fifo[fifo.size() - 1], std::to_string(next_in - 1));
  }
  while (!fifo.empty()) ASSERT_EQ(fifo.Take(), std::to_string(next_out++));
  EXPECT_EQ(next_out, next_in);
}

TEST(FifoTest, WhatIsPoppedIsDestroyedAtOnce) {
  const auto value = std::make_shared<int>(7);
  Fifo<std::shared_ptr<int>> fifo;
  fifo.push_back(value);
  fifo.push_back(value);
  EXPECT_EQ(value.use_count(), 3);
  fifo.pop_front();
  EXPECT_EQ(value.use_count(), 2);
  fifo.clear();
  EXPECT_EQ(value.use_count(), 1);
}

TEST(FifoTest, WhatIsLeftIsDestroyedWithIt) {
  const auto value = std::make_shared<int>(7);
  {
    Fifo<std::shared_ptr<int>> fifo;
    for (int i = 0; i < 20; ++i) fifo.push_back(value);
    EXPECT_EQ(value.use_count(), 21);
  }
  EXPECT_EQ(value.use_count(), 1);
}

TEST(FifoTest, ErasesWhatIsEqualAndKeepsTheOrder) {
  Fifo<int> fifo;
  for (const int value : {1, 2, 1, 3, 1}) fifo.push_back(value);
  fifo.Erase(1);
  ASSERT_EQ(fifo.size(), 2u);
  EXPECT_EQ(fifo.Take(), 2);
  EXPECT_EQ(fifo.Take(), 3);
  fifo.Erase(1);
  EXPECT_TRUE(fifo.empty());
}

TEST(FifoTest, Moves) {
  Fifo<std::string> first;
  first.push_back("a");
  Fifo<std::string> second = std::move(first);
  EXPECT_EQ(second.front(), "a");
  Fifo<std::string> third;
  third.push_back("b");
  third = std::move(second);
  EXPECT_EQ(third.Take(), "a");
  EXPECT_TRUE(third.empty());
}

TEST(FifoTest, ServesAgainAfterItGaveItsMemoryBack) {
  struct Large {
    std::string text{};
    char bytes[300] = {};
  };
  Fifo<Large> fifo;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 9; ++i) fifo.push_back({.text = std::to_string(i)});
    for (int i = 0; i < 9; ++i) ASSERT_EQ(fifo.Take().text, std::to_string(i));
  }
}

}  // namespace
}  // namespace pcd

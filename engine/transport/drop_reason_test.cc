#include "engine/transport/drop_reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace pcd::transport {
namespace {

TEST(DropReasonTest, EveryReasonHasANameOfItsOwn) {
  std::set<std::string> names;
  for (size_t i = 0; i < kDropReasonCount; ++i) {
    names.insert(std::string(ToString(static_cast<DropReason>(i))));
  }
  EXPECT_EQ(names.size(), kDropReasonCount);
  EXPECT_EQ(names.count(""), 0u);
}

TEST(DropReasonTest, CountersAreSeparateAndSummed) {
  DropCounters counters;
  counters.Add(DropReason::kReceiveReplayed);
  counters.Add(DropReason::kSendRefused, 3);
  EXPECT_EQ(counters.Get(DropReason::kReceiveReplayed), 1u);
  EXPECT_EQ(counters.Get(DropReason::kSendRefused), 3u);
  EXPECT_EQ(counters.Get(DropReason::kReceiveMalformed), 0u);
  EXPECT_EQ(counters.Total(), 4u);
}

}  // namespace
}  // namespace pcd::transport

#include "service/stream_cap.h"

#include <gtest/gtest.h>

#include <optional>

namespace pcd::service {
namespace {

TEST(StreamCap, APlaceIsFreeAgainWhenItsPermitIsGone) {
  StreamCap cap(2);
  StreamCap::Permit first = cap.Take();
  const StreamCap::Permit second = cap.Take();
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(cap.Take(), nullptr);
  EXPECT_EQ(cap.Take(), nullptr);
  first.reset();
  EXPECT_NE(cap.Take(), nullptr);
}

TEST(StreamCap, APermitMayOutliveIt) {
  std::optional<StreamCap> cap(1);
  const StreamCap::Permit permit = cap->Take();
  cap.reset();
  EXPECT_NE(permit, nullptr);
}

}  // namespace
}  // namespace pcd::service

#include "engine/media/key_frame_requester.h"

#include <gtest/gtest.h>

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart(seconds(5));

TEST(KeyFrameRequesterTest, TheFirstRequestGoesOutAtOnce) {
  KeyFrameRequester requester;
  EXPECT_TRUE(requester.Request(kStart, true));
}

TEST(KeyFrameRequesterTest, FurtherRequestsWithinTheIntervalBecomeOneLaterRequest) {
  KeyFrameRequester requester;
  requester.Request(kStart, true);
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.Request(kStart + milliseconds(100), true));
  EXPECT_FALSE(requester.Request(kStart + milliseconds(200), true));
  EXPECT_EQ(requester.NextDeadline(), kStart + milliseconds(500));
  EXPECT_FALSE(requester.HandleTimeout(kStart + milliseconds(499), true));
  EXPECT_TRUE(requester.HandleTimeout(kStart + milliseconds(500), true));
}

TEST(KeyFrameRequesterTest, RepeatsUntilAKeyFrameArrives) {
  KeyFrameRequester requester;
  requester.Request(kStart, true);
  EXPECT_TRUE(requester.HandleTimeout(kStart + seconds(1), true));
  EXPECT_TRUE(requester.HandleTimeout(kStart + seconds(2), true));
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.wanted());
  EXPECT_EQ(requester.NextDeadline(), kNever);
  EXPECT_FALSE(requester.HandleTimeout(kStart + seconds(3), true));
}

TEST(KeyFrameRequesterTest, WaitsForPacketsOfASilentTrack) {
  KeyFrameRequester requester;
  EXPECT_FALSE(requester.Request(kStart, false));
  EXPECT_EQ(requester.NextDeadline(), kNever);
  EXPECT_TRUE(requester.OnLive(kStart + seconds(9)));
  EXPECT_FALSE(requester.OnLive(kStart + seconds(9)));
}

TEST(KeyFrameRequesterTest, StopsRepeatingWhenTheTrackFallsSilent) {
  KeyFrameRequester requester;
  requester.Request(kStart, true);
  EXPECT_FALSE(requester.HandleTimeout(kStart + seconds(1), false));
  EXPECT_EQ(requester.NextDeadline(), kNever);
  EXPECT_TRUE(requester.OnLive(kStart + seconds(60)));
}

TEST(KeyFrameRequesterTest, PacketsAloneAskForNothing) {
  KeyFrameRequester requester;
  EXPECT_FALSE(requester.OnLive(kStart));
}

}  // namespace
}  // namespace pcd::media

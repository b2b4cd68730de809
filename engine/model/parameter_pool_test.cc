#include "engine/model/parameter_pool.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd {
namespace {

CodecList Video(uint8_t payload_type) {
  return {{.payload_type = payload_type,
           .name = "H264",
           .clock_rate = 90000,
           .fmtp = {{"packetization-mode", "1"}},
           .rtcp_feedback = {"nack", "nack pli"}},
          {.payload_type = 97, .name = "rtx", .clock_rate = 90000, .fmtp = {{"apt", "96"}}}};
}

TEST(ParameterPoolTest, EqualListsBecomeOne) {
  ParameterPool pool;
  const CodecList first = pool.Share(Video(96));
  const CodecList second = pool.Share(Video(96));
  EXPECT_EQ(&first.front(), &second.front());
  EXPECT_EQ(pool.size(), 1u);
}

TEST(ParameterPoolTest, EveryMemberTellsListsApart) {
  ParameterPool pool;
  const CodecList original = pool.Share(Video(96));
  const std::vector<void (*)(Codec&)> changes = {
      [](Codec& codec) { codec.payload_type = 98; },
      [](Codec& codec) { codec.name = "VP8"; },
      [](Codec& codec) { codec.clock_rate = 8000; },
      [](Codec& codec) { codec.channels = 2; },
      [](Codec& codec) { codec.fmtp[0].second = "0"; },
      [](Codec& codec) { codec.rtcp_feedback.pop_back(); }};
  for (const auto change : changes) {
    CodecList other = Video(96);
    change(other.Edit().front());
    const CodecList shared = pool.Share(other);
    EXPECT_EQ(shared, other);
    EXPECT_NE(shared, original);
  }
  EXPECT_EQ(pool.size(), 1 + changes.size());
}

TEST(ParameterPoolTest, AnEditedListLeavesTheOthersAlone) {
  ParameterPool pool;
  const CodecList kept = pool.Share(Video(96));
  CodecList edited = pool.Share(Video(96));
  edited.Edit().front().name = "VP9";
  EXPECT_EQ(kept.front().name, "H264");
  EXPECT_EQ(pool.Share(Video(96)).front().name, "H264");
}

TEST(ParameterPoolTest, EqualExtensionsBecomeOne) {
  ParameterPool pool;
  const ExtensionList first = pool.Share(ExtensionList{{.id = 1, .uri = kMidExtensionUri}});
  const ExtensionList second = pool.Share(ExtensionList{{.id = 1, .uri = kMidExtensionUri}});
  const ExtensionList other = pool.Share(
      ExtensionList{{.id = 1, .uri = kMidExtensionUri, .direction = Direction::kSendOnly}});
  EXPECT_EQ(&first.front(), &second.front());
  EXPECT_NE(other, first);
  EXPECT_EQ(pool.size(), 2u);
}

TEST(ParameterPoolTest, AnEmptyListTakesNoPlace) {
  ParameterPool pool;
  EXPECT_TRUE(pool.Share(CodecList()).empty());
  EXPECT_EQ(pool.size(), 0u);
}

TEST(ParameterPoolTest, ForgetsWhatNobodyUses) {
  ParameterPool pool;
  const CodecList used = pool.Share(Video(1));
  for (int i = 0; i < 10'000; ++i) {
    CodecList passing = Video(2);
    passing.Edit().front().clock_rate = static_cast<uint32_t>(i + 1);
    pool.Share(passing);
    ASSERT_LE(pool.size(), 64u);
  }
  EXPECT_EQ(&pool.Share(Video(1)).front(), &used.front());
}

}  // namespace
}  // namespace pcd

#include "engine/media/contributing_sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::media {
namespace {

Timestamp At(int ms) { return Timestamp{std::chrono::milliseconds(ms)}; }

class ContributingSourcesTest : public ::testing::Test {
 protected:
  void Hear(std::initializer_list<uint32_t> csrcs, uint32_t timestamp, Timestamp arrival) {
    std::vector<uint8_t> packet(12 + 4 * csrcs.size() + 1);
    packet[0] = static_cast<uint8_t>(0x80 | csrcs.size());
    StoreU32(&packet[4], timestamp);
    size_t offset = 12;
    for (const uint32_t csrc : csrcs) {
      StoreU32(&packet[offset], csrc);
      offset += 4;
    }
    sources_.OnPacket(*rtp::RtpPacketView::Parse(packet), arrival);
  }
  const ContributingSources::Source* Find(uint32_t csrc) const {
    const auto sources = sources_.sources();
    const auto it = std::find_if(sources.begin(), sources.end(),
                                 [&](const auto& source) { return source.csrc == csrc; });
    return it != sources.end() ? &*it : nullptr;
  }

  ContributingSources sources_;
};

TEST_F(ContributingSourcesTest, APacketWithoutAListNamesNobody) {
  Hear({}, 1, At(1));
  EXPECT_TRUE(sources_.sources().empty());
}

TEST_F(ContributingSourcesTest, EachIsKeptOnceAsTheNewestPacketToldOfIt) {
  Hear({7, 8}, 100, At(1));
  Hear({8}, 200, At(2));
  ASSERT_EQ(sources_.sources().size(), 2u);
  EXPECT_EQ(Find(7)->rtp_timestamp, 100u);
  EXPECT_EQ(Find(7)->arrival, At(1));
  EXPECT_EQ(Find(8)->rtp_timestamp, 200u);
  EXPECT_EQ(Find(8)->arrival, At(2));
}

TEST_F(ContributingSourcesTest, WhenThereIsNoRoomTheOneThatWasSilentForLongestGoes) {
  for (uint32_t csrc = 1; csrc <= ContributingSources::kMaxSources; ++csrc) {
    Hear({csrc}, csrc, At(static_cast<int>(csrc)));
  }
  Hear({1}, 1000, At(1000));
  Hear({99}, 1001, At(1001));
  EXPECT_EQ(sources_.sources().size(), ContributingSources::kMaxSources);
  EXPECT_EQ(Find(2), nullptr);
  ASSERT_NE(Find(1), nullptr);
  ASSERT_NE(Find(99), nullptr);
}

}  // namespace
}  // namespace pcd::media

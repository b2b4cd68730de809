#include "engine/jsep/signaling_state.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace pcd::jsep {
namespace {

using S = SignalingState;
constexpr std::optional<S> kNo = std::nullopt;

// One row per state, one cell per call; columns: local offer, pranswer, answer, rollback, then
// the same from the remote. Written from W3C webrtc-pc section 4.3.1 and 4.4.1.5.
struct Row {
  S from;
  std::array<std::optional<S>, 8> to;
};
const Row kTable[] = {
    {S::kStable, {S::kHaveLocalOffer, kNo, kNo, kNo, S::kHaveRemoteOffer, kNo, kNo, kNo}},
    {S::kHaveLocalOffer,
     {S::kHaveLocalOffer, kNo, kNo, S::kStable, S::kHaveRemoteOffer, S::kHaveRemotePranswer,
      S::kStable, S::kStable}},
    {S::kHaveRemoteOffer,
     {kNo, S::kHaveLocalPranswer, S::kStable, S::kStable, S::kHaveRemoteOffer, kNo, kNo,
      S::kStable}},
    {S::kHaveLocalPranswer, {kNo, S::kHaveLocalPranswer, S::kStable, kNo, kNo, kNo, kNo, kNo}},
    {S::kHaveRemotePranswer, {kNo, kNo, kNo, kNo, kNo, S::kHaveRemotePranswer, S::kStable, kNo}},
    {S::kClosed, {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},
};
constexpr SdpType kTypes[] = {SdpType::kOffer, SdpType::kPranswer, SdpType::kAnswer,
                              SdpType::kRollback};

TEST(SignalingStateTest, EveryCellIsAsTheSpecificationSays) {
  int cells = 0;
  for (const Row& row : kTable) {
    for (size_t column = 0; column < row.to.size(); ++column) {
      const auto source = column < 4 ? DescriptionSource::kLocal : DescriptionSource::kRemote;
      const SdpType type = kTypes[column % 4];
      EXPECT_EQ(NextSignalingState(row.from, source, type), row.to[column])
          << ToString(row.from) << (column < 4 ? " local " : " remote ") << ToString(type);
      ++cells;
    }
  }
  EXPECT_EQ(cells, 48);
}

}  // namespace
}  // namespace pcd::jsep

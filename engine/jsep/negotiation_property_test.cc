// Random legal and illegal sequences on two sessions, compared with negotiation_model.h after
// every step.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "engine/base/random.h"
#include "engine/jsep/negotiation_player.h"
#include "engine/jsep/session_end.h"

namespace pcd::jsep {
namespace {

constexpr int kSteps = 250;

// What one end may send the other receives, with the payload types that it knows.
void ExpectMediaFlows(const ApplyResult& from, const ApplyResult& to) {
  if (!from.senders || !to.receivers) return;  // An offer was rolled back since.
  std::map<std::string, const ReceiveParameters*> receivers;
  for (const ReceiveParameters& receiver : *to.receivers) receivers[receiver.mid] = &receiver;
  for (const SendParameters& sender : *from.senders) {
    ASSERT_NE(receivers[sender.mid], nullptr);
    const ReceiveParameters& receiver = *receivers[sender.mid];
    EXPECT_EQ(sender.sending, receiver.receiving) << sender.mid;
    std::set<uint8_t> known;
    for (const Codec& codec : receiver.codecs) known.insert(codec.payload_type);
    ASSERT_FALSE(sender.codecs.empty());
    for (const Codec& codec : sender.codecs) EXPECT_TRUE(known.contains(codec.payload_type));
  }
}

class NegotiationPropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(NegotiationPropertyTest, AnySequenceLeavesBothEndsAsTheModelSays) {
  SeededRandom random(GetParam());
  SessionEnd first('a'), second('b');
  NegotiationPlayer player(random, first, second);
  int turns = 0;
  for (int step = 0; step < kSteps; ++turns) {
    ASSERT_LT(turns, 2 * kSteps) << "too many steps without a call";
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", step " + std::to_string(step));
    const int before = player.negotiations();
    const size_t calls = player.calls();
    player.Step();
    if (player.calls() > calls) ++step;
    ASSERT_EQ(player.problem(), "") << player.Log();
    if (player.negotiations() > before) {
      ExpectMediaFlows(first.last(), second.last());
      ExpectMediaFlows(second.last(), first.last());
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(player.negotiations(), kSteps / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, NegotiationPropertyTest,
                         ::testing::Range(static_cast<uint64_t>(1), static_cast<uint64_t>(9)));

}  // namespace
}  // namespace pcd::jsep

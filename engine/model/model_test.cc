#include <gtest/gtest.h>

#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/rtp_parameters.h"

namespace pcd {
namespace {

TEST(DirectionTest, ReversesAndComposes) {
  EXPECT_EQ(Reverse(Direction::kSendOnly), Direction::kRecvOnly);
  EXPECT_EQ(Reverse(Direction::kSendRecv), Direction::kSendRecv);
  for (bool sends : {false, true}) {
    for (bool receives : {false, true}) {
      const Direction d = MakeDirection(sends, receives);
      EXPECT_EQ(Sends(d), sends);
      EXPECT_EQ(Receives(d), receives);
      EXPECT_EQ(ParseDirection(ToString(d)), d);
    }
  }
  EXPECT_FALSE(ParseDirection("stopped").has_value());
  EXPECT_FALSE(ParseDirection("SENDRECV").has_value());
}

TEST(EnumsTest, SpellsStatesAsW3cDoes) {
  EXPECT_EQ(ToString(SignalingState::kHaveRemotePranswer), "have-remote-pranswer");
  EXPECT_EQ(ToString(IceConnectionState::kCompleted), "completed");
  EXPECT_EQ(ToString(SrtpProfile::kAeadAes128Gcm), "SRTP_AEAD_AES_128_GCM");
}

TEST(CodecTest, ComparesNamesAndFmtpKeysWithoutCase) {
  const Codec codec{.payload_type = 96,
                    .name = "vp8",
                    .clock_rate = 90000,
                    .fmtp = {{"max-fr", "30"}, {"0-15", ""}},
                    .rtcp_feedback = {"nack", "nack pli"}};
  EXPECT_TRUE(codec.NameIs("VP8"));
  ASSERT_NE(codec.FindFmtp("MAX-FR"), nullptr);
  EXPECT_EQ(codec.FmtpText(), "max-fr=30;0-15");
  EXPECT_TRUE(codec.HasFeedback("nack pli"));
  EXPECT_FALSE(codec.HasFeedback("pli"));
}

TEST(CandidateTest, FindsItsUfrag) {
  Candidate candidate;
  EXPECT_EQ(candidate.Ufrag(), "");
  candidate.extensions = {{"generation", "0"}, {"ufrag", "abcd"}};
  EXPECT_EQ(candidate.Ufrag(), "abcd");
}

}  // namespace
}  // namespace pcd

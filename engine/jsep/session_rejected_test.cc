// What a remote description rejects is stopped by it at once (W3C webrtc-pc section 4.4.1.5), not
// only when the negotiation is complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SessionRejectedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    audio_ = *a_.session->AddTransceiver(MediaKind::kAudio, {});
    video_ = *a_.session->AddTransceiver(MediaKind::kVideo, {});
    Negotiate(a_, b_);
    theirs_ = AtMid("1")->id;
    track_ = AtMid("1")->track_id;
  }
  const Transceiver* AtMid(const std::string& mid) {
    for (const Transceiver& t : b_.session->transceivers()) {
      if (t.mid == mid) return &t;
    }
    return nullptr;
  }
  // a's offer rejects the video section.
  ApplyResult Offer() {
    EXPECT_TRUE(a_.session->StopTransceiver(video_).ok());
    a_.SetLocal(SdpType::kOffer);
    return b_.SetRemote(SdpType::kOffer, a_.LocalSdp());
  }

  Peer a_{'a'}, b_{'b'};
  std::string audio_, video_;   // Of a.
  std::string theirs_, track_;  // What b has for the video.
};

TEST_F(SessionRejectedTest, ARejectedSectionOfARemoteOfferStopsItsTransceiverAtOnce) {
  const ApplyResult offered = Offer();
  EXPECT_THAT(offered.stopped_transceivers, ElementsAre(theirs_));
  EXPECT_THAT(offered.ended_tracks, ElementsAre(track_));
  ASSERT_THAT(offered.tracks, SizeIs(1));
  EXPECT_FALSE(offered.tracks[0].added);
  EXPECT_EQ(offered.tracks[0].track_id, track_);
  // It is one of the connection's until the answer.
  const Transceiver* stopped = b_.session->FindTransceiver(theirs_);
  ASSERT_NE(stopped, nullptr);
  EXPECT_TRUE(stopped->stopped);
  EXPECT_EQ(stopped->direction, Direction::kStopped);
  EXPECT_EQ(stopped->current_direction, Direction::kStopped);
  ExpectError(b_.session->SetDirection(theirs_, Direction::kSendRecv),
              ErrorReason::TRANSCEIVER_STOPPED, "InvalidStateError");
  EXPECT_TRUE(b_.session->StopTransceiver(theirs_).ok());
  EXPECT_EQ(b_.session->FindTransceiver(theirs_)->direction, Direction::kStopped);

  const ApplyResult answered = b_.SetLocal(SdpType::kAnswer);
  EXPECT_THAT(answered.stopped_transceivers, IsEmpty()) << "told with the offer";
  EXPECT_THAT(answered.ended_tracks, IsEmpty());
  EXPECT_EQ(b_.session->FindTransceiver(theirs_), nullptr);
  EXPECT_FALSE(b_.session->negotiation_needed());
  EXPECT_TRUE(MustParse(b_.LocalSdp()).media[1].IsRejected());
}

TEST_F(SessionRejectedTest, ARollbackOfTheOfferStartsNothingAgain) {
  Offer();
  const ApplyResult back = b_.SetRemote(SdpType::kRollback, "");
  a_.SetLocal(SdpType::kRollback);
  EXPECT_THAT(back.tracks, IsEmpty());
  EXPECT_THAT(back.stopped_transceivers, IsEmpty());
  const Transceiver* stopped = b_.session->FindTransceiver(theirs_);
  ASSERT_NE(stopped, nullptr);
  EXPECT_TRUE(stopped->stopped);
  EXPECT_EQ(stopped->mid, "1");
  // Its section is live as far as the descriptions say, which needs a negotiation.
  EXPECT_TRUE(b_.session->negotiation_needed());
  Negotiate(b_, a_);
  EXPECT_EQ(b_.session->FindTransceiver(theirs_), nullptr);
  EXPECT_EQ(a_.session->FindTransceiver(video_), nullptr);
  EXPECT_FALSE(a_.session->negotiation_needed());
  EXPECT_FALSE(b_.session->negotiation_needed());
}

TEST_F(SessionRejectedTest, TheTrackOfOneThatIsStoppingHasEndedBefore) {
  ASSERT_TRUE(b_.session->StopTransceiver(theirs_).ok());
  const ApplyResult offered = Offer();
  EXPECT_THAT(offered.stopped_transceivers, ElementsAre(theirs_));
  EXPECT_THAT(offered.ended_tracks, IsEmpty());
}

TEST_F(SessionRejectedTest, APranswerThatRejectsStopsAtOnceToo) {
  ASSERT_TRUE(b_.session->StopTransceiver(theirs_).ok());
  a_.SetLocal(SdpType::kOffer);
  b_.SetRemote(SdpType::kOffer, a_.LocalSdp());
  b_.SetLocal(SdpType::kPranswer);
  const ApplyResult applied = a_.SetRemote(SdpType::kPranswer, b_.LocalSdp());
  EXPECT_THAT(applied.stopped_transceivers, ElementsAre(video_));
  EXPECT_THAT(applied.ended_tracks, SizeIs(1));
  ASSERT_NE(a_.session->FindTransceiver(video_), nullptr);
  EXPECT_TRUE(a_.session->FindTransceiver(video_)->stopped);
  b_.SetLocal(SdpType::kAnswer);
  const ApplyResult last = a_.SetRemote(SdpType::kAnswer, b_.LocalSdp());
  EXPECT_THAT(last.stopped_transceivers, IsEmpty());
  EXPECT_EQ(a_.session->FindTransceiver(video_), nullptr);
  EXPECT_FALSE(a_.session->negotiation_needed());
}

TEST_F(SessionRejectedTest, OneStoppedByAPranswerStaysSoWhateverTheAnswerSays) {
  ASSERT_TRUE(b_.session->StopTransceiver(theirs_).ok());
  a_.SetLocal(SdpType::kOffer);
  b_.SetRemote(SdpType::kOffer, a_.LocalSdp());
  b_.SetLocal(SdpType::kPranswer);
  const std::string rejecting = b_.LocalSdp();
  const std::string accepting = a_.session->current_remote_description()->sdp;
  a_.SetRemote(SdpType::kPranswer, rejecting);
  a_.SetRemote(SdpType::kAnswer, accepting);
  const Transceiver* stopped = a_.session->FindTransceiver(video_);
  ASSERT_NE(stopped, nullptr);
  EXPECT_TRUE(stopped->stopped);
  EXPECT_EQ(stopped->current_direction, Direction::kStopped);
  EXPECT_TRUE(a_.session->negotiation_needed()) << "the section is to be rejected";
  EXPECT_TRUE(MustParse(a_.CreateOffer()).media[1].IsRejected());
}

}  // namespace
}  // namespace pcd::jsep

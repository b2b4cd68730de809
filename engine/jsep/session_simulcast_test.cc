// Layers that a sender offers, that an offer asks it for, and what an answer leaves of them (W3C
// webrtc-pc section 4.4.1.5, RFC 9429 sections 5.2.1 and 5.3.1, RFC 8853).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> RidsAt(const Peer& peer, size_t index = 0) {
  std::vector<std::string> rids;
  for (const SendEncoding& encoding : peer.session->transceivers().at(index).send_encodings) {
    rids.push_back(encoding.rid);
  }
  return rids;
}

const TransceiverInit kLayers = {.direction = Direction::kSendOnly,
                                 .send_encodings = {{.rid = "q"}, {.rid = "h"}, {.rid = "f"}}};

class SessionSimulcastTest : public ::testing::Test {
 protected:
  void AddLayers() {
    ASSERT_TRUE(a_.session->AddTransceiver(MediaKind::kVideo, kLayers, "t").ok());
  }
  // a's offer of layers, answered by b; `edit` of the answer before a takes it.
  ApplyResult Answered(const std::string& from, const std::string& to) {
    a_.SetLocal(SdpType::kOffer);
    b_.Answer(a_.LocalSdp());
    return a_.SetRemote(SdpType::kAnswer, Replace(b_.LocalSdp(), from, to));
  }

  Options with_cname_ = [] {
    Options options;
    options.cname = "me";
    return options;
  }();
  Peer a_{'a', with_cname_}, b_{'b'};
};

TEST_F(SessionSimulcastTest, SeveralEncodingsAreOfferedInTheirOrder) {
  AddLayers();
  const Transceiver& t = *a_.session->FindTransceiver("t");
  std::vector<SendEncoding> encodings = t.send_encodings;
  encodings[1].active = false;
  ASSERT_TRUE(a_.session->SetEncodings(t.sender_id, encodings).ok());
  const std::string offer = a_.CreateOffer();
  EXPECT_THAT(offer, HasSubstr("a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\n"));
  EXPECT_THAT(offer, HasSubstr("a=simulcast:send q;~h;f\r\n"));
  EXPECT_THAT(offer, Not(HasSubstr("a=ssrc"))) << "layers are told by their rids";
}

TEST_F(SessionSimulcastTest, OneEncodingOrNoSendingIsNoSimulcast) {
  ASSERT_TRUE(
      a_.session->AddTransceiver(MediaKind::kVideo, {.send_encodings = {{.rid = "only"}}}, "one")
          .ok());
  TransceiverInit held = kLayers;
  held.direction = Direction::kRecvOnly;
  ASSERT_TRUE(a_.session->AddTransceiver(MediaKind::kVideo, held, "held").ok());
  const std::string offer = a_.CreateOffer();
  EXPECT_THAT(offer, Not(HasSubstr("a=rid")));
  EXPECT_THAT(offer, Not(HasSubstr("a=simulcast")));
  EXPECT_THAT(offer, HasSubstr("a=ssrc"));
}

TEST_F(SessionSimulcastTest, AnAnswerThatTakesAllLayersLeavesThem) {
  AddLayers();
  const Negotiated done = Negotiate(a_, b_);
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
  EXPECT_THAT(done.offerer.senders->at(0).rids, ElementsAre("q", "h", "f"));
  EXPECT_THAT(done.answerer.receivers->at(0).rids, ElementsAre("q", "h", "f"));
  // And again, from either side.
  Negotiate(a_, b_);
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
  const Negotiated again = Negotiate(b_, a_);
  EXPECT_THAT(b_.LocalSdp(), HasSubstr("a=simulcast:recv q;h;f\r\n"));
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
  EXPECT_THAT(again.offerer.receivers->at(0).rids, ElementsAre("q", "h", "f"));
}

TEST_F(SessionSimulcastTest, AnAnswerWithFewerLayersTakesTheOthersAway) {
  AddLayers();
  const ApplyResult applied = Answered("a=simulcast:recv q;h;f", "a=simulcast:recv f;q");
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "f"));
  EXPECT_THAT(applied.senders->at(0).rids, ElementsAre("q", "f"));
}

TEST_F(SessionSimulcastTest, AnAnswerWithoutSimulcastLeavesTheFirstEncoding) {
  AddLayers();
  const ApplyResult applied = Answered("a=simulcast:recv q;h;f\r\n", "");
  EXPECT_THAT(RidsAt(a_), ElementsAre("q"));
  EXPECT_THAT(applied.senders->at(0).rids, IsEmpty());
  EXPECT_THAT(a_.CreateOffer(), Not(HasSubstr("a=simulcast")));
}

TEST_F(SessionSimulcastTest, AnAnswerThatTakesNothingSaysNothingAboutLayers) {
  AddLayers();
  a_.SetLocal(SdpType::kOffer);
  b_.SetRemote(SdpType::kOffer, a_.LocalSdp());
  const std::string id = b_.session->transceivers().at(0).id;
  ASSERT_TRUE(b_.session->SetDirection(id, Direction::kInactive).ok());
  b_.SetLocal(SdpType::kAnswer);
  a_.SetRemote(SdpType::kAnswer, b_.LocalSdp());
  EXPECT_THAT(RidsAt(a_), SizeIs(3));
  ASSERT_TRUE(b_.session->SetDirection(id, Direction::kRecvOnly).ok());
  const Negotiated done = Negotiate(a_, b_);
  EXPECT_THAT(done.offerer.senders->at(0).rids, ElementsAre("q", "h", "f"));
}

// b's offer, which asks for layers; a answers.
class SessionSimulcastAnswerTest : public SessionSimulcastTest {
 protected:
  std::string Offer(const std::string& simulcast = "a=simulcast:recv q,x;~h;q;f\r\n") {
    if (b_.session->transceivers().empty()) {
      EXPECT_TRUE(
          b_.session->AddTransceiver(MediaKind::kVideo, {.direction = Direction::kSendRecv}).ok());
    }
    b_.SetLocal(SdpType::kOffer);
    return Replace(b_.LocalSdp(), "a=rtcp-mux\r\n",
                   "a=rtcp-mux\r\na=rid:q recv\r\na=rid:x recv\r\na=rid:h recv\r\n"
                   "a=rid:f recv\r\n" +
                       simulcast);
  }
};

TEST_F(SessionSimulcastAnswerTest, AnOfferThatAsksForLayersMakesThemAndTheAnswerSendsThem) {
  ASSERT_TRUE(a_.session->AddTrack(MediaKind::kVideo, "cam", {}).ok());
  a_.SetRemote(SdpType::kOffer, Offer());
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
  EXPECT_EQ(a_.session->transceivers().at(0).send_encodings.at(0).scale_resolution_down_by, 4);
  const ApplyResult answered = a_.SetLocal(SdpType::kAnswer);
  EXPECT_THAT(a_.LocalSdp(), HasSubstr("a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\n"));
  EXPECT_THAT(a_.LocalSdp(), HasSubstr("a=simulcast:send q;h;f\r\n"));
  EXPECT_THAT(answered.senders->at(0).rids, ElementsAre("q", "h", "f"));
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
}

TEST_F(SessionSimulcastAnswerTest, ANewTransceiverHasTheLayersToo) {
  a_.SetRemote(SdpType::kOffer, Offer());
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
  a_.SetLocal(SdpType::kAnswer);
  EXPECT_THAT(a_.LocalSdp(), Not(HasSubstr("a=simulcast"))) << "it does not send";
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f"));
}

TEST_F(SessionSimulcastAnswerTest, ARollbackForgetsWhatWasProposed) {
  ASSERT_TRUE(a_.session->AddTrack(MediaKind::kVideo, "cam", {}).ok());
  a_.SetRemote(SdpType::kOffer, Offer());
  a_.SetRemote(SdpType::kRollback, "");
  EXPECT_THAT(RidsAt(a_), ElementsAre(""));
}

TEST_F(SessionSimulcastAnswerTest, LayersOfTheApplicationAreNotReplacedButCutDown) {
  ASSERT_TRUE(a_.session->AddTrack(MediaKind::kVideo, "cam", {}).ok());
  a_.SetRemote(SdpType::kOffer, Offer());
  a_.SetLocal(SdpType::kAnswer);
  b_.SetRemote(SdpType::kAnswer, a_.LocalSdp());
  a_.SetRemote(SdpType::kOffer, Offer("a=simulcast:recv f;z\r\n"));
  EXPECT_THAT(RidsAt(a_), ElementsAre("q", "h", "f")) << "until the answer";
  const ApplyResult answered = a_.SetLocal(SdpType::kAnswer);
  EXPECT_THAT(a_.LocalSdp(), HasSubstr("a=simulcast:send f\r\n"));
  EXPECT_THAT(RidsAt(a_), ElementsAre("f"));
  EXPECT_THAT(answered.senders->at(0).rids, ElementsAre("f"));
}

TEST_F(SessionSimulcastAnswerTest, WithoutTheRidExtensionThereIsNoSimulcast) {
  ASSERT_TRUE(a_.session->AddTrack(MediaKind::kVideo, "cam", {}).ok());
  const std::string uri = "sdes:rtp-stream-id";
  a_.SetRemote(SdpType::kOffer, Replace(Offer(), uri, "sdes:unknown"));
  const ApplyResult answered = a_.SetLocal(SdpType::kAnswer);
  EXPECT_THAT(a_.LocalSdp(), Not(HasSubstr("a=simulcast")));
  EXPECT_THAT(RidsAt(a_), ElementsAre("q"));
  EXPECT_THAT(answered.senders->at(0).rids, IsEmpty());
}

TEST_F(SessionSimulcastTest, EncodingsOfAStoppedSenderCannotBeSet) {
  AddLayers();
  Negotiate(a_, b_);
  const Transceiver t = *a_.session->FindTransceiver("t");
  ExpectError(a_.session->SetEncodings("none", t.send_encodings), ErrorReason::SENDER_NOT_FOUND,
              "InvalidAccessError");
  ASSERT_TRUE(a_.session->StopTransceiver("t").ok());
  ExpectError(a_.session->SetEncodings(t.sender_id, t.send_encodings),
              ErrorReason::TRANSCEIVER_STOPPED, "InvalidStateError");
}

}  // namespace
}  // namespace pcd::jsep

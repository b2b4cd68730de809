// Every refused remote description: code, reason, exception, line and rule. And that nothing
// changed.
#include <gtest/gtest.h>

#include "engine/base/error_contract.h"
#include "engine/base/status.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

absl::Status SetRemote(Peer& peer, SdpType type, const std::string& sdp) {
  return peer.session->SetRemoteDescription({.type = type, .sdp = sdp}).status();
}

int LineOf(const std::string& text, const std::string& what, int nth = 1) {
  size_t at = 0;
  for (int i = 0; i < nth; ++i) at = text.find(what, i == 0 ? 0 : at + 1);
  EXPECT_NE(at, std::string::npos) << what;
  int line = 1;
  for (size_t i = 0; i < at && i < text.size(); ++i) line += text[i] == '\n' ? 1 : 0;
  return line;
}

std::string ReplaceAll(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// A sample without the lines that start with `prefix`.
std::string Without(const std::string& text, const std::string& prefix) {
  std::string result;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin) + 1;
    const std::string line = text.substr(begin, end - begin);
    if (!line.starts_with(prefix)) result += line;
    begin = end;
  }
  return result;
}

// A sample whose fingerprints all have another hash, with 16 bytes as md5 has.
std::string WithHash(const std::string& text, const std::string& hash) {
  std::string result;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin) + 1;
    const std::string line = text.substr(begin, end - begin);
    const bool is_fingerprint = line.starts_with("a=fingerprint:");
    result += is_fingerprint
                  ? "a=fingerprint:" + hash + " 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B\r\n"
                  : line;
    begin = end;
  }
  return result;
}

class RefusedOffer : public testing::Test {
 protected:
  // `rule` is empty only for what is too large, which is our own limit.
  void Expect(const std::string& sdp, const std::string& rule, int line,
              ErrorReason reason = ErrorReason::SDP_SEMANTICS) {
    Peer peer;
    const absl::Status status = SetRemote(peer, SdpType::kOffer, sdp);
    ExpectError(status, reason, std::string(ContractOf(reason).dom_exception), line, rule);
    EXPECT_EQ(rule.empty(), reason == ErrorReason::SDP_TOO_LARGE);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(peer.session->signaling_state(), SignalingState::kStable);
    EXPECT_FALSE(peer.session->remote_description().has_value());
    EXPECT_TRUE(peer.session->transceivers().empty());
  }
  const std::string offer_ = ReadSample("chromium_offer.sdp");
};

TEST_F(RefusedOffer, BadSyntax) {
  Expect("", "RFC 8866, 5", 0, ErrorReason::INVALID_SDP);
  Expect("v=1\r\n", "RFC 8866, 5.1", 1, ErrorReason::INVALID_SDP);
  Expect("v=0\r\no=- 1\r\n", "RFC 8866, 5.2", 2, ErrorReason::INVALID_SDP);
  Expect(Replace(offer_, "m=audio 9", "m=audio 90000"), "RFC 8866, 5.14", LineOf(offer_, "m=audio"),
         ErrorReason::INVALID_SDP);
  Expect(Replace(offer_, "a=setup:actpass", "a=setup:maybe"), "RFC 4145, 4",
         LineOf(offer_, "a=setup"), ErrorReason::INVALID_SDP);
  Expect(Replace(offer_, "a=ice-ufrag:Zt4a", "a=ice-ufrag:Zt4"), "RFC 8839, 5.4",
         LineOf(offer_, "a=ice-ufrag"), ErrorReason::INVALID_SDP);
  Expect(Replace(offer_, "a=ice-pwd:", "a=ice-pwd:!"), "RFC 8839, 5.4", LineOf(offer_, "a=ice-pwd"),
         ErrorReason::INVALID_SDP);
}

TEST_F(RefusedOffer, TooLarge) {
  Expect(offer_ + std::string(300 * 1024, 'x'), "", 0, ErrorReason::SDP_TOO_LARGE);
  std::string many = offer_;
  for (int i = 0; i < 70; ++i) many += "m=audio 0 RTP/AVP 0\r\n";
  Expect(many, "", LineOf(many, "m=", 65), ErrorReason::SDP_TOO_LARGE);
}

TEST_F(RefusedOffer, TheSameMidTwice) {
  Expect(Replace(offer_, "a=mid:1", "a=mid:0"), "RFC 5888, 4", LineOf(offer_, "m=video"));
}

TEST_F(RefusedOffer, AGroupThatNamesNoSection) {
  Expect(Replace(offer_, "BUNDLE 0 1 2", "BUNDLE 0 1 9"), "RFC 5888, 5", LineOf(offer_, "a=group"));
}

TEST_F(RefusedOffer, AMidBundledTwice) {
  Expect(Replace(offer_, "BUNDLE 0 1 2", "BUNDLE 0 1 0"), "RFC 9143, 5", LineOf(offer_, "a=group"));
}

TEST_F(RefusedOffer, MissingIceCredentials) {
  const std::string bad = Without(offer_, "a=ice-pwd");
  Expect(bad, "RFC 9429, 5.8.3", LineOf(bad, "m=audio"));
}

TEST_F(RefusedOffer, AMissingFingerprint) {
  const std::string bad = Without(offer_, "a=fingerprint");
  Expect(bad, "RFC 9429, 5.8.3", LineOf(bad, "m=audio"));
}

TEST_F(RefusedOffer, KeysBySdes) {
  const std::string crypto =
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";
  const std::string keyed = ReplaceAll(offer_, "a=rtcp-mux\r\n", "a=rtcp-mux\r\n" + crypto);
  for (const char* proto : {"UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "RTP/SAVP"}) {
    const std::string bad = ReplaceAll(Without(keyed, "a=fingerprint"), "UDP/TLS/RTP/SAVPF", proto);
    Expect(bad, "RFC 8827, 6.5", LineOf(bad, "m=audio"), ErrorReason::UNSUPPORTED_SDP);
  }
  // Beside DTLS they are but lines that we do not act on.
  Peer peer;
  EXPECT_EQ(peer.Answer(keyed).signaling_state, SignalingState::kStable);
  EXPECT_EQ(peer.LocalSdp().find("a=crypto"), std::string::npos);
}

TEST_F(RefusedOffer, PlainRtp) {
  for (const char* proto : {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"}) {
    std::string bad = ReplaceAll(Without(offer_, "a=fingerprint"), "UDP/TLS/RTP/SAVPF", proto);
    Expect(bad, "RFC 8827, 6.5", LineOf(bad, "m=audio"), ErrorReason::UNSUPPORTED_SDP);
    // As telephones have it, without ICE.
    bad = Without(Without(bad, "a=ice-"), "a=setup");
    Expect(bad, "RFC 8827, 6.5", LineOf(bad, "m=audio"), ErrorReason::UNSUPPORTED_SDP);
  }
}

// What the transport could not use must not be applied first.
TEST_F(RefusedOffer, OnlyFingerprintsWithAHashWeDoNotKnow) {
  for (const std::string hash : {"md5", "md2", "x-future"}) {
    const std::string bad = WithHash(offer_, hash);
    Expect(bad, "RFC 8122, 5", LineOf(bad, "m=audio"));
  }
  // In one section of the three.
  const size_t data = offer_.find("m=application");
  const std::string bad = offer_.substr(0, data) + WithHash(offer_.substr(data), "md5");
  Expect(bad, "RFC 8122, 5", LineOf(bad, "m=application"));
}

TEST(FingerprintTest, OneThatCanBeUsedIsEnoughWhateverItsCase) {
  const std::string offer = ReadSample("chromium_offer.sdp");
  const std::string md5 = "a=fingerprint:md5 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B\r\n";
  Peer both;
  both.Answer(ReplaceAll(offer, "a=fingerprint:", md5 + "a=fingerprint:"));
  Peer upper;
  upper.Answer(ReplaceAll(offer, "a=fingerprint:sha-256", "a=fingerprint:SHA-256"));
}

TEST_F(RefusedOffer, AnExtensionIdWithTwoMeanings) {
  Expect(Replace(offer_, "a=extmap:2 http", "a=extmap:1 http"), "RFC 8285, 5",
         LineOf(offer_, "a=extmap:2 "));
}

TEST_F(RefusedOffer, ALiveSectionWithoutPayloadTypes) {
  const std::string bad = Replace(offer_, "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126",
                                  "m=audio 9 UDP/TLS/RTP/SAVPF");
  Expect(bad, "RFC 8866, 5.14", LineOf(bad, "m=audio"));
}

// Refused later offers: the first one was answered.
class RefusedReoffer : public testing::Test {
 protected:
  RefusedReoffer() { peer_.Answer(offer_); }

  void Expect(const std::string& sdp, const std::string& rule, int line,
              ErrorReason reason = ErrorReason::SDP_SEMANTICS) {
    EXPECT_FALSE(rule.empty());
    const auto transceivers = peer_.session->transceivers();
    ExpectError(SetRemote(peer_, SdpType::kOffer, sdp), reason,
                std::string(ContractOf(reason).dom_exception), line, rule);
    EXPECT_EQ(peer_.session->signaling_state(), SignalingState::kStable);
    EXPECT_EQ(peer_.session->remote_description()->sdp, offer_);
    EXPECT_EQ(peer_.session->transceivers(), transceivers);
    peer_.Answer(offer_);  // Still works.
  }
  const std::string offer_ = ReadSample("chromium_offer.sdp");
  Peer peer_;
};

TEST_F(RefusedReoffer, FewerSections) {
  std::string bad = offer_.substr(0, offer_.find("m=application"));
  bad = Replace(bad, "BUNDLE 0 1 2", "BUNDLE 0 1");
  Expect(bad, "RFC 3264, 8", LineOf(bad, "m=video"));
}

TEST_F(RefusedReoffer, AnotherKindInAPlace) {
  Expect(Replace(offer_, "m=audio", "m=video"), "RFC 3264, 8", LineOf(offer_, "m=audio"));
}

TEST_F(RefusedReoffer, AnotherMidInAPlace) {
  Expect(Replace(Replace(offer_, "a=mid:1", "a=mid:7"), "BUNDLE 0 1 2", "BUNDLE 0 7 2"),
         "RFC 9429, 5.2.2", LineOf(offer_, "m=video"));
}

TEST_F(RefusedReoffer, AFingerprintWithAHashWeDoNotKnow) {
  const std::string bad = WithHash(offer_, "md5");
  Expect(bad, "RFC 8122, 5", LineOf(bad, "m=audio"));
}

class RefusedAnswer : public testing::Test {
 protected:
  RefusedAnswer() {
    EXPECT_TRUE(peer_.session->AddTransceiver(MediaKind::kAudio, {}).ok());
    EXPECT_TRUE(peer_.session->AddTransceiver(MediaKind::kVideo, {}).ok());
    EXPECT_TRUE(peer_.session->AddDataSection().ok());
    peer_.SetLocal(SdpType::kOffer);
  }

  void Expect(const std::string& sdp, const std::string& rule, int line,
              ErrorReason reason = ErrorReason::SDP_SEMANTICS) {
    EXPECT_FALSE(rule.empty());
    for (SdpType type : {SdpType::kPranswer, SdpType::kAnswer}) {
      ExpectError(SetRemote(peer_, type, sdp), reason,
                  std::string(ContractOf(reason).dom_exception), line, rule);
      EXPECT_EQ(peer_.session->signaling_state(), SignalingState::kHaveLocalOffer);
      EXPECT_FALSE(peer_.session->remote_description().has_value());
    }
    peer_.SetRemote(SdpType::kAnswer, answer_);  // The right one still works.
  }
  const std::string answer_ = ReadSample("chromium_answer.sdp");
  Peer peer_;
};

TEST_F(RefusedAnswer, FewerSections) {
  std::string bad = answer_.substr(0, answer_.find("m=application"));
  bad = Replace(bad, "BUNDLE 0 1 2", "BUNDLE 0 1");
  Expect(bad, "RFC 3264, 6", LineOf(bad, "m=video"));
}

TEST_F(RefusedAnswer, AnotherKind) {
  Expect(Replace(answer_, "m=video", "m=audio"), "RFC 3264, 6", LineOf(answer_, "m=video"));
}

TEST_F(RefusedAnswer, AnotherMid) {
  Expect(Replace(Replace(answer_, "a=mid:1", "a=mid:x"), "BUNDLE 0 1 2", "BUNDLE 0 x 2"),
         "RFC 9429, 5.3.1", LineOf(answer_, "m=video"));
}

TEST_F(RefusedAnswer, NoBundleAtAll) {
  const std::string bad = Without(answer_, "a=group");
  Expect(bad, "RFC 9143, 7.3.2", LineOf(bad, "m=video"), ErrorReason::UNSUPPORTED_SDP);
}

TEST_F(RefusedAnswer, OneSectionLeftOutOfTheBundle) {
  Expect(Replace(answer_, "BUNDLE 0 1 2", "BUNDLE 0 1"), "RFC 9143, 7.3.2",
         LineOf(answer_, "m=application"), ErrorReason::UNSUPPORTED_SDP);
}

TEST_F(RefusedAnswer, SetupActpassOrNone) {
  Expect(ReplaceAll(answer_, "a=setup:active", "a=setup:actpass"), "RFC 8842, 5.3",
         LineOf(answer_, "m=audio"));
}

TEST_F(RefusedAnswer, NoSetup) {
  const std::string bad = Without(answer_, "a=setup");
  Expect(bad, "RFC 8842, 5.3", LineOf(bad, "m=audio"));
}

TEST_F(RefusedAnswer, AFingerprintWithAHashWeDoNotKnow) {
  const std::string bad = WithHash(answer_, "md5");
  Expect(bad, "RFC 8122, 5", LineOf(bad, "m=audio"));
}

TEST_F(RefusedAnswer, NoRtcpMux) {
  const std::string bad = Without(answer_, "a=rtcp-mux");
  Expect(bad, "RFC 9429, 4.1.1", LineOf(bad, "m=audio"), ErrorReason::UNSUPPORTED_SDP);
}

TEST_F(RefusedAnswer, KeysBySdes) {
  const std::string bad = Replace(Without(answer_, "a=fingerprint"), "a=rtcp-mux\r\n",
                                  "a=rtcp-mux\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
                                  "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n");
  Expect(bad, "RFC 8827, 6.5", LineOf(bad, "m=audio"), ErrorReason::UNSUPPORTED_SDP);
}

TEST_F(RefusedAnswer, NoCodecOfOurs) {
  Expect(Replace(answer_, "a=rtpmap:96 VP8/90000", "a=rtpmap:96 H263/90000"), "RFC 3264, 6.1",
         LineOf(answer_, "m=video"));
}

TEST_F(RefusedAnswer, AnotherProtocol) {
  Expect(Replace(answer_, "m=video 9 UDP/TLS/RTP/SAVPF", "m=video 9 FOO/RTP/X"), "RFC 3264, 6",
         LineOf(answer_, "m=video"));
}

TEST_F(RefusedAnswer, AnotherDataProtocol) {
  Expect(Replace(answer_, "UDP/DTLS/SCTP webrtc-datachannel", "UDP/DTLS/SCTP other"), "RFC 3264, 6",
         LineOf(answer_, "m=application"));
}

TEST(RefusedAnswerTest, ASectionThatWasRejectedInTheOffer) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kVideo, {}).ok());
  Negotiate(a, b);
  const std::string old_answer = b.LocalSdp();
  ASSERT_TRUE(a.session->StopTransceiver(a.session->transceivers()[1].id).ok());
  a.SetLocal(SdpType::kOffer);
  ExpectError(SetRemote(a, SdpType::kAnswer, old_answer), ErrorReason::SDP_SEMANTICS,
              "InvalidAccessError", LineOf(old_answer, "m=video"));
}

}  // namespace
}  // namespace pcd::jsep

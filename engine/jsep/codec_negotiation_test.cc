#include "engine/jsep/codec_negotiation.h"

#include <gtest/gtest.h>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

// Sections of the samples by index.
sdp::MediaSection Sample(const std::string& name, size_t index) {
  return MustParse(ReadSample(name)).media.at(index);
}

// Opus and VP8 alone, without retransmission.
Capabilities Plain() {
  Capabilities capabilities;
  capabilities.codecs = {{.kind = MediaKind::kAudio,
                          .name = "opus",
                          .clock_rate = 48000,
                          .channels = 2,
                          .preferred_payload = 111,
                          .feedback = {"transport-cc"}},
                         {.kind = MediaKind::kVideo,
                          .name = "VP8",
                          .clock_rate = 90000,
                          .preferred_payload = 96,
                          .feedback = {"ccm fir", "nack pli", "transport-cc"}}};
  return capabilities;
}
CodecCapability& Video(Capabilities& capabilities) { return capabilities.codecs.back(); }

std::vector<std::string> Described(const std::vector<Codec>& codecs) {
  std::vector<std::string> lines;
  for (const Codec& codec : codecs) {
    lines.push_back(std::to_string(codec.payload_type) + " " + codec.name + " " + codec.FmtpText());
  }
  return lines;
}

TEST(CodecNegotiationTest, TakesAllAudioOfChromiumButRedundancyAndComfortNoise) {
  const auto codecs =
      AnswerCodecs(*DefaultCapabilities(), MediaKind::kAudio, Sample("chromium_offer.sdp", 0));
  EXPECT_EQ(Described(codecs),
            (std::vector<std::string>{"111 opus minptime=10;useinbandfec=1", "9 G722 ", "0 PCMU ",
                                      "8 PCMA ", "110 telephone-event ", "126 telephone-event "}));
  EXPECT_EQ(codecs[0].rtcp_feedback, std::vector<std::string>{"transport-cc"});
}

TEST(CodecNegotiationTest, TakesAllVideoOfChromiumButRedundancyAndFec) {
  const auto codecs =
      AnswerCodecs(*DefaultCapabilities(), MediaKind::kVideo, Sample("chromium_offer.sdp", 1));
  EXPECT_EQ(
      Described(codecs),
      (std::vector<std::string>{
          "96 VP8 ", "97 rtx apt=96",
          "103 H264 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
          "104 rtx apt=103",
          "107 H264 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f",
          "108 rtx apt=107",
          "109 H264 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
          "114 rtx apt=109", "39 AV1 profile=0;level-idx=5;tier=0", "40 rtx apt=39",
          "98 VP9 profile-id=0", "99 rtx apt=98", "100 VP9 profile-id=2", "101 rtx apt=100"}));
  EXPECT_EQ(codecs[0].rtcp_feedback,
            (std::vector<std::string>{"ccm fir", "nack", "nack pli", "goog-remb", "transport-cc"}));
}

TEST(CodecNegotiationTest, TakesTheOfferedLevelOfAKnownProfile) {
  sdp::MediaSection offer;
  offer.codecs = {
      {.payload_type = 96,
       .name = "H264",
       .clock_rate = 90000,
       .fmtp = {{"profile-level-id", "640032"}, {"packetization-mode", "1"}}},
      {.payload_type = 97,
       .name = "H264",
       .clock_rate = 90000,
       .fmtp = {{"profile-level-id", "580032"}, {"packetization-mode", "1"}}},  // Extended.
      {.payload_type = 98, .name = "h264", .clock_rate = 90000},
      {.payload_type = 99,
       .name = "H265",
       .clock_rate = 90000,
       .fmtp = {{"level-id", "156"}, {"profile-id", "1"}, {"tier-flag", "0"}}},
      {.payload_type = 100, .name = "AV1", .clock_rate = 90000, .fmtp = {{"profile", "2"}}}};
  EXPECT_EQ(Described(AnswerCodecs(*DefaultCapabilities(), MediaKind::kVideo, offer)),
            (std::vector<std::string>{
                "96 H264 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640032",
                "98 h264 level-asymmetry-allowed=1;packetization-mode=0",
                "99 H265 profile-id=1;level-id=156;tier-flag=0"}));
}

TEST(CodecNegotiationTest, MirrorsTheWishForStereoAndPauses) {
  sdp::MediaSection offer;
  offer.codecs = {{.payload_type = 96,
                   .name = "opus",
                   .clock_rate = 48000,
                   .channels = 2,
                   .fmtp = {{"usedtx", "1"}, {"stereo", "1"}, {"maxplaybackrate", "16000"}}}};
  EXPECT_EQ(Described(AnswerCodecs(*DefaultCapabilities(), MediaKind::kAudio, offer)),
            std::vector<std::string>{"96 opus minptime=10;useinbandfec=1;stereo=1;usedtx=1"});
}

TEST(CodecNegotiationTest, TelephoneEventsAloneAreNoAudio) {
  sdp::MediaSection offer;
  offer.codecs = {{.payload_type = 101, .name = "telephone-event", .clock_rate = 8000}};
  EXPECT_TRUE(AnswerCodecs(*DefaultCapabilities(), MediaKind::kAudio, offer).empty());
}

TEST(CodecNegotiationTest, OffersEachCodecOnceWithItsRetransmission) {
  PayloadTypes numbers;
  const auto video = Described(numbers.Offer(*DefaultCapabilities(), MediaKind::kVideo, {}));
  ASSERT_EQ(video.size(), 14u);
  EXPECT_EQ(video[0], "96 VP8 ");
  EXPECT_EQ(video[1], "97 rtx apt=96");
  EXPECT_EQ(video[2], "98 VP9 profile-id=0");
  EXPECT_EQ(video[4],
            "100 H264 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  const auto audio = Described(numbers.Offer(*DefaultCapabilities(), MediaKind::kAudio, {}));
  EXPECT_EQ(audio,
            (std::vector<std::string>{"111 opus minptime=10;useinbandfec=1", "9 G722 ", "0 PCMU ",
                                      "8 PCMA ", "110 telephone-event ", "126 telephone-event "}));
}

TEST(CodecNegotiationTest, FollowsTheOfferersNumbers) {
  const Capabilities capabilities = Plain();
  const auto safari = AnswerCodecs(capabilities, MediaKind::kVideo, Sample("safari_offer.sdp", 1));
  ASSERT_EQ(safari.size(), 1u);
  EXPECT_EQ(safari[0].payload_type, 100);  // 96 is H264 there.
  const auto aiortc = AnswerCodecs(capabilities, MediaKind::kVideo, Sample("aiortc_offer.sdp", 1));
  ASSERT_EQ(aiortc.size(), 1u);
  EXPECT_EQ(aiortc[0].payload_type, 97);
  EXPECT_EQ(aiortc[0].rtcp_feedback, std::vector<std::string>{"nack pli"});
}

TEST(CodecNegotiationTest, KeepsTheSpellingOfTheOfferAndHonoursWildcardFeedback) {
  const auto codecs =
      AnswerCodecs(Plain(), MediaKind::kAudio, Sample("unbundled_sip_offer.sdp", 0));
  ASSERT_EQ(codecs.size(), 1u);
  EXPECT_EQ(codecs[0].name, "OPUS");
  EXPECT_EQ(codecs[0].rtcp_feedback, std::vector<std::string>{"transport-cc"});
}

TEST(CodecNegotiationTest, TakesRetransmissionOnlyOfCodecsThatHaveIt) {
  Capabilities capabilities = Plain();
  Video(capabilities).rtx = true;
  Video(capabilities).feedback.push_back("nack");
  const auto codecs =
      AnswerCodecs(capabilities, MediaKind::kVideo, Sample("chromium_offer.sdp", 1));
  ASSERT_EQ(codecs.size(), 2u);
  EXPECT_TRUE(codecs[0].HasFeedback("nack"));
  EXPECT_EQ(
      codecs[1],
      (Codec{.payload_type = 97, .name = "rtx", .clock_rate = 90000, .fmtp = {{"apt", "96"}}}));
}

TEST(CodecNegotiationTest, MatchesParametersThatMustAgree) {
  Capabilities capabilities;
  capabilities.codecs = {{.kind = MediaKind::kVideo,
                          .name = "VP9",
                          .clock_rate = 90000,
                          .fmtp = {{"profile-id", "0"}}}};
  const auto codecs =
      AnswerCodecs(capabilities, MediaKind::kVideo, Sample("chromium_offer.sdp", 1));
  ASSERT_EQ(codecs.size(), 1u);
  EXPECT_EQ(codecs[0].payload_type, 98);  // 100 is profile 2.
}

TEST(CodecNegotiationTest, AgreesOnWhatTheAnswerKept) {
  Capabilities capabilities = Plain();
  Video(capabilities).rtx = true;
  PayloadTypes numbers;
  const auto offered = numbers.Offer(capabilities, MediaKind::kVideo, {});
  ASSERT_EQ(offered.size(), 2u);
  sdp::MediaSection answer;
  answer.codecs = offered;
  EXPECT_EQ(AgreedCodecs(offered, answer), offered);
  answer.codecs.Edit()[0].rtcp_feedback = {"nack pli", "goog-remb"};
  EXPECT_EQ(AgreedCodecs(offered, answer)[0].rtcp_feedback, std::vector<std::string>{"nack pli"});
  answer.codecs.Edit()[0].payload_type = 120;  // Theirs; we still receive ours.
  answer.codecs.Edit().pop_back();
  EXPECT_EQ(AgreedCodecs(offered, answer)[0].payload_type, offered[0].payload_type);
  answer.codecs = {offered[1]};
  EXPECT_TRUE(AgreedCodecs(offered, answer).empty());  // rtx alone.
  answer.codecs = {{.payload_type = 96, .name = "H264", .clock_rate = 90000}};
  EXPECT_TRUE(AgreedCodecs(offered, answer).empty());
}

TEST(CodecNegotiationTest, AnOfferNeverGivesANumberASecondMeaning) {
  PayloadTypes numbers;
  numbers.Use({.payload_type = 96, .name = "H264", .clock_rate = 90000});
  numbers.Avoid(97);
  const auto video = numbers.Offer(Plain(), MediaKind::kVideo, {});
  ASSERT_EQ(video.size(), 1u);
  EXPECT_EQ(video[0].payload_type, 98);
  // The same codec in another section shares the number.
  EXPECT_EQ(numbers.Offer(Plain(), MediaKind::kVideo, {}), video);
}

TEST(CodecNegotiationTest, AnOfferKeepsTheNumbersOfItsSection) {
  Codec known = {.payload_type = 120, .name = "VP8", .clock_rate = 90000};
  PayloadTypes numbers;
  const auto video = numbers.Offer(Plain(), MediaKind::kVideo, {known});
  ASSERT_EQ(video.size(), 1u);
  EXPECT_EQ(video[0].payload_type, 120);
}

TEST(CodecNegotiationTest, AvoidedNumbersAreBetterThanNone) {
  PayloadTypes numbers;
  for (int i = 0; i < 128; ++i) numbers.Avoid(static_cast<uint8_t>(i));
  ASSERT_EQ(numbers.Offer(Plain(), MediaKind::kVideo, {}).size(), 1u);
  PayloadTypes full;
  for (int i = 0; i < 128; ++i) {
    full.Use({.payload_type = static_cast<uint8_t>(i), .name = "x", .clock_rate = 1});
  }
  EXPECT_TRUE(full.Offer(Plain(), MediaKind::kVideo, {}).empty());
}

}  // namespace
}  // namespace pcd::jsep

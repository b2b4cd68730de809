#include "engine/jsep/codec_negotiation.h"

#include <gtest/gtest.h>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

// Sections of the samples by index.
sdp::MediaSection Sample(const std::string& name, size_t index) {
  return MustParse(ReadSample(name)).media.at(index);
}

CodecCapability& Video(Capabilities& capabilities) { return capabilities.codecs.back(); }

TEST(CodecNegotiationTest, TakesOpusAndVp8FromChromiumWithItsNumbers) {
  const Capabilities capabilities = DefaultCapabilities();
  EXPECT_EQ(AnswerCodecs(capabilities, MediaKind::kAudio, Sample("chromium_offer.sdp", 0)),
            (std::vector<Codec>{{.payload_type = 111,
                                 .name = "opus",
                                 .clock_rate = 48000,
                                 .channels = 2,
                                 .fmtp = {{"minptime", "10"}, {"useinbandfec", "1"}},
                                 .rtcp_feedback = {"transport-cc"}}}));
  EXPECT_EQ(AnswerCodecs(capabilities, MediaKind::kVideo, Sample("chromium_offer.sdp", 1)),
            (std::vector<Codec>{{.payload_type = 96,
                                 .name = "VP8",
                                 .clock_rate = 90000,
                                 .rtcp_feedback = {"ccm fir", "nack pli", "transport-cc"}}}));
}

TEST(CodecNegotiationTest, FollowsTheOfferersNumbers) {
  const Capabilities capabilities = DefaultCapabilities();
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
      AnswerCodecs(DefaultCapabilities(), MediaKind::kAudio, Sample("unbundled_sip_offer.sdp", 0));
  ASSERT_EQ(codecs.size(), 1u);
  EXPECT_EQ(codecs[0].name, "OPUS");
  EXPECT_EQ(codecs[0].rtcp_feedback, std::vector<std::string>{"transport-cc"});
}

TEST(CodecNegotiationTest, TakesRetransmissionOnlyOfCodecsThatHaveIt) {
  Capabilities capabilities = DefaultCapabilities();
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
                          .must_match = {{"profile-id", "0"}}}};
  const auto codecs =
      AnswerCodecs(capabilities, MediaKind::kVideo, Sample("chromium_offer.sdp", 1));
  ASSERT_EQ(codecs.size(), 1u);
  EXPECT_EQ(codecs[0].payload_type, 98);  // 100 is profile 2.
}

TEST(CodecNegotiationTest, AgreesOnWhatTheAnswerKept) {
  Capabilities capabilities = DefaultCapabilities();
  Video(capabilities).rtx = true;
  PayloadTypes numbers;
  const auto offered = numbers.Offer(capabilities, MediaKind::kVideo, {});
  ASSERT_EQ(offered.size(), 2u);
  sdp::MediaSection answer;
  answer.codecs = offered;
  EXPECT_EQ(AgreedCodecs(offered, answer), offered);
  answer.codecs[0].rtcp_feedback = {"nack pli", "goog-remb"};
  EXPECT_EQ(AgreedCodecs(offered, answer)[0].rtcp_feedback, std::vector<std::string>{"nack pli"});
  answer.codecs[0].payload_type = 120;  // Theirs; we still receive ours.
  answer.codecs.pop_back();
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
  const auto video = numbers.Offer(DefaultCapabilities(), MediaKind::kVideo, {});
  ASSERT_EQ(video.size(), 1u);
  EXPECT_EQ(video[0].payload_type, 98);
  // The same codec in another section shares the number.
  EXPECT_EQ(numbers.Offer(DefaultCapabilities(), MediaKind::kVideo, {}), video);
}

TEST(CodecNegotiationTest, AnOfferKeepsTheNumbersOfItsSection) {
  Codec known = {.payload_type = 120, .name = "VP8", .clock_rate = 90000};
  PayloadTypes numbers;
  const auto video = numbers.Offer(DefaultCapabilities(), MediaKind::kVideo, {known});
  ASSERT_EQ(video.size(), 1u);
  EXPECT_EQ(video[0].payload_type, 120);
}

TEST(CodecNegotiationTest, AvoidedNumbersAreBetterThanNone) {
  PayloadTypes numbers;
  for (int i = 0; i < 128; ++i) numbers.Avoid(static_cast<uint8_t>(i));
  ASSERT_EQ(numbers.Offer(DefaultCapabilities(), MediaKind::kVideo, {}).size(), 1u);
  PayloadTypes full;
  for (int i = 0; i < 128; ++i) {
    full.Use({.payload_type = static_cast<uint8_t>(i), .name = "x", .clock_rate = 1});
  }
  EXPECT_TRUE(full.Offer(DefaultCapabilities(), MediaKind::kVideo, {}).empty());
}

}  // namespace
}  // namespace pcd::jsep

#include "engine/jsep/extension_negotiation.h"

#include <gtest/gtest.h>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

using Extensions = std::vector<HeaderExtension>;

TEST(ExtensionNegotiationTest, AnswersWithTheOfferedIds) {
  const auto offer = MustParse(ReadSample("chromium_offer.sdp"));
  EXPECT_EQ(AnswerExtensions(*DefaultCapabilities(), MediaKind::kVideo, offer, 1),
            (Extensions{{.id = 2, .uri = kAbsSendTimeExtensionUri},
                        {.id = 3, .uri = kTransportCcExtensionUri},
                        {.id = 4, .uri = kMidExtensionUri},
                        {.id = 10, .uri = kRidExtensionUri},
                        {.id = 11, .uri = kRepairedRidExtensionUri}}));
}

TEST(ExtensionNegotiationTest, ReversesTheDirectionFirefoxGives) {
  const auto offer = MustParse(ReadSample("firefox_offer.sdp"));
  const auto answer = AnswerExtensions(*DefaultCapabilities(), MediaKind::kVideo, offer, 1);
  ASSERT_EQ(answer.size(), 5u);
  EXPECT_EQ(answer[3].uri, kRidExtensionUri);
  EXPECT_EQ(answer[3].direction, Direction::kRecvOnly);
}

TEST(ExtensionNegotiationTest, TakesTheFirstOfTwoIdsAndNoneAbove255) {
  auto offer = MustParse(ReadSample("chromium_data_offer.sdp"));
  offer.media[0].extmaps = {{.extension = {.id = 256, .uri = kMidExtensionUri}},
                            {.extension = {.id = 200, .uri = kMidExtensionUri}},
                            {.extension = {.id = 5, .uri = kMidExtensionUri}},
                            {.extension = {.id = 6, .uri = kRidExtensionUri}}};
  EXPECT_EQ(AnswerExtensions(*DefaultCapabilities(), MediaKind::kAudio, offer, 0),
            (Extensions{{.id = 200, .uri = kMidExtensionUri}}));
}

TEST(ExtensionNegotiationTest, LeavesOutAnIdThatMeansSomethingElseEarlierInTheBundle) {
  // As aiortc numbers them: each section on its own.
  auto offer = MustParse(ReadSample("chromium_offer.sdp"));
  offer.media[0].extmaps = {{.extension = {.id = 1, .uri = kMidExtensionUri}},
                            {.extension = {.id = 2, .uri = "urn:audio-level"}}};
  offer.media[1].extmaps = {{.extension = {.id = 1, .uri = kMidExtensionUri}},
                            {.extension = {.id = 2, .uri = kAbsSendTimeExtensionUri}},
                            {.extension = {.id = 3, .uri = kTransportCcExtensionUri}}};
  const Extensions both = {{.id = 1, .uri = kMidExtensionUri},
                           {.id = 3, .uri = kTransportCcExtensionUri}};
  EXPECT_EQ(AnswerExtensions(*DefaultCapabilities(), MediaKind::kVideo, offer, 1), both);
  // Sections with transports of their own may number as they like.
  offer.groups.clear();
  EXPECT_EQ(AnswerExtensions(*DefaultCapabilities(), MediaKind::kVideo, offer, 1).size(), 3u);
}

TEST(ExtensionNegotiationTest, AgreesOnWhatBothListedWithOurIds) {
  const auto answer = MustParse(ReadSample("chromium_answer.sdp"));
  const Extensions ours = {{.id = 7, .uri = kMidExtensionUri}, {.id = 8, .uri = "urn:other"}};
  EXPECT_EQ(AgreedExtensions(ours, answer, 1), (Extensions{{.id = 7, .uri = kMidExtensionUri}}));
}

TEST(ExtensionNegotiationTest, AnOfferKeepsIdsThatHaveAMeaning) {
  ExtensionIds ids;
  ids.Use({.id = 4, .uri = "urn:other"});
  ids.Use({.id = 9, .uri = kTransportCcExtensionUri});
  const auto audio = ids.Offer(*DefaultCapabilities(), MediaKind::kAudio);
  EXPECT_EQ(audio, (Extensions{{.id = 1, .uri = kAudioLevelExtensionUri},
                               {.id = 2, .uri = kAbsSendTimeExtensionUri},
                               {.id = 9, .uri = kTransportCcExtensionUri},
                               {.id = 3, .uri = kMidExtensionUri}}));
  const auto video = ids.Offer(*DefaultCapabilities(), MediaKind::kVideo);
  ASSERT_EQ(video.size(), 5u);
  EXPECT_EQ(video[2], (HeaderExtension{.id = 3, .uri = kMidExtensionUri}));
}

TEST(ExtensionNegotiationTest, AnOfferDoesWithoutWhenAllIdsAreTaken) {
  ExtensionIds ids;
  for (uint16_t i = 1; i <= 14; ++i) ids.Use({.id = i, .uri = "urn:" + std::to_string(i)});
  EXPECT_TRUE(ids.Offer(*DefaultCapabilities(), MediaKind::kVideo).empty());
}

}  // namespace
}  // namespace pcd::jsep

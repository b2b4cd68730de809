// The validation steps of addTransceiver and setParameters (W3C webrtc-pc sections 5.1 and 5.2).
#include "engine/jsep/send_encodings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

using ::testing::ElementsAre;

constexpr auto kAudio = MediaKind::kAudio;
constexpr auto kVideo = MediaKind::kVideo;

std::vector<double> Scales(const SendEncodings& encodings) {
  std::vector<double> scales;
  for (const SendEncoding& encoding : encodings) {
    scales.push_back(encoding.scale_resolution_down_by.value_or(0));
  }
  return scales;
}

std::vector<std::string> Rids(const SendEncodings& encodings) {
  std::vector<std::string> rids;
  for (const SendEncoding& encoding : encodings) rids.push_back(encoding.rid);
  return rids;
}

void ExpectRefused(MediaKind kind, const SendEncodings& encodings, const char* dom_exception) {
  ExpectError(CheckSendEncodings(kind, encodings).status(), ErrorReason::INVALID_ARGUMENT,
              dom_exception);
}

TEST(SendEncodingsTest, NoneMeansOneWithDefaults) {
  const auto video = CheckSendEncodings(kVideo, {});
  ASSERT_TRUE(video.ok());
  EXPECT_THAT(*video, ElementsAre(SendEncoding{.scale_resolution_down_by = 1}));
  EXPECT_THAT(*CheckSendEncodings(kAudio, {}), ElementsAre(SendEncoding{}));
}

TEST(SendEncodingsTest, RidsAreWellFormedDistinctAndOfAllOrNone) {
  ExpectRefused(kVideo, {{.rid = "a!"}, {.rid = "b"}}, "TypeError");
  ExpectRefused(kVideo, {{.rid = std::string(256, 'a')}}, "TypeError");
  ExpectRefused(kVideo, {{.rid = "a"}, {.rid = "a"}}, "TypeError");
  ExpectRefused(kVideo, {{.rid = "a"}, {}}, "TypeError");
  ExpectRefused(kAudio, {{.rid = "a b"}}, "TypeError");
  EXPECT_TRUE(CheckSendEncodings(kVideo, {{.rid = "a-B_9"}, {.rid = std::string(255, 'z')}}).ok());
}

TEST(SendEncodingsTest, ValuesAreWithinTheirLimits) {
  ExpectRefused(kVideo, {{.scale_resolution_down_by = 0.5}}, "RangeError");
  ExpectRefused(kVideo, {{.scale_resolution_down_by = std::nan("")}}, "RangeError");
  ExpectRefused(kVideo, {{.scale_resolution_down_by = INFINITY}}, "RangeError");
  ExpectRefused(kVideo, {{.max_framerate = -1}}, "RangeError");
  ExpectRefused(kVideo, {{.max_framerate = std::nan("")}}, "RangeError");
  EXPECT_TRUE(CheckSendEncodings(kVideo, {{.max_framerate = 0}}).ok());
}

TEST(SendEncodingsTest, AudioLosesWhatOnlyVideoHas) {
  const auto encodings = CheckSendEncodings(
      kAudio,
      {{.active = false, .max_bitrate = 9, .max_framerate = -1, .scale_resolution_down_by = 0}});
  ASSERT_TRUE(encodings.ok());
  EXPECT_THAT(*encodings, ElementsAre(SendEncoding{.active = false, .max_bitrate = 9}));
}

TEST(SendEncodingsTest, ScalesAreThoseThatAreGivenOrHalveFromLayerToLayer) {
  EXPECT_THAT(Scales(*CheckSendEncodings(kVideo, {{}, {}, {}})), ElementsAre(4, 2, 1));
  EXPECT_THAT(Scales(*CheckSendEncodings(kVideo, {{}, {.scale_resolution_down_by = 3}})),
              ElementsAre(1, 3));
  // Trimmed first, halved then; but given ones count before they are trimmed.
  EXPECT_THAT(Scales(*CheckSendEncodings(kVideo, {{}, {}, {}, {}})), ElementsAre(4, 2, 1));
  EXPECT_THAT(Scales(*CheckSendEncodings(kVideo, {{}, {}, {}, {.scale_resolution_down_by = 2}})),
              ElementsAre(1, 1, 1));
}

TEST(SendEncodingsTest, ALoneEncodingHasNoRidAndSeveralHaveOneEach) {
  EXPECT_THAT(Rids(*CheckSendEncodings(kVideo, {{.rid = "x"}})), ElementsAre(""));
  EXPECT_THAT(Rids(*CheckSendEncodings(kAudio, {{.rid = "x"}, {.rid = "y"}})), ElementsAre(""));
  EXPECT_THAT(Rids(*CheckSendEncodings(kVideo, {{.rid = "x"}, {.rid = "y"}})),
              ElementsAre("x", "y"));
  EXPECT_THAT(Rids(*CheckSendEncodings(kVideo, {{}, {}})), ElementsAre("0", "1"));
}

TEST(SendEncodingsTest, SetParametersChangesValuesOnly) {
  const SendEncodings before = *CheckSendEncodings(kVideo, {{.rid = "a"}, {.rid = "b"}});
  const auto refused = [&](const SendEncodings& encodings, const char* dom_exception) {
    ExpectError(CheckNewEncodings(kVideo, before, encodings).status(),
                ErrorReason::INVALID_ARGUMENT, dom_exception);
  };
  refused({}, "InvalidModificationError");
  refused({{.rid = "a"}}, "InvalidModificationError");
  refused({{.rid = "b"}, {.rid = "a"}}, "InvalidModificationError");
  refused({{.rid = "a"}, {.rid = "c"}}, "InvalidModificationError");
  refused({{.rid = "a"}, {.rid = "b", .scale_resolution_down_by = 0.9}}, "RangeError");
  refused({{.rid = "a"}, {.rid = "b", .max_framerate = -0.1}}, "RangeError");
  const auto changed = CheckNewEncodings(
      kVideo, before, {{.rid = "a", .active = false}, {.rid = "b", .max_bitrate = 5}});
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed->at(0).active);
  EXPECT_EQ(changed->at(1).max_bitrate, 5u);
  EXPECT_THAT(Scales(*changed), ElementsAre(1, 1)) << "missing ones are 1";
}

TEST(SendEncodingsTest, AProposalIsTheFirstOfEachStreamOnce) {
  sdp::MediaSection offer;
  EXPECT_TRUE(ProposedEncodings(offer).empty());
  offer.simulcast = sdp::Simulcast{.recv = {{{.rid = "a"}, {.rid = "x"}},
                                            {{.rid = "b", .paused = true}},
                                            {{.rid = "a"}},
                                            {{.rid = "c"}},
                                            {{.rid = "d"}}}};
  const SendEncodings proposed = ProposedEncodings(offer);
  EXPECT_THAT(Rids(proposed), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Scales(proposed), ElementsAre(4, 2, 1));
}

}  // namespace
}  // namespace pcd::jsep

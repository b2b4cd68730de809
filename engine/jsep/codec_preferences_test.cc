#include "engine/jsep/codec_preferences.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

constexpr MediaKind kVideo = MediaKind::kVideo;

Capabilities TwoCodecs() {
  Capabilities capabilities;
  capabilities.codecs = {
      {.kind = kVideo, .name = "VP8", .clock_rate = 90000, .preferred_payload = 96, .rtx = true},
      {.kind = kVideo,
       .name = "H264",
       .clock_rate = 90000,
       .preferred_payload = 98,
       .fmtp = {{"a", "1"}, {"b", "2"}},
       .rtx = true},
      {.kind = MediaKind::kAudio, .name = "opus", .clock_rate = 48000, .channels = 2},
  };
  return capabilities;
}

std::vector<std::string> Names(const std::vector<Codec>& codecs) {
  std::vector<std::string> names;
  for (const Codec& codec : codecs) names.push_back(codec.name);
  return names;
}

using List = std::vector<std::string>;

struct Pair {
  Peer a{'a', {.capabilities = TwoCodecs()}};
  Peer b{'b', {.capabilities = TwoCodecs()}};
  std::vector<Codec> all = CodecCapabilities(TwoCodecs(), kVideo);
  std::string id = *a.session->AddTransceiver(kVideo, {});
};

TEST(CodecPreferencesTest, ListsCodecsAndOneRetransmissionFormat) {
  EXPECT_EQ(Names(CodecCapabilities(TwoCodecs(), kVideo)), (List{"VP8", "H264", "rtx"}));
  EXPECT_EQ(Names(CodecCapabilities(TwoCodecs(), MediaKind::kAudio)), List{"opus"});
}

TEST(CodecPreferencesTest, ComparesParametersInAnyOrder) {
  Codec codec = CodecCapabilities(TwoCodecs(), kVideo)[1];
  Codec other = codec;
  other.name = "h264";
  std::swap(other.fmtp[0], other.fmtp[1]);
  EXPECT_TRUE(SameCapability(codec, other));
  other.fmtp[0].second = "3";
  EXPECT_FALSE(SameCapability(codec, other));
}

TEST(CodecPreferencesTest, AnOfferHasThemInTheirOrderAndWithTheirNumbers) {
  Pair p;
  ASSERT_TRUE(p.a.session->SetCodecPreferences(p.id, {p.all[1], p.all[0], p.all[1]}).ok());
  auto codecs = MustParse(p.a.CreateOffer()).media.at(0).codecs;
  EXPECT_EQ(Names(codecs), (List{"H264", "VP8"}));
  EXPECT_EQ(codecs[0].payload_type, 98);
  ASSERT_TRUE(p.a.session->SetCodecPreferences(p.id, {p.all[1], p.all[2]}).ok());
  EXPECT_EQ(Names(MustParse(p.a.CreateOffer()).media.at(0).codecs), (List{"H264", "rtx"}));
  ASSERT_TRUE(p.a.session->SetCodecPreferences(p.id, {}).ok());
  EXPECT_EQ(Names(MustParse(p.a.CreateOffer()).media.at(0).codecs),
            (List{"VP8", "rtx", "H264", "rtx"}));
}

TEST(CodecPreferencesTest, AnAnswerHasThemInTheirOrderWhateverWasOffered) {
  Pair p;
  p.a.SetLocal(SdpType::kOffer);
  p.b.SetRemote(SdpType::kOffer, p.a.LocalSdp());
  const std::string id = p.b.session->transceivers().at(0).id;
  ASSERT_TRUE(p.b.session->SetCodecPreferences(id, {p.all[1], p.all[0], p.all[2]}).ok());
  EXPECT_EQ(Names(MustParse(p.b.CreateAnswer()).media.at(0).codecs),
            (List{"H264", "rtx", "VP8", "rtx"}));
  ASSERT_TRUE(p.b.session->SetCodecPreferences(id, {p.all[0]}).ok());
  p.b.SetLocal(SdpType::kAnswer);
  const ApplyResult result = p.a.SetRemote(SdpType::kAnswer, p.b.LocalSdp());
  EXPECT_EQ(Names(result.senders->at(0).codecs), List{"VP8"});
}

TEST(CodecPreferencesTest, WithNothingInCommonTheSectionIsRejected) {
  Pair p;
  ASSERT_TRUE(p.a.session->SetCodecPreferences(p.id, {p.all[1]}).ok());
  p.a.SetLocal(SdpType::kOffer);
  p.b.SetRemote(SdpType::kOffer, p.a.LocalSdp());
  const std::string id = p.b.session->transceivers().at(0).id;
  ASSERT_TRUE(p.b.session->SetCodecPreferences(id, {p.all[0]}).ok());
  p.b.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(MustParse(p.b.LocalSdp()).media.at(0).port, 0);
}

TEST(CodecPreferencesTest, RefusesWhatIsNoCapabilityAndWhatOnlyRepairs) {
  Pair p;
  const auto refuse = [&](std::vector<Codec> codecs) {
    ExpectError(p.a.session->SetCodecPreferences(p.id, std::move(codecs)),
                ErrorReason::INVALID_CODEC, "InvalidModificationError");
  };
  refuse({{.name = "AV1", .clock_rate = 90000}});
  refuse({{.name = "opus", .clock_rate = 48000, .channels = 2}});
  refuse({p.all[0], {.name = "H264", .clock_rate = 90000}});
  refuse({p.all[2]});
  ExpectError(p.a.session->SetCodecPreferences("none", {}), ErrorReason::TRANSCEIVER_NOT_FOUND, "");
  EXPECT_TRUE(p.a.session->FindTransceiver(p.id)->codec_preferences.empty());
}

TEST(CodecPreferencesTest, WhatIsOnlyAcceptedByDefaultIsOfferedOnceItIsPreferred) {
  const Capabilities& capabilities = *DefaultCapabilities();
  Peer peer;
  const std::string id = *peer.session->AddTransceiver(kVideo, {});
  std::vector<Codec> preferred = CodecCapabilities(capabilities, kVideo);
  std::erase_if(preferred, [](const Codec& codec) {
    const std::string* mode = codec.FindFmtp("packetization-mode");
    return mode == nullptr || *mode != "0";
  });
  ASSERT_GE(preferred.size(), 2u);
  ASSERT_TRUE(peer.session->SetCodecPreferences(id, preferred).ok());
  peer.SetLocal(SdpType::kOffer);
  const auto offered = MustParse(peer.LocalSdp()).media.at(0).codecs;
  ASSERT_EQ(offered.size(), preferred.size());
  EXPECT_EQ(*offered[0].FindFmtp("profile-level-id"), *preferred[0].FindFmtp("profile-level-id"));
}

}  // namespace
}  // namespace pcd::jsep

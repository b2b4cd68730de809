// The record says of every section, codec and header extension what became of it, and why.
#include "engine/jsep/negotiation_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/jsep/session_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::jsep {
namespace {

using testing::IsOk;

// "+rule" when kept, "-rule" when dropped; "none" when nothing was decided about it.
std::string VerdictOn(const std::vector<Decision>& decisions, const std::string& subject) {
  const auto found = std::find_if(
      decisions.begin(), decisions.end(),
      [&](const Decision& decision) { return decision.subject.rfind(subject, 0) == 0; });
  if (found == decisions.end()) return "none";
  return (found->kept ? "+" : "-") + std::string(found->rule);
}

std::string VerdictOn(const Decision& decision) { return VerdictOn({decision}, ""); }

const SectionRecord& SectionOf(const Peer& peer, size_t index) {
  static const SectionRecord kNone;
  const auto record = peer.session->record();
  if (record == nullptr || index >= record->size()) {
    ADD_FAILURE() << "no section " << index;
    return kNone;
  }
  return (*record)[index];
}

TEST(NegotiationRecord, ThereIsNoneBeforeTheFirstAnswer) {
  Peer peer;
  EXPECT_EQ(peer.session->record(), nullptr);
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  EXPECT_EQ(peer.session->record(), nullptr);
}

TEST(NegotiationRecord, AnAnswerOfOursSaysWhatWasOfferedAndTaken) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  ASSERT_EQ(peer.session->record()->size(), 3u);
  const SectionRecord& video = SectionOf(peer, 1);
  EXPECT_EQ(video.mid, "1");
  EXPECT_EQ(video.kind, MediaKind::kVideo);
  EXPECT_EQ(video.transceiver_id, peer.session->transceivers()[1].id);
  EXPECT_GT(video.sdp_line, 1);
  EXPECT_EQ(VerdictOn(video.section), "+accepted");
  EXPECT_EQ(VerdictOn(video.codecs, "VP8/90000 96"), "+supported");
  EXPECT_EQ(VerdictOn(video.codecs, "rtx/90000 97"), "+repeats-a-kept-codec");
  EXPECT_EQ(VerdictOn(video.codecs, "red/90000 116"), "-not-supported");
  EXPECT_EQ(VerdictOn(video.codecs, "rtx/90000 117"), "-repeats-no-kept-codec");
  EXPECT_EQ(VerdictOn(video.extensions, "urn:ietf:params:rtp-hdrext:sdes:mid"), "+supported");
  EXPECT_EQ(VerdictOn(video.extensions, "urn:3gpp:video-orientation"), "-not-supported");
  const SectionRecord& data = SectionOf(peer, 2);
  EXPECT_EQ(data.kind, std::nullopt);
  EXPECT_EQ(VerdictOn(data.section), "+accepted");
  EXPECT_TRUE(data.codecs.empty());
}

TEST(NegotiationRecord, PreferencesAreTheReasonWhereTheyAre) {
  Peer peer;
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  const std::string id = peer.session->transceivers()[1].id;
  ASSERT_THAT(peer.session->SetCodecPreferences(id, {{.name = "VP8", .clock_rate = 90000}}),
              IsOk());
  peer.SetLocal(SdpType::kAnswer);
  const SectionRecord& video = SectionOf(peer, 1);
  EXPECT_EQ(VerdictOn(video.codecs, "VP8/90000 96"), "+supported");
  EXPECT_EQ(VerdictOn(video.codecs, "VP9/90000"), "-not-in-preferences");
  EXPECT_EQ(VerdictOn(video.codecs, "rtx/90000 97"), "-not-in-preferences");
  EXPECT_EQ(VerdictOn(video.codecs, "rtx/90000 99"), "-repeats-no-kept-codec");
}

TEST(NegotiationRecord, ASectionThatIsRefusedSaysWhy) {
  const std::string offer = ReadSample("unbundled_sip_offer.sdp");
  Peer one('a');
  one.Answer(offer);
  EXPECT_EQ(VerdictOn(SectionOf(one, 0).section), "+accepted-unbundled");
  EXPECT_EQ(VerdictOn(SectionOf(one, 1).section), "-not-in-bundle");
  EXPECT_TRUE(SectionOf(one, 1).codecs.empty());
  EXPECT_EQ(VerdictOn(SectionOf(one, 2).section), "-rejected-in-offer");
  EXPECT_EQ(SectionOf(one, 2).section.subject, "text");
  Peer other('b');
  other.Answer(Replace(offer, "a=rtcp-mux\r\n", ""));
  EXPECT_EQ(VerdictOn(SectionOf(other, 0).section), "-no-rtcp-mux");
  EXPECT_EQ(VerdictOn(SectionOf(other, 1).section), "+accepted-unbundled");

  const std::string data = ReadSample("chromium_data_offer.sdp");
  const std::string second = Replace(data.substr(data.find("m=application")), "a=mid:2", "a=mid:3");
  Peer third('c');
  third.Answer(Replace(data, "BUNDLE 2", "BUNDLE 2 3") + second);
  EXPECT_EQ(VerdictOn(SectionOf(third, 1).section), "-second-data-section");
}

TEST(NegotiationRecord, ASectionWithoutACommonCodecShowsWhatWasOffered) {
  Peer peer;
  peer.Answer(Replace(ReadSample("unbundled_sip_offer.sdp"), " VP8/90000", " VP7/90000"));
  const SectionRecord& video = SectionOf(peer, 1);
  EXPECT_EQ(VerdictOn(video.section), "-no-common-codec");
  EXPECT_EQ(VerdictOn(video.codecs, "VP7/90000 97"), "-not-supported");
  EXPECT_TRUE(video.extensions.empty());
}

TEST(NegotiationRecord, AStoppedTransceiverIsTheReasonAtBothEnds) {
  Peer offerer('a'), answerer('b');
  ASSERT_THAT(offerer.session->AddTransceiver(MediaKind::kAudio, {}), IsOk());
  ASSERT_THAT(offerer.session->AddTransceiver(MediaKind::kVideo, {}), IsOk());
  offerer.CreateOffer();
  offerer.SetLocal(SdpType::kOffer);
  answerer.SetRemote(SdpType::kOffer, offerer.LocalSdp());
  ASSERT_THAT(answerer.session->StopTransceiver(answerer.session->transceivers()[1].id), IsOk());
  answerer.SetLocal(SdpType::kAnswer);
  offerer.SetRemote(SdpType::kAnswer, answerer.LocalSdp());
  EXPECT_EQ(VerdictOn(SectionOf(answerer, 0).section), "+accepted");
  EXPECT_EQ(VerdictOn(SectionOf(answerer, 1).section), "-stopped");
  EXPECT_EQ(VerdictOn(SectionOf(offerer, 0).section), "+accepted");
  EXPECT_EQ(VerdictOn(SectionOf(offerer, 1).section), "-rejected-in-answer");
  EXPECT_TRUE(SectionOf(offerer, 1).codecs.empty());
}

TEST(NegotiationRecord, AnAnswerOfTheRemoteSaysWhatItLeftOut) {
  Peer offerer('a'), answerer('b');
  ASSERT_THAT(offerer.session->AddTransceiver(MediaKind::kVideo, {}), IsOk());
  const std::string offer = offerer.CreateOffer();
  offerer.SetLocal(SdpType::kOffer);
  answerer.SetRemote(SdpType::kOffer, offer);
  ASSERT_THAT(answerer.session->SetCodecPreferences(answerer.session->transceivers()[0].id,
                                                    {{.name = "VP8", .clock_rate = 90000}}),
              IsOk());
  answerer.SetLocal(SdpType::kAnswer);
  offerer.SetRemote(SdpType::kAnswer, answerer.LocalSdp());
  const SectionRecord& video = SectionOf(offerer, 0);
  EXPECT_EQ(video.transceiver_id, offerer.session->transceivers()[0].id);
  EXPECT_EQ(VerdictOn(video.section), "+accepted");
  EXPECT_EQ(VerdictOn(video.codecs, "VP8/90000"), "+answered");
  EXPECT_EQ(VerdictOn(video.codecs, "VP9/90000"), "-not-answered");
  EXPECT_EQ(VerdictOn(video.extensions, "urn:ietf:params:rtp-hdrext:sdes:mid"), "+answered");
}

TEST(NegotiationRecord, ItOutlivesARollback) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  const auto record = peer.session->record();
  peer.CreateOffer();
  peer.SetLocal(SdpType::kOffer);
  peer.SetLocal(SdpType::kRollback);
  EXPECT_EQ(peer.session->record(), record);
}

TEST(NegotiationRecord, ItIsBounded) {
  std::vector<Decision> list;
  const Decisions decisions(&list);
  for (size_t i = 0; i < 2 * Decisions::kMax; ++i) decisions.Keep("x", "rule", "reference");
  EXPECT_EQ(list.size(), Decisions::kMax);
  decisions.DropAll("none", "reference");
  EXPECT_EQ(VerdictOn(list.back()), "-none");
  decisions.Keep("beyond", "rule", "reference");
  EXPECT_EQ(list.back().subject, "x");
  std::vector<Decision> cut;
  Decisions(&cut).Keep(std::string(127, 'x') + "\xC3\xA9", "rule", "reference");
  EXPECT_EQ(cut.at(0).subject, std::string(127, 'x')) << "not within a character";
}

}  // namespace
}  // namespace pcd::jsep

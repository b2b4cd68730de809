#include "engine/media/ssrc_router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcd::media {
namespace {

using std::chrono::seconds;
using Bytes = std::vector<uint8_t>;
constexpr Timestamp kNow(seconds(50));

ReceiveParameters Section(const std::string& mid, std::vector<uint8_t> payload_types,
                          std::vector<uint32_t> ssrcs = {}) {
  ReceiveParameters p;
  p.mid = mid;
  p.kind = MediaKind::kVideo;
  p.receiving = true;
  for (const uint8_t type : payload_types) {
    p.codecs.Edit().push_back({.payload_type = type, .name = "VP8", .clock_rate = 90000});
  }
  for (const uint32_t ssrc : ssrcs) p.ssrcs.push_back({.ssrc = ssrc});
  p.extensions = {{4, kMidExtensionUri}, {5, kRidExtensionUri}, {6, kTransportCcExtensionUri}};
  return p;
}

class SsrcRouterTest : public ::testing::Test {
 protected:
  SsrcRouter::Route Find(uint32_t ssrc, uint8_t payload_type, const std::string& mid = {},
                         const std::string& rid = {}, Timestamp now = kNow) {
    Bytes bytes(12);
    bytes[0] = 0x80;
    bytes[1] = payload_type;
    StoreU32(&bytes[8], ssrc);
    if (!mid.empty() || !rid.empty()) {
      Bytes extension;
      for (const auto& [id, text] : {std::pair{4, mid}, {5, rid}}) {
        if (text.empty()) continue;
        extension.push_back(static_cast<uint8_t>((id << 4) | (text.size() - 1)));
        extension.insert(extension.end(), text.begin(), text.end());
      }
      extension.insert(extension.end(), {0x61, 0x12, 0x34});
      extension.resize((extension.size() + 3) / 4 * 4);
      bytes[0] |= 0x10;
      bytes.insert(bytes.end(), {0xBE, 0xDE, 0, static_cast<uint8_t>(extension.size() / 4)});
      bytes.insert(bytes.end(), extension.begin(), extension.end());
    }
    const auto route = router.Find(*rtp::RtpPacketView::Parse(bytes), now);
    if (route.stream != nullptr) route.stream->last_packet = now;
    return route;
  }
  std::string MidOf(const SsrcRouter::Route& route) {
    return route.stream != nullptr ? route.stream->section->mid() : "";
  }

  SsrcRouter router{{.max_ssrcs = 4, .max_unsignalled_ssrcs = 2}};
};

TEST_F(SsrcRouterTest, FindsSignalledSources) {
  router.SetSections({Section("a", {96}, {1}), Section("b", {96}, {2})});
  EXPECT_EQ(MidOf(Find(1, 96)), "a");
  EXPECT_EQ(MidOf(Find(2, 96)), "b");
}

TEST_F(SsrcRouterTest, KnowsNothingBeforeNegotiation) {
  for (int type = 0; type < 128; ++type) {
    EXPECT_EQ(Find(1, static_cast<uint8_t>(type)).reason, DropReason::kUnknownSsrc);
  }
  EXPECT_EQ(Find(1, 96, "a").reason, DropReason::kUnknownSsrc);
}

TEST_F(SsrcRouterTest, LearnsByMidAndRemembersIt) {
  router.SetSections({Section("a", {96}), Section("b", {96})});
  const auto first = Find(7, 96, "b", "h");
  EXPECT_EQ(MidOf(first), "b");
  EXPECT_EQ(first.stream->rid, "h");
  EXPECT_EQ(first.transport_sequence, 0x1234);
  EXPECT_EQ(MidOf(Find(7, 96)), "b");
}

TEST_F(SsrcRouterTest, LearnsByAPayloadTypeOfOneSectionOnly) {
  router.SetSections({Section("a", {96, 100}), Section("b", {96, 101})});
  EXPECT_EQ(MidOf(Find(7, 101)), "b");
  const auto ambiguous = Find(8, 96);
  EXPECT_EQ(ambiguous.stream, nullptr);
  EXPECT_EQ(ambiguous.reason, DropReason::kUnknownSsrc);
}

TEST_F(SsrcRouterTest, AMidMovesASourceToAnotherSection) {
  router.SetSections({Section("a", {96}, {1}), Section("b", {96})});
  EXPECT_EQ(MidOf(Find(1, 96, "b")), "b");
  EXPECT_EQ(MidOf(Find(1, 96)), "b");
}

TEST_F(SsrcRouterTest, AnUnknownMidIsDroppedAndTeachesNothing) {
  router.SetSections({Section("a", {96}, {1})});
  EXPECT_EQ(Find(7, 96, "zz").reason, DropReason::kUnknownMid);
  EXPECT_EQ(Find(1, 96, "zz").reason, DropReason::kUnknownMid);
  EXPECT_EQ(router.streams().size(), 1u);
}

TEST_F(SsrcRouterTest, PayloadTypesThatAreNotNegotiatedTakeNoPlace) {
  router.SetSections({Section("a", {96})});
  EXPECT_EQ(Find(7, 99, "a").reason, DropReason::kPayloadTypeNotNegotiated);
  EXPECT_TRUE(router.streams().empty());
}

TEST_F(SsrcRouterTest, EachOriginHasItsOwnCap) {
  router.SetSections({Section("a", {96}, {1, 2, 3})});
  EXPECT_NE(Find(10, 96).stream, nullptr);
  EXPECT_NE(Find(11, 96).stream, nullptr);
  EXPECT_EQ(Find(12, 96).reason, DropReason::kTooManySsrcs);
  EXPECT_NE(Find(13, 96, "a").stream, nullptr);
  EXPECT_EQ(Find(14, 96, "a").reason, DropReason::kTooManySsrcs);
}

TEST_F(SsrcRouterTest, ALearntSourceThatFellSilentGivesItsPlaceAway) {
  router.SetSections({Section("a", {96})});
  Find(10, 96);
  Find(11, 96, {}, {}, kNow + seconds(5));
  const Timestamp later = kNow + SsrcRouter::kIdleBeforeEviction;
  EXPECT_NE(Find(12, 96, {}, {}, later).stream, nullptr);
  EXPECT_EQ(router.FindStream(10), nullptr);
  EXPECT_NE(router.FindStream(11), nullptr);
}

TEST_F(SsrcRouterTest, ASignallingFloodStopsAtTheCap) {
  std::vector<uint32_t> ssrcs;
  for (uint32_t i = 1; i <= 1000; ++i) ssrcs.push_back(i);
  router.SetSections({Section("a", {96}, ssrcs)});
  EXPECT_EQ(router.streams().size(), 4u);
}

TEST_F(SsrcRouterTest, RenegotiationKeepsWhatWasLearntAboutAMid) {
  router.SetSections({Section("a", {96}), Section("b", {97})});
  RemoteStream* learnt = Find(7, 96, "a").stream;
  const auto* section = router.FindSection("a");
  router.SetSections({Section("a", {96}), Section("c", {98})});
  EXPECT_EQ(router.FindSection("a"), section);
  EXPECT_EQ(Find(7, 96).stream, learnt);
  EXPECT_EQ(router.FindSection("b"), nullptr);
}

TEST_F(SsrcRouterTest, SourcesOfASectionThatIsGoneAreForgotten) {
  router.SetSections({Section("a", {96}, {1}), Section("b", {97}, {2})});
  router.SetSections({Section("b", {97}, {2})});
  EXPECT_EQ(router.FindStream(1), nullptr);
  EXPECT_NE(router.FindStream(2), nullptr);
}

TEST_F(SsrcRouterTest, ASourceThatIsSignalledNoMoreIsForgotten) {
  router.SetSections({Section("a", {96}, {1, 2})});
  router.FindSection("a")->source = 1;
  router.SetSections({Section("a", {96}, {2, 3})});
  EXPECT_EQ(router.FindStream(1), nullptr);
  EXPECT_FALSE(router.FindSection("a")->source);
  router.SetSections({Section("a", {96})});
  EXPECT_NE(router.FindStream(2), nullptr) << "a section that signals nothing says nothing";
}

TEST_F(SsrcRouterTest, ASectionThatDoesNotReceiveTeachesNothing) {
  ReceiveParameters section = Section("a", {96});
  section.receiving = false;
  router.SetSections({section});
  EXPECT_EQ(Find(7, 96, "a").reason, DropReason::kNotReceiving);
  EXPECT_EQ(Find(7, 96).reason, DropReason::kUnknownSsrc);
}

}  // namespace
}  // namespace pcd::media

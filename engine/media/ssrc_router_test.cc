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
                         const std::string& rid = {}, Timestamp now = kNow, size_t transport = 0) {
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
    const auto route = router.Find(transport, *rtp::RtpPacketView::Parse(bytes), now);
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
  EXPECT_EQ(router.FindStream(0, 10), nullptr);
  EXPECT_NE(router.FindStream(0, 11), nullptr);
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
  EXPECT_EQ(router.FindStream(0, 1), nullptr);
  EXPECT_NE(router.FindStream(0, 2), nullptr);
}

TEST_F(SsrcRouterTest, ASourceThatIsSignalledNoMoreIsForgotten) {
  router.SetSections({Section("a", {96}, {1, 2})});
  router.FindSection("a")->source = 1;
  router.SetSections({Section("a", {96}, {2, 3})});
  EXPECT_EQ(router.FindStream(0, 1), nullptr);
  EXPECT_FALSE(router.FindSection("a")->source);
  router.SetSections({Section("a", {96})});
  EXPECT_NE(router.FindStream(0, 2), nullptr) << "a section that signals nothing says nothing";
}

TEST_F(SsrcRouterTest, ASectionThatDoesNotReceiveTeachesNothing) {
  ReceiveParameters section = Section("a", {96});
  section.receiving = false;
  router.SetSections({section});
  EXPECT_EQ(Find(7, 96, "a").reason, DropReason::kNotReceiving);
  EXPECT_EQ(Find(7, 96).reason, DropReason::kNotReceiving) << "nobody else's on this transport";
  router.SetSections({section, Section("b", {97})});
  EXPECT_EQ(Find(7, 96).reason, DropReason::kUnknownSsrc);
}

// RFC 9143 section 9: each bundle group is an RTP session of its own.
class RouterTransportsTest : public SsrcRouterTest {
 protected:
  static ReceiveParameters On(size_t transport, ReceiveParameters section) {
    section.transport_index = transport;
    return section;
  }
  SsrcRouter::Route FindOn(size_t transport, uint32_t ssrc, uint8_t payload_type,
                           const std::string& mid = {}) {
    return Find(ssrc, payload_type, mid, {}, kNow, transport);
  }
};

TEST_F(RouterTransportsTest, MayUseTheSameSsrcAndPayloadType) {
  router.SetSections({Section("a", {96, 97}, {1}), Section("b", {98}),
                      On(2, Section("c", {96, 98}, {1})), On(2, Section("d", {97}))});
  EXPECT_EQ(MidOf(FindOn(0, 1, 96)), "a");
  EXPECT_EQ(MidOf(FindOn(2, 1, 96)), "c");
  EXPECT_NE(FindOn(0, 1, 96).stream, FindOn(2, 1, 96).stream);
  EXPECT_EQ(router.streams().size(), 2u);
  // By payload type, which on either transport is of one section alone.
  EXPECT_EQ(MidOf(FindOn(0, 7, 98)), "b");
  EXPECT_EQ(MidOf(FindOn(2, 8, 97)), "d");
  EXPECT_EQ(FindOn(1, 9, 96).reason, DropReason::kUnknownSsrc) << "nothing is on this one";
  EXPECT_EQ(FindOn(1000, 9, 96).reason, DropReason::kUnknownSsrc);
}

TEST_F(RouterTransportsTest, DoNotKnowEachOthersMids) {
  router.SetSections({Section("a", {96}), On(1, Section("b", {96}))});
  EXPECT_EQ(FindOn(0, 7, 96, "b").reason, DropReason::kUnknownMid);
  EXPECT_EQ(MidOf(FindOn(1, 7, 96, "b")), "b");
  EXPECT_EQ(FindOn(1, 7, 96, "a").reason, DropReason::kUnknownMid) << "a known source, too";
  EXPECT_EQ(MidOf(FindOn(1, 7, 96)), "b");
}

TEST_F(RouterTransportsTest, WithOneSectionNeedNoMarks) {
  ReceiveParameters plain = On(1, Section("b", {96}));
  plain.extensions = {};
  router.SetSections({Section("a", {96}), Section("c", {96}), plain});
  EXPECT_EQ(FindOn(0, 7, 96).reason, DropReason::kUnknownSsrc);
  EXPECT_EQ(MidOf(FindOn(1, 7, 96)), "b");
  EXPECT_EQ(FindOn(1, 8, 99).reason, DropReason::kPayloadTypeNotNegotiated);
  // An id means what its own transport has agreed on: here nothing.
  EXPECT_EQ(MidOf(FindOn(1, 9, 96, "zz")), "b");
  EXPECT_FALSE(FindOn(1, 9, 96, "zz").transport_sequence);
}

TEST_F(RouterTransportsTest, ASectionTakesItsSourcesAlong) {
  router.SetSections({Section("a", {96}, {1}), On(1, Section("b", {97}, {2}))});
  RemoteStream* signalled = FindOn(1, 2, 97).stream;
  RemoteStream* learnt = FindOn(1, 7, 97, "b").stream;
  router.FindSection("b")->source = 2;
  router.SetSections({Section("a", {96}, {1}), Section("b", {97}, {2})});
  EXPECT_EQ(FindOn(0, 2, 97).stream, signalled);
  EXPECT_EQ(FindOn(0, 7, 97).stream, learnt);
  EXPECT_EQ(router.SourceOf(*router.FindSection("b")), signalled);
  EXPECT_EQ(FindOn(1, 2, 97).reason, DropReason::kUnknownSsrc);
  EXPECT_EQ(router.FindStream(1, 2), nullptr);
}

TEST_F(RouterTransportsTest, TwoSectionsMayChangePlaces) {
  router.SetSections({Section("a", {96}, {1}), On(1, Section("b", {96}, {1}))});
  RemoteStream* of_a = FindOn(0, 1, 96).stream;
  RemoteStream* of_b = FindOn(1, 1, 96).stream;
  router.SetSections({On(1, Section("a", {96}, {1})), Section("b", {96}, {1})});
  EXPECT_EQ(FindOn(1, 1, 96).stream, of_a);
  EXPECT_EQ(FindOn(0, 1, 96).stream, of_b);
  EXPECT_EQ(router.streams().size(), 2u);
}

TEST_F(RouterTransportsTest, ASourceThatIsThereAlreadyStays) {
  router.SetSections({Section("a", {96}), On(1, Section("b", {97}))});
  RemoteStream* there = FindOn(0, 7, 96, "a").stream;
  ASSERT_NE(FindOn(1, 7, 97, "b").stream, nullptr);
  router.FindSection("b")->source = 7;
  router.SetSections({Section("a", {96}), Section("b", {97})});
  EXPECT_EQ(FindOn(0, 7, 96).stream, there);
  EXPECT_EQ(router.streams().size(), 1u);
  EXPECT_EQ(router.SourceOf(*router.FindSection("b")), nullptr);
}

TEST_F(RouterTransportsTest, ShareTheCaps) {
  router.SetSections({Section("a", {96}, {1, 2}), On(1, Section("b", {96}, {1, 2, 3}))});
  EXPECT_EQ(router.streams().size(), 4u);
  EXPECT_NE(FindOn(0, 10, 96).stream, nullptr);
  EXPECT_NE(FindOn(1, 10, 96).stream, nullptr);
  EXPECT_EQ(FindOn(1, 11, 96).reason, DropReason::kTooManySsrcs);
}

}  // namespace
}  // namespace pcd::media

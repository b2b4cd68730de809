#include "engine/rtp/rtp_packet_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

const Bytes kPlain = {0x80, 0xE0, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 2, 'a', 'b', 'c'};

// CSRC, one-byte extension (ids 1 and 3, padding between), payload, padding.
const Bytes kFull = {0xB1, 0x60, 0x00, 0x07, 0, 0,    0,    9,   0xAA, 0xBB, 0xCC,
                     0xDD, 0,    0,    0,    5, 0xBE, 0xDE, 0,   2,    0x10, 'm',
                     0,    0x31, 'x',  'y',  0, 0,    'p',  'q', 0,    2};

TEST(RtpPacketViewTest, ReadsTheFixedHeader) {
  const auto view = RtpPacketView::Parse(kPlain);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->marker());
  EXPECT_EQ(view->payload_type(), 96);
  EXPECT_EQ(view->sequence_number(), 0x1234);
  EXPECT_EQ(view->timestamp(), 1u);
  EXPECT_EQ(view->ssrc(), 2u);
  EXPECT_EQ(view->header_size(), 12u);
  EXPECT_EQ(view->payload().size(), 3u);
  EXPECT_FALSE(view->has_extension());
  EXPECT_FALSE(view->FindExtension(1));
  EXPECT_FALSE(view->IsPaddingOnly());
}

TEST(RtpPacketViewTest, ReadsCsrcsExtensionAndPadding) {
  const auto view = RtpPacketView::Parse(kFull);
  ASSERT_TRUE(view);
  ASSERT_EQ(view->csrc_count(), 1u);
  EXPECT_EQ(view->csrc(0), 5u);
  EXPECT_EQ(view->header_size(), 28u);
  EXPECT_EQ(view->padding_size(), 2u);
  EXPECT_TRUE(std::ranges::equal(view->payload(), Bytes{'p', 'q'}));
  ASSERT_TRUE(view->FindExtension(3));
  EXPECT_TRUE(std::ranges::equal(*view->FindExtension(3), Bytes{'x', 'y'}));
  EXPECT_TRUE(std::ranges::equal(*view->FindExtension(1), Bytes{'m'}));
  EXPECT_FALSE(view->FindExtension(2));
}

TEST(RtpPacketViewTest, RefusesEveryTruncationThatCutsItsHeader) {
  for (size_t size = 0; size < 28; ++size) {
    EXPECT_FALSE(RtpPacketView::Parse(ByteSpan(kFull).first(size))) << size;
  }
}

TEST(RtpPacketViewTest, RefusesOtherVersions) {
  for (const uint8_t version : {0x00, 0x40, 0xC0}) {
    Bytes bytes = kPlain;
    bytes[0] = version;
    EXPECT_FALSE(RtpPacketView::Parse(bytes));
  }
}

TEST(RtpPacketViewTest, RefusesPaddingOfZeroAndPaddingLargerThanThePayload) {
  Bytes bytes = kPlain;
  bytes[0] |= 0x20;
  for (const auto& [padding, good] :
       {std::pair<uint8_t, bool>{0, false}, {1, true}, {3, true}, {4, false}, {255, false}}) {
    bytes.back() = padding;
    EXPECT_EQ(RtpPacketView::Parse(bytes).has_value(), good) << int{padding};
  }
  bytes.resize(12);
  EXPECT_FALSE(RtpPacketView::Parse(bytes));
}

TEST(RtpPacketViewTest, PaddingWithoutPayloadIsPaddingOnly) {
  Bytes bytes = kPlain;
  bytes[0] |= 0x20;
  bytes.back() = 3;
  EXPECT_TRUE(RtpPacketView::Parse(bytes)->IsPaddingOnly());
  bytes.back() = 2;
  EXPECT_FALSE(RtpPacketView::Parse(bytes)->IsPaddingOnly());
}

std::vector<int> Ids(uint16_t profile, const Bytes& data) {
  std::vector<int> ids;
  ExtensionReader reader(profile, data);
  for (ExtensionElement element; reader.Next(element);) ids.push_back(element.id);
  return ids;
}

TEST(ExtensionReaderTest, OneByteFormEndsAtId15AndAtATruncatedElement) {
  EXPECT_EQ(Ids(0xBEDE, {0x10, 'a', 0xF0, 'b', 0x20, 'c', 0, 0}), std::vector<int>{1});
  EXPECT_EQ(Ids(0xBEDE, {0x10, 'a', 0x23, 'b'}), std::vector<int>{1});
  EXPECT_EQ(Ids(0xBEDE, {0x01, 'a', 'b', 0x10, 'c', 0, 0, 0}), std::vector<int>{});
}

TEST(ExtensionReaderTest, TwoByteFormTakesEmptyElementsAndHighIds) {
  EXPECT_EQ(Ids(0x1000, {1, 0, 0, 200, 2, 'a', 'b', 0}), (std::vector<int>{1, 200}));
  EXPECT_EQ(Ids(0x100F, {1, 1, 'a', 2, 9, 'b', 'c', 0}), std::vector<int>{1});
  EXPECT_EQ(Ids(0x1000, {7}), std::vector<int>{});
}

TEST(ExtensionReaderTest, AnUnknownProfileHasNoElements) {
  EXPECT_EQ(Ids(0xABAC, {0x10, 'a', 0, 0}), std::vector<int>{});
}

constexpr RtpRewrite kFields = {
    .ssrc = 0x01020304, .payload_type = 100, .sequence_number = 0xFFFF, .timestamp = 0xCAFEBABE};

TEST(RtpRewriteTest, InPlaceKeepsMarkerExtensionAndPayload) {
  Bytes bytes = kFull;
  RewriteInPlace(bytes, kFields);
  const auto view = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->marker());
  EXPECT_EQ(view->payload_type(), 100);
  EXPECT_EQ(view->sequence_number(), 0xFFFF);
  EXPECT_EQ(view->timestamp(), 0xCAFEBABE);
  EXPECT_EQ(view->ssrc(), 0x01020304u);
  EXPECT_TRUE(view->FindExtension(3));
  EXPECT_TRUE(std::ranges::equal(view->payload(), Bytes{'p', 'q'}));
}

TEST(RtpRewriteTest, StrippingRemovesExtensionAndPaddingAndKeepsCsrcs) {
  const Bytes expected = {0x81, 100, 0xFF, 0xFF, 0xCA, 0xFE, 0xBA, 0xBE, 1,
                          2,    3,   4,    0,    0,    0,    5,    'p',  'q'};
  Bytes in_place = kFull;
  const auto view = RtpPacketView::Parse(in_place);
  Bytes copy(64);
  copy.resize(RewriteStrippedInto(copy, *view, kFields));
  EXPECT_EQ(copy, expected);
  in_place.resize(RewriteStrippedInPlace(in_place, *view, kFields));
  EXPECT_EQ(in_place, expected);
}

TEST(RtpRewriteTest, StrippingIntoABufferThatIsTooSmallWritesNothing) {
  Bytes out(17, 0x55);
  EXPECT_EQ(RewriteStrippedInto(out, *RtpPacketView::Parse(kFull), kFields), 0u);
  EXPECT_EQ(out, Bytes(17, 0x55));
}

TEST(RtpRewriteTest, SetMarkerTouchesOnlyItsBit) {
  Bytes bytes = kPlain;
  SetMarker(bytes, false);
  EXPECT_EQ(bytes[1], 0x60);
  SetMarker(bytes, true);
  EXPECT_EQ(bytes, kPlain);
}

}  // namespace
}  // namespace pcd::rtp

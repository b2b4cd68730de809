#include "engine/rtp/rtx.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

// Marker, type 97, number 7, timestamp 9, SSRC 2, one extension word, two bytes of padding.
Bytes Retransmission(const Bytes& payload) {
  Bytes bytes = {0xB0, 0xE1, 0, 7, 0, 0, 0, 9, 0, 0, 0, 2, 0xBE, 0xDE, 0, 1, 0x40, '1', 0, 0};
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  bytes.insert(bytes.end(), {0, 2});
  return bytes;
}

TEST(RtxTest, TheOriginalComesBackWithItsNumberAndEverythingElse) {
  Bytes bytes = Retransmission({0x12, 0x34, 0xAA, 0xBB});
  const auto view = RtpPacketView::Parse(bytes);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(OriginalSequenceOf(*view), 0x1234);
  const size_t size = RestoreOriginal(bytes, *view, 0xB0000001, 96);
  EXPECT_EQ(size, bytes.size() - 2);
  const auto original = RtpPacketView::Parse({bytes.data(), size});
  ASSERT_TRUE(original.has_value());
  EXPECT_EQ(original->sequence_number(), 0x1234);
  EXPECT_EQ(original->timestamp(), 9u);
  EXPECT_EQ(original->ssrc(), 0xB0000001);
  EXPECT_EQ(original->payload_type(), 96);
  EXPECT_TRUE(original->marker());
  EXPECT_EQ(original->padding_size(), 2u);
  EXPECT_TRUE(original->has_extension());
  EXPECT_EQ(Bytes(original->payload().begin(), original->payload().end()), (Bytes{0xAA, 0xBB}));
}

TEST(RtxTest, WhatIsWrittenIsRestored) {
  const Bytes original = Retransmission({0xAA, 0xBB, 0xCC});
  const auto view = RtpPacketView::Parse(original);
  ASSERT_TRUE(view.has_value());
  Bytes written(original.size() + 2);
  ASSERT_EQ(WriteRetransmission(*view, 77, 98, 500, written), written.size());
  const auto again = RtpPacketView::Parse(written);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->ssrc(), 77u);
  EXPECT_EQ(again->payload_type(), 98);
  EXPECT_EQ(again->sequence_number(), 500);
  EXPECT_TRUE(again->marker());
  ASSERT_EQ(RestoreOriginal(written, *again, view->ssrc(), view->payload_type()), original.size());
  written.resize(original.size());
  EXPECT_EQ(written, original);
  Bytes small(original.size() + 1);
  EXPECT_EQ(WriteRetransmission(*view, 77, 98, 500, small), 0u);
}

TEST(RtxTest, ProbingRepeatsNothing) {
  for (const Bytes& payload : {Bytes{}, Bytes{0x12}}) {
    Bytes bytes = Retransmission(payload);
    const Bytes before = bytes;
    const auto view = RtpPacketView::Parse(bytes);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(OriginalSequenceOf(*view), std::nullopt);
    EXPECT_EQ(RestoreOriginal(bytes, *view, 1, 96), 0u);
    EXPECT_EQ(bytes, before);
  }
}

}  // namespace
}  // namespace pcd::rtp

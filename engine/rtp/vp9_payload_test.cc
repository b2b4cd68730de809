#include "engine/rtp/vp9_payload.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Vp9PayloadTest, AKeyPictureOfChromiumStartsADecoder) {
  // I, L, B, V; 15-bit picture id; layers; structure of one layer 320x240 with one picture.
  const Bytes bytes = {0xAA, 0x81, 0x02, 0x00, 0x07, 0x18, 0x01, 0x40,
                       0x00, 0xF0, 0x01, 0x04, 0x01, 0x82, 0x49};
  const auto payload = ParseVp9Payload(bytes);
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->picture_id, 0x102);
  EXPECT_EQ(payload->temporal_layer, 0);
  EXPECT_EQ(payload->spatial_layer, 0);
  EXPECT_EQ(payload->tl0_picture, 7);
  EXPECT_EQ(payload->width, 320);
  EXPECT_EQ(payload->height, 240);
  EXPECT_EQ(payload->descriptor_size, 13u);
  EXPECT_TRUE(payload->start_of_key_frame);
}

TEST(Vp9PayloadTest, TheSizeIsThatOfTheLargestLayer) {
  // V: two layers, 320x180 and 640x360.
  const auto payload = ParseVp9Payload(
      Bytes{0x8A, 0x05, 0x30, 0x01, 0x40, 0x00, 0xB4, 0x02, 0x80, 0x01, 0x68, 0x82});
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->width, 640);
  EXPECT_EQ(payload->height, 360);
}

TEST(Vp9PayloadTest, AnInterPictureDoesNot) {
  const auto payload = ParseVp9Payload(Bytes{0xC8, 0x05, 0x86});
  ASSERT_TRUE(payload.has_value());
  EXPECT_TRUE(payload->inter_predicted);
  EXPECT_EQ(payload->picture_id, 5);
  EXPECT_TRUE(payload->start_of_frame);
  EXPECT_FALSE(payload->start_of_key_frame);
}

TEST(Vp9PayloadTest, LaterPacketsAndUpperLayersOfAKeyPictureDoNot) {
  EXPECT_FALSE(ParseVp9Payload(Bytes{0x80, 0x05, 0x86})->start_of_key_frame);
  // Spatial layer 1, predicted from layer 0 of the same picture only.
  const auto upper = ParseVp9Payload(Bytes{0xA8, 0x05, 0x03, 0x00, 0x86});
  EXPECT_EQ(upper->spatial_layer, 1);
  EXPECT_TRUE(upper->inter_layer_predicted);
  EXPECT_FALSE(upper->start_of_key_frame);
}

TEST(Vp9PayloadTest, FlexibleModeListsReferencesAndNoTl0Picture) {
  // I, P, L, F, B; two references.
  const auto payload = ParseVp9Payload(Bytes{0xF8, 0x05, 0x20, 0x03, 0x04, 0x86});
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->temporal_layer, 1);
  EXPECT_EQ(payload->tl0_picture, std::nullopt);
  EXPECT_EQ(payload->descriptor_size, 5u);
  EXPECT_FALSE(ParseVp9Payload(Bytes{0xF8, 0x05, 0x20, 0x03, 0x05, 0x07, 0x02, 0x86}).has_value());
}

TEST(Vp9PayloadTest, TruncationAtEveryByteIsRefused) {
  const Bytes bytes = {0xAA, 0x81, 0x02, 0x00, 0x07, 0x18, 0x01,
                       0x40, 0x00, 0xF0, 0x01, 0x04, 0x01, 0x82};
  for (size_t size = 0; size + 1 < bytes.size(); ++size) {
    EXPECT_FALSE(ParseVp9Payload({bytes.data(), size}).has_value()) << size;
  }
  EXPECT_TRUE(ParseVp9Payload(bytes).has_value());
}

}  // namespace
}  // namespace pcd::rtp

#include "engine/rtp/vp8_payload.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Vp8PayloadTest, RecognisesTheStartOfAKeyFrameAndItsSize) {
  // S set, partition 0; frame tag with P clear; start code; 640x480.
  const auto payload =
      ParseVp8Payload(Bytes{0x10, 0x50, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01});
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->descriptor_size, 1u);
  EXPECT_TRUE(payload->start_of_frame);
  EXPECT_TRUE(payload->start_of_key_frame);
  EXPECT_EQ(payload->width, 640);
  EXPECT_EQ(payload->height, 480);
}

TEST(Vp8PayloadTest, AnInterFrameIsNoKeyFrame) {
  const auto payload = ParseVp8Payload(Bytes{0x10, 0x51, 0, 0});
  ASSERT_TRUE(payload);
  EXPECT_TRUE(payload->start_of_frame);
  EXPECT_FALSE(payload->start_of_key_frame);
}

TEST(Vp8PayloadTest, LaterPartsOfAKeyFrameDoNotStartIt) {
  EXPECT_FALSE(ParseVp8Payload(Bytes{0x00, 0x50})->start_of_frame);
  EXPECT_FALSE(ParseVp8Payload(Bytes{0x11, 0x50})->start_of_key_frame);  // Partition 1.
}

TEST(Vp8PayloadTest, ReadsEveryExtensionField) {
  // X; I L T K; 15-bit picture id 0x1234; TL0PICIDX 7; TID 2, Y, KEYIDX 5.
  const auto payload = ParseVp8Payload(Bytes{0xB0, 0xF0, 0x92, 0x34, 0x07, 0xA5, 0x51});
  ASSERT_TRUE(payload);
  EXPECT_TRUE(payload->non_reference);
  EXPECT_EQ(payload->picture_id, 0x1234);
  EXPECT_TRUE(payload->picture_id_is_long);
  EXPECT_EQ(payload->tl0_picture, 7);
  EXPECT_EQ(payload->temporal_layer, 2);
  EXPECT_TRUE(payload->layer_sync);
  EXPECT_EQ(payload->key_index, 5);
  EXPECT_EQ(payload->descriptor_size, 6u);
}

TEST(Vp8PayloadTest, ReadsAShortPictureIdAndALoneKeyIndex) {
  const auto payload = ParseVp8Payload(Bytes{0x90, 0x90, 0x7F, 0xE3, 0x51});
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->picture_id, 0x7F);
  EXPECT_FALSE(payload->picture_id_is_long);
  EXPECT_FALSE(payload->temporal_layer);
  EXPECT_FALSE(payload->layer_sync);
  EXPECT_EQ(payload->key_index, 3);
}

TEST(Vp8PayloadTest, RefusesATruncatedDescriptorAndOneWithoutPayload) {
  const Bytes full = {0xB0, 0xF0, 0x92, 0x34, 0x07, 0xA5, 0x51};
  for (size_t size = 0; size < full.size(); ++size) {
    EXPECT_FALSE(ParseVp8Payload(ByteSpan(full).first(size))) << size;
  }
  EXPECT_TRUE(ParseVp8Payload(full));
}

}  // namespace
}  // namespace pcd::rtp

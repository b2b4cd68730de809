#include "engine/rtp/vp8_packetizer.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/rtp/vp8_payload.h"

namespace pcd::rtp {
namespace {

std::vector<std::vector<uint8_t>> Packetize(const std::vector<uint8_t>& frame, size_t max) {
  std::vector<std::vector<uint8_t>> payloads;
  Vp8Packetizer packetizer(frame, max);
  while (!packetizer.done()) {
    std::vector<uint8_t> payload(max);
    payload.resize(packetizer.Next(payload));
    if (payload.empty()) break;
    payloads.push_back(payload);
  }
  return payloads;
}

std::vector<uint8_t> Frame(size_t size, bool key) {
  std::vector<uint8_t> frame(size);
  for (size_t i = 0; i < size; ++i) frame[i] = static_cast<uint8_t>(i * 7);
  const std::vector<uint8_t> head = {
      static_cast<uint8_t>(key ? 0x10 : 0x11), 2, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xB4, 0};
  std::copy_n(head.begin(), std::min(size, head.size()), frame.begin());
  return frame;
}

TEST(Vp8PacketizerTest, PartsMakeTheFrameAgain) {
  for (const size_t size : {1u, 2u, 99u, 100u, 101u, 1000u, 12345u}) {
    const std::vector<uint8_t> frame = Frame(size, true);
    std::vector<uint8_t> joined;
    for (const auto& payload : Packetize(frame, 101)) {
      EXPECT_LE(payload.size(), 101u);
      joined.insert(joined.end(), payload.begin() + 1, payload.end());
    }
    EXPECT_EQ(joined, frame) << size;
  }
}

TEST(Vp8PacketizerTest, OnlyTheFirstPartStartsTheFrame) {
  const auto payloads = Packetize(Frame(1000, true), 301);
  ASSERT_EQ(payloads.size(), 4u);
  for (size_t i = 0; i < payloads.size(); ++i) {
    const auto parsed = ParseVp8Payload(payloads[i]);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->descriptor_size, 1u);
    EXPECT_EQ(parsed->start_of_frame, i == 0);
    EXPECT_EQ(parsed->start_of_key_frame, i == 0);
  }
}

TEST(Vp8PacketizerTest, AnInterFrameIsNoKeyFrame) {
  const auto payloads = Packetize(Frame(50, false), 1100);
  ASSERT_EQ(payloads.size(), 1u);
  EXPECT_FALSE(ParseVp8Payload(payloads[0])->start_of_key_frame);
}

TEST(Vp8PacketizerTest, AnEmptyFrameHasNoPart) { EXPECT_TRUE(Packetize({}, 100).empty()); }

TEST(Vp8PacketizerTest, TooLittleRoomGivesNothing) {
  const std::vector<uint8_t> frame(10);
  Vp8Packetizer packetizer(frame, 100);
  std::vector<uint8_t> small(10);
  EXPECT_EQ(packetizer.Next(small), 0u);
  EXPECT_FALSE(packetizer.done());
}

}  // namespace
}  // namespace pcd::rtp

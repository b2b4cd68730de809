#include "engine/rtp/frame_size/frame_size.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/rtp/frame_size/av1_frame_size.h"
#include "engine/rtp/frame_size/h264_frame_size.h"
#include "engine/rtp/frame_size/h265_frame_size.h"
#include "engine/rtp/frame_size/vp9_frame_size.h"

namespace pcd::rtp {

void PrintTo(const FrameSize& size, std::ostream* out) { *out << size.width << "x" << size.height; }

namespace {

using Bytes = std::vector<uint8_t>;
using Parser = FrameSize (*)(ByteSpan);

struct Row {
  const char* name;
  Bytes bytes;
  FrameSize size;
};

// Headers by hand, as the specifications write them down.
class BitWriter {
 public:
  explicit BitWriter(Bytes head) : bytes_(std::move(head)) {}
  BitWriter& Bits(unsigned count, uint64_t value) {
    for (unsigned i = count; i-- > 0;) {
      if (free_ == 0) {
        bytes_.push_back(0);
        free_ = 8;
      }
      bytes_.back() |= static_cast<uint8_t>(((value >> i) & 1) << --free_);
    }
    return *this;
  }
  BitWriter& Ue(uint32_t value) {
    unsigned zeros = 0;
    while (((uint64_t{value} + 1) >> (zeros + 1)) != 0) ++zeros;
    return Bits(zeros, 0).Bits(zeros + 1, uint64_t{value} + 1);
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  unsigned free_ = 0;
};

// What encoders wrote; every part of it is needed.
void ExpectEach(Parser parse, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parse(row.bytes), row.size);
    for (size_t size = 0; size < row.bytes.size(); ++size) {
      const FrameSize cut = parse({row.bytes.data(), size});
      EXPECT_TRUE(cut == row.size || cut == FrameSize{}) << size;
    }
  }
}

TEST(FrameSizeTest, H264SetsOfAnEncoder) {
  ExpectEach(ParseH264FrameSize,
             {{"baseline, cropped below",
               {0x67, 0x42, 0xC0, 0x0D, 0xD9, 0x01, 0x41, 0x9F, 0x9F, 0x01, 0x10, 0x00, 0x00,
                0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xC0, 0xF1, 0x42, 0xA4, 0x80},
               {320, 180}},
              {"high",
               {0x67, 0x64, 0x00, 0x28, 0xAC, 0xD9, 0x40, 0x78, 0x02, 0x27, 0xE5, 0xC0, 0x44, 0x00,
                0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xF0, 0x3C, 0x60, 0xC6, 0x58},
               {1920, 1080}},
              {"fields",
               {0x67, 0x64, 0x00, 0x28, 0xAC, 0xD9, 0x40, 0x78, 0x04, 0x4F, 0xDE, 0x02, 0x20,
                0x00, 0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x07, 0x83, 0xE2, 0xC5, 0xB2, 0xC0},
               {1920, 1080}},
              {"4:2:2",
               {0x67, 0x7A, 0x00, 0x1E, 0xBC, 0xD9, 0x40, 0xA4, 0x2F, 0xE2, 0x27, 0xC0, 0x44, 0x00,
                0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xF0, 0x3C, 0x58, 0xB6, 0x58},
               {642, 362}},
              {"4:4:4",
               {0x67, 0xF4, 0x00, 0x1E, 0x91, 0x9B, 0x28, 0x14, 0x85, 0xFC, 0x21, 0x11, 0x80, 0x88,
                0x00, 0x00, 0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x01, 0xE0, 0x78, 0xB1, 0x6C, 0xB0},
               {641, 361}},
              {"monochrome",
               {0x67, 0x64, 0x00, 0x0D, 0xF3, 0x65, 0x05, 0x46, 0x78, 0xF8, 0xBC, 0x05, 0xB2, 0x00,
                0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x78, 0x1E, 0x28, 0x53, 0x2C},
               {322, 182}}});
}

TEST(FrameSizeTest, H264ScalingListsAndPictureOrderAreSkipped) {
  BitWriter sps({0x67, 100, 0, 31});
  sps.Ue(0).Ue(1).Ue(0).Ue(0).Bits(1, 0).Bits(1, 1);  // 4:2:0, 8 bits, with a matrix:
  sps.Bits(1, 1);                                     // a list of sixteen differences,
  for (int i = 0; i < 16; ++i) sps.Ue(1);
  sps.Bits(1, 1).Ue(16);              // one that is the default (next scale 0),
  sps.Bits(6, 0);                     // and no others.
  sps.Ue(4).Ue(1).Bits(1, 0);         // Frame numbers; picture order by a cycle
  sps.Ue(3).Ue(5).Ue(2).Ue(7).Ue(8);  // of two.
  sps.Ue(1).Bits(1, 0).Ue(39).Ue(29).Bits(1, 1).Bits(1, 1).Bits(1, 0);
  EXPECT_EQ(ParseH264FrameSize(sps.bytes()), (FrameSize{640, 480}));
}

TEST(FrameSizeTest, H264SetsThatAreNoneAreUnknown) {
  const auto with_size = [](uint32_t columns, uint32_t rows, uint32_t cut) {
    BitWriter sps({0x67, 66, 0, 31});
    sps.Ue(0).Ue(0).Ue(2).Ue(1).Bits(1, 0).Ue(columns).Ue(rows).Bits(1, 1).Bits(1, 1);
    sps.Bits(1, 1).Ue(cut).Ue(0).Ue(0).Ue(0);
    return ParseH264FrameSize(sps.bytes());
  };
  EXPECT_EQ(with_size(19, 14, 0), (FrameSize{320, 240}));
  EXPECT_EQ(with_size(4095, 4095, 0), (FrameSize{65536, 65536}));
  EXPECT_EQ(with_size(4096, 14, 0), FrameSize{});
  EXPECT_EQ(with_size(19, 4096, 0), FrameSize{});
  EXPECT_EQ(with_size(19, 14, 160), FrameSize{}) << "all of it is cropped";
  EXPECT_EQ(with_size(19, 14, 0xFFFFFFFE), FrameSize{});
  EXPECT_EQ(ParseH264FrameSize(BitWriter({0x67, 100, 0, 31}).Ue(0).Ue(4).bytes()), FrameSize{});
  EXPECT_EQ(ParseH264FrameSize(BitWriter({0x67, 66, 0, 31}).Ue(0).Ue(0).Ue(3).bytes()),
            FrameSize{});
}

TEST(FrameSizeTest, H265SetsOfAnEncoder) {
  ExpectEach(
      ParseH265FrameSize,
      {{"cropped",
        {0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00,
         0x03, 0x00, 0x3C, 0xA0, 0x0A, 0x08, 0x0B, 0x9F, 0x79, 0x65, 0x66, 0x92, 0x4C, 0xAF, 0x01,
         0x68, 0x08, 0x00, 0x00, 0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x00, 0xF0, 0x40},
        {320, 180}},
       {"whole",
        {0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00,
         0x00, 0x03, 0x00, 0x78, 0xA0, 0x03, 0xC0, 0x80, 0x10, 0xE5, 0x96, 0x56, 0x69, 0x24,
         0xCA, 0xF0, 0x16, 0x80, 0x80, 0x00, 0x00, 0x03, 0x00, 0x80, 0x00, 0x00, 0x0F, 0x04},
        {1920, 1080}},
       {"4:2:2",
        {0x42, 0x01, 0x01, 0x04, 0x08, 0x00, 0x00, 0x03, 0x00, 0x9D, 0x08, 0x00, 0x00, 0x03, 0x00,
         0x00, 0x3F, 0xB0, 0x05, 0x12, 0x01, 0x71, 0xC9, 0x3E, 0x59, 0x59, 0xA4, 0x93, 0x2B, 0xC0,
         0x5A, 0x02, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x3C, 0x10},
        {642, 362}},
       {"4:4:4",
        {0x42, 0x01, 0x01, 0x04, 0x08, 0x00, 0x00, 0x03, 0x00, 0x9E, 0x08, 0x00, 0x00, 0x03,
         0x00, 0x00, 0x3F, 0x90, 0x00, 0xA2, 0x40, 0x2E, 0x39, 0xE7, 0xCB, 0x2B, 0x34, 0x92,
         0x65, 0x78, 0x0B, 0x40, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x07, 0x82},
        {642, 362}}});
}

TEST(FrameSizeTest, H265SubLayersAreSkipped) {
  BitWriter sps({0x42, 0x01});
  sps.Bits(4, 0).Bits(3, 2).Bits(1, 1).Bits(48, 0).Bits(48, 0x1234);
  sps.Bits(2, 3).Bits(2, 1).Bits(12, 0);  // A profile and a level, then a level.
  sps.Bits(44, 0).Bits(44, 0).Bits(8, 93).Bits(8, 120);
  sps.Ue(0).Ue(0).Ue(640).Ue(368).Bits(1, 1).Ue(0).Ue(0).Ue(0).Ue(8);  // Monochrome.
  EXPECT_EQ(ParseH265FrameSize(sps.bytes()), (FrameSize{640, 360}));
}

TEST(FrameSizeTest, H265SetsThatAreNoneAreUnknown) {
  const auto with_size = [](uint32_t chroma, uint32_t width, uint32_t height) {
    BitWriter sps({0x42, 0x01});
    sps.Bits(8, 1).Bits(48, 0).Bits(48, 0).Ue(0).Ue(chroma).Ue(width).Ue(height).Bits(1, 0);
    return ParseH265FrameSize(sps.bytes());
  };
  EXPECT_EQ(with_size(1, 65536, 16), (FrameSize{65536, 16}));
  EXPECT_EQ(with_size(1, 65537, 16), FrameSize{});
  EXPECT_EQ(with_size(4, 640, 360), FrameSize{});
  EXPECT_EQ(ParseH265FrameSize(BitWriter({0x42, 0x01}).Bits(8, 0x0F).Bits(48, 0).bytes()),
            FrameSize{})
      << "eight layers";
}

TEST(FrameSizeTest, Vp9KeyFramesOfAnEncoder) {
  ExpectEach(
      ParseVp9FrameSize,
      {{"profile 0", {0x82, 0x49, 0x83, 0x42, 0x00, 0x14, 0x00, 0x0B, 0x36, 0x06}, {321, 180}},
       {"4:4:4", {0xA2, 0x49, 0x83, 0x42, 0x00, 0x05, 0x02, 0x02, 0xD2, 0xC0}, {642, 362}},
       {"RGB", {0xA2, 0x49, 0x83, 0x42, 0xE0, 0x28, 0x10, 0x16, 0x96, 0x06}, {642, 362}},
       {"10 bits", {0x92, 0x49, 0x83, 0x42, 0x00, 0x14, 0x08, 0x0B, 0x4B, 0x03}, {642, 362}}});
}

TEST(FrameSizeTest, OtherVp9FramesTellNothing) {
  Bytes frame = {0x82, 0x49, 0x83, 0x42, 0x00, 0x14, 0x00, 0x0B, 0x36, 0x06};
  for (const uint8_t first : {0x86, 0x8A, 0x02}) {  // Inter; shows another; no marker.
    frame[0] = first;
    EXPECT_EQ(ParseVp9FrameSize(frame), FrameSize{}) << int{first};
  }
  frame[0] = 0x82;
  frame[3] = 0x43;
  EXPECT_EQ(ParseVp9FrameSize(frame), FrameSize{}) << "no sync code";
}

TEST(FrameSizeTest, Av1SequenceHeadersOfEncoders) {
  ExpectEach(
      ParseAv1FrameSize,
      {{"libaom",
        {0x0A, 0x0B, 0x00, 0x00, 0x00, 0x04, 0x3D, 0x02, 0xCC, 0xDA, 0xF9, 0x00, 0x40},
        {321, 180}},
       {"SVT",
        {0x0A, 0x0B, 0x00, 0x00, 0x00, 0x0C, 0xC5, 0x03, 0x69, 0x3E, 0xFE, 0x40, 0x10},
        {642, 362}},
       {"a still picture", {0x0A, 0x07, 0x18, 0x66, 0x28, 0x1B, 0x4B, 0x40, 0x10}, {642, 362}},
       {"rav1e",
        {0x0A, 0x0E, 0x00, 0x00, 0x00, 0xFA, 0x62, 0x7F, 0xB3, 0x88, 0x42, 0xA2, 0x04, 0x04, 0x04,
         0x28},
        {640, 360}},
       {"without size, as in RTP",
        {0x08, 0x00, 0x00, 0x00, 0x04, 0x3D, 0x02, 0xCC, 0xDA, 0xF9, 0x00, 0x40},
        {321, 180}}});
}

TEST(FrameSizeTest, Av1TimingAndOperatingPointsAreSkipped) {
  BitWriter header({0x0C, 0x08});  // With an extension, without a size.
  header.Bits(3, 0).Bits(2, 0);
  header.Bits(1, 1).Bits(32, 1).Bits(32, 30).Bits(1, 1).Ue(0);  // Timing, equal intervals;
  header.Bits(1, 1).Bits(5, 9).Bits(32, 1).Bits(10, 0);         // a model of ten bits a delay;
  header.Bits(1, 1).Bits(5, 1);                                 // two points:
  header.Bits(12, 0).Bits(5, 8).Bits(1, 1);                     // a level with a tier,
  header.Bits(1, 1).Bits(21, 0).Bits(1, 1).Bits(4, 3);
  header.Bits(12, 0).Bits(5, 7).Bits(1, 0).Bits(1, 0);
  header.Bits(4, 9).Bits(4, 8).Bits(10, 639).Bits(9, 359);
  EXPECT_EQ(ParseAv1FrameSize(header.bytes()), (FrameSize{640, 360}));
}

TEST(FrameSizeTest, OtherAv1UnitsTellNothing) {
  Bytes frame = {0x32, 0x0B, 0x00, 0x00, 0x00, 0x04, 0x3D, 0x02, 0xCC, 0xDA, 0xF9, 0x00, 0x40};
  EXPECT_EQ(ParseAv1FrameSize(frame), FrameSize{});
}

}  // namespace
}  // namespace pcd::rtp

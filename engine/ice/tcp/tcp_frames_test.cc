#include "engine/ice/tcp/tcp_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pcd::ice {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Filled(size_t size, uint8_t fill) { return Bytes(size, fill); }

Bytes Framed(const std::vector<Bytes>& datagrams) {
  Bytes stream;
  for (const Bytes& datagram : datagrams) {
    const auto header = TcpFrameHeader(datagram.size());
    stream.insert(stream.end(), header.begin(), header.end());
    stream.insert(stream.end(), datagram.begin(), datagram.end());
  }
  return stream;
}

class TcpFramesTest : public ::testing::Test {
 protected:
  std::vector<Bytes> Read(ByteSpan stream, size_t step) {
    std::vector<Bytes> found;
    while (!stream.empty()) {
      ByteSpan some = stream.first(std::min(step, stream.size()));
      stream = stream.subspan(some.size());
      while (const PacketPtr packet = reader_.Next(some)) {
        found.emplace_back(packet->bytes().begin(), packet->bytes().end());
      }
      EXPECT_TRUE(some.empty());
      EXPECT_LE(pool_.outstanding(), 1u);
    }
    return found;
  }

  PacketPool pool_;
  TcpFrameReader reader_{pool_};
};

TEST_F(TcpFramesTest, TheLengthIsTwoBytesInNetworkOrder) {
  EXPECT_EQ(TcpFrameHeader(0x0102), (std::array<uint8_t, 2>{1, 2}));
  EXPECT_EQ(TcpFrameHeader(0), (std::array<uint8_t, 2>{0, 0}));
  EXPECT_EQ(Read(Bytes{0, 3, 7, 8, 9, 0, 1, 5}, 100), (std::vector<Bytes>{{7, 8, 9}, {5}}));
}

TEST_F(TcpFramesTest, FindsTheDatagramsHoweverTheStreamIsCut) {
  const std::vector<Bytes> datagrams = {Filled(1, 1),    Filled(20, 2),
                                        Filled(1200, 3), Filled(255, 4),
                                        Filled(256, 5),  Filled(Packet::kMaxPayload, 6),
                                        Filled(2, 7)};
  const Bytes stream = Framed(datagrams);
  for (size_t step = 1; step <= stream.size(); step += step < 30 ? 1 : 101) {
    EXPECT_EQ(Read(stream, step), datagrams) << step;
    EXPECT_EQ(pool_.outstanding(), 0u);
  }
  EXPECT_EQ(reader_.oversized(), 0u);
}

TEST_F(TcpFramesTest, FramesThatAreTooLongAreSkippedAndNotKept) {
  const Bytes stream = Framed({Filled(9, 1), Filled(Packet::kMaxPayload + 1, 2), Filled(8, 3),
                               Filled(65535, 4), Filled(7, 5)});
  for (const size_t step : {size_t{1}, size_t{7}, size_t{4096}, stream.size()}) {
    const uint64_t before = reader_.oversized();
    EXPECT_EQ(Read(stream, step), (std::vector<Bytes>{Filled(9, 1), Filled(8, 3), Filled(7, 5)}));
    EXPECT_EQ(reader_.oversized() - before, 2u);
  }
}

TEST_F(TcpFramesTest, EmptyFramesAreNothing) {
  EXPECT_EQ(Read(Framed({{}, Filled(3, 1), {}, {}, Filled(4, 2), {}}), 5),
            (std::vector<Bytes>{Filled(3, 1), Filled(4, 2)}));
}

TEST_F(TcpFramesTest, NothingIsKeptBeforeALengthIsKnown) {
  EXPECT_TRUE(Read(Bytes{0}, 1).empty());
  EXPECT_FALSE(reader_.holds_packet());
  EXPECT_TRUE(Read(Bytes{2, 9}, 1).empty());
  EXPECT_TRUE(reader_.holds_packet());
  EXPECT_EQ(Read(Bytes{8}, 1), (std::vector<Bytes>{{9, 8}}));
  EXPECT_FALSE(reader_.holds_packet());
}

TEST_F(TcpFramesTest, AReaderGivesBackWhatItKeeps) {
  {
    TcpFrameReader reader(pool_);
    const Bytes begin = {1, 0, 5};
    ByteSpan bytes(begin);
    EXPECT_EQ(reader.Next(bytes), nullptr);
    EXPECT_EQ(pool_.outstanding(), 1u);
  }
  EXPECT_EQ(pool_.outstanding(), 0u);
}

}  // namespace
}  // namespace pcd::ice

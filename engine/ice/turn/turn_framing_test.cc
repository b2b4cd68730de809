#include "engine/ice/turn/turn_framing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pcd::ice {
namespace {

using Bytes = std::vector<uint8_t>;

// A STUN message with this many bytes of attributes.
Bytes Stun(size_t length, uint8_t fill = 7) {
  Bytes bytes(20 + length, fill);
  bytes[0] = 1;
  bytes[1] = 3;
  StoreU16(bytes.data() + 2, static_cast<uint16_t>(length));
  return bytes;
}

Bytes ChannelData(size_t length, uint8_t fill = 8) {
  Bytes bytes(4 + length, fill);
  StoreU16(bytes.data(), 0x4001);
  StoreU16(bytes.data() + 2, static_cast<uint16_t>(length));
  return bytes;
}

Bytes Padded(Bytes bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

Bytes Join(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<Bytes> Read(TurnFramer& framer, ByteSpan stream, size_t step) {
  std::vector<Bytes> messages;
  while (!stream.empty() && !framer.broken()) {
    ByteSpan some = stream.first(std::min(step, stream.size()));
    stream = stream.subspan(some.size());
    while (const auto message = framer.Next(some)) {
      messages.emplace_back(message->begin(), message->end());
    }
    EXPECT_TRUE(some.empty() || framer.broken());
  }
  return messages;
}

TEST(TurnFramingTest, FindsTheMessagesHoweverTheStreamIsCut) {
  const std::vector<Bytes> messages = {Stun(0),        ChannelData(0),    Stun(96),
                                       ChannelData(1), ChannelData(1200), ChannelData(3),
                                       Stun(8, 0xFF),  ChannelData(4)};
  Bytes stream;
  for (const Bytes& message : messages) stream = Join({stream, Padded(message)});
  for (size_t step = 1; step <= stream.size(); step += step < 30 ? 1 : 101) {
    TurnFramer framer;
    EXPECT_EQ(Read(framer, stream, step), messages) << step;
  }
}

TEST(TurnFramingTest, SkipsWhatIsTooLong) {
  const Bytes longest = ChannelData(Packet::kMaxPayload - 4);
  const Bytes stream = Join({Stun(4), Padded(ChannelData(0xFFFF)), longest, Stun(0xFFFC),
                             Padded(ChannelData(Packet::kMaxPayload - 3)), ChannelData(8)});
  for (const size_t step : {size_t{1}, size_t{1000}, stream.size()}) {
    TurnFramer framer;
    EXPECT_EQ(Read(framer, stream, step), (std::vector<Bytes>{Stun(4), longest, ChannelData(8)}));
    EXPECT_EQ(framer.oversized(), 3u);
  }
}

TEST(TurnFramingTest, IsBrokenByAnythingElse) {
  for (const Bytes& garbage : {Bytes{0x80, 0, 0, 0}, Bytes{0xFF, 0xFF, 0xFF, 0xFF},
                               Bytes{'H', 'T', 'T', 'P'}, Bytes{0, 1, 0, 2}}) {
    TurnFramer framer;
    // "HTTP" would be the data of a channel; so what it leads to is tried with it.
    const Bytes stream = Join({Stun(4), garbage, Bytes(0x10000, 0x90)});
    EXPECT_EQ(Read(framer, stream, 100).front(), Stun(4));
    EXPECT_TRUE(framer.broken());
    ByteSpan more = stream;
    EXPECT_FALSE(framer.Next(more).has_value());
  }
}

TEST(TurnFramingTest, PadsWhatIsSent) {
  for (const size_t length : {0u, 1u, 2u, 3u, 4u, 1200u}) {
    const Bytes message = ChannelData(length);
    for (const Bytes& datagram : {message, Padded(message)}) {
      const auto frame = FrameOf(datagram);
      ASSERT_TRUE(frame.has_value()) << length;
      EXPECT_EQ(Bytes(frame->message.begin(), frame->message.end()), message);
      EXPECT_EQ(frame->padding, (4 - length % 4) % 4);
    }
  }
  const auto frame = FrameOf(Stun(8));
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->message.size(), 28u);
  EXPECT_EQ(frame->padding, 0u);
}

TEST(TurnFramingTest, SendsNothingThatWouldSpoilTheStream) {
  const Bytes dtls = {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
  Bytes cut = Stun(8), longer = Stun(8), channel = ChannelData(8);
  cut.pop_back();
  longer.push_back(0);
  channel.push_back(0);
  for (const Bytes& datagram : {Bytes{}, Bytes{1}, Bytes{0x40, 1, 0}, Bytes{0x80, 96, 0, 1, 0},
                                dtls, cut, longer, channel, Bytes{0x40, 1, 0, 1}}) {
    EXPECT_FALSE(FrameOf(datagram).has_value()) << datagram.size();
  }
}

}  // namespace
}  // namespace pcd::ice

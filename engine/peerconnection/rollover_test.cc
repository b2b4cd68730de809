// Sequence numbers that wrap under SRTP, whose keys go on counting (RFC 3711 section 3.3.1): under
// simulated time through whole connections, with loss around each wrap, retransmissions, and an ICE
// restart between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/random.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/rtp/rtp_packet_view.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using testing::IsOk;
using testing::PeerPair;
using ::testing::SizeIs;
using namespace std::chrono_literals;

// Two wraps wherever the numbers begin.
constexpr uint32_t kPackets = 140'000;
constexpr uint32_t kRestartAfter = kPackets / 2;  // A number comes by once before and after it.
constexpr uint32_t kPacketsATurn = 5;
constexpr Duration kTurn = 10ms;

SocketAddress Local(uint16_t port) { return {IpAddress::V4({127, 0, 0, 1}), port}; }

// The way of media, which goes from left to right. What is near a wrap is lost, and one packet in a
// hundred elsewhere.
class LossyWay {
 public:
  explicit LossyWay(ice::FakeIceNetwork& network) {
    network.SetLink([this](int, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
      if (!IsRtp(packet->bytes()) || Passes(packet->bytes())) deliver(std::move(packet));
    });
  }

  int wraps() const { return wraps_; }
  uint64_t lost_at_wraps() const { return lost_at_wraps_; }
  uint64_t delivered() const { return delivered_; }  // With retransmissions.
  uint64_t retransmissions_delivered() const { return retransmissions_delivered_; }

 private:
  static constexpr uint16_t kNearWrap = 4;

  // RFC 7983, and RFC 5761 section 4 about the types of RTCP.
  static bool IsRtp(ByteSpan packet) {
    if (packet.size() < 12 || packet[0] < 128 || packet[0] > 191) return false;
    const int type = packet[1] & 0x7F;
    return type < 64 || type > 95;
  }

  bool Passes(ByteSpan packet) {
    const uint16_t sequence = LoadU16(&packet[2]);
    const uint32_t ssrc = LoadU32(&packet[8]);
    if (!media_ssrc_) media_ssrc_ = ssrc;
    const bool is_media = ssrc == *media_ssrc_;
    if (is_media) {
      if (sequence < last_) ++wraps_;
      last_ = sequence;
    }
    const bool at_wrap = is_media && static_cast<uint16_t>(sequence + kNearWrap) < 2 * kNearWrap;
    if (at_wrap) ++lost_at_wraps_;
    if (at_wrap || random_.Uint16() % 100 == 0) return false;
    ++delivered_;
    if (!is_media) ++retransmissions_delivered_;
    return true;
  }

  SeededRandom random_{5};
  std::optional<uint32_t> media_ssrc_{};
  uint16_t last_ = 0;
  int wraps_ = 0;
  uint64_t lost_at_wraps_ = 0, delivered_ = 0, retransmissions_delivered_ = 0;
};

// Sends frames of one packet, each with its number in it, and takes them at the other end.
class Numbered : public net::DatagramHandler {
 public:
  Numbered(PeerPair& pair, uint16_t port)
      : loop_(pair.loop()), socket_(loop_.OpenDatagramSocket({.local = Local(port)}).value()) {
    socket_->SetHandler(this);
  }

  void Send(uint32_t number, const SocketAddress& to) {
    std::vector<uint8_t> packet(12);
    packet[0] = 0x80;
    packet[1] = 0x80 | 100;
    StoreU16(&packet[2], static_cast<uint16_t>(number));
    StoreU32(&packet[4], 180 * number);
    StoreU32(&packet[8], 77);
    const int delta = number == 0 ? 0 : 1;
    for (const uint8_t byte : {0x10, delta, 0, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0, 0}) {
      packet.push_back(byte);
    }
    packet.resize(packet.size() + 4);
    StoreU32(&packet[packet.size() - 4], number);
    socket_->Queue(loop_.packets().CopyOf(packet), to);
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      const auto view = rtp::RtpPacketView::Parse(packet->bytes());
      if (!view || view->payload().size() < 4) continue;
      if (LoadU32(view->payload().last(4).data()) != next_) ++out_of_order_;
      ++next_;
      if (last_sequence_ && view->sequence_number() != static_cast<uint16_t>(*last_sequence_ + 1)) {
        ++gaps_;
      }
      last_sequence_ = view->sequence_number();
    }
  }

  uint32_t taken() const { return next_; }
  uint32_t out_of_order() const { return out_of_order_; }
  uint32_t gaps() const { return gaps_; }

 private:
  testing::SimLoop& loop_;
  std::unique_ptr<net::DatagramSocket> socket_;
  uint32_t next_ = 0, out_of_order_ = 0, gaps_ = 0;
  std::optional<uint16_t> last_sequence_{};
};

template <typename T>
std::vector<T> Entries(const PeerConnection& connection) {
  std::vector<T> found;
  for (const StatsEntry& entry : connection.GetStats().entries) {
    if (const auto* value = std::get_if<T>(&entry)) found.push_back(*value);
  }
  return found;
}

TEST(RolloverTest, NothingIsLostAroundTwoWrapsAndAnIceRestart) {
  PeerPair pair;
  LossyWay way(pair.ice());
  media::UdpSourceConfig udp;
  udp.codec = {.name = "VP8", .clock_rate = 90000};
  const auto track =
      pair.left().CreateLocalTrack({.id = "camera", .kind = MediaKind::kVideo, .source = udp});
  ASSERT_THAT(track, IsOk());
  ASSERT_THAT(pair.left().AddTrack("camera", {}, ""), IsOk());
  ASSERT_THAT(pair.right().CreateSink({.id = "sink",
                                       .selector = media::KindSelector{.kind = MediaKind::kVideo},
                                       .rtp_destination = Local(6000),
                                       .max_reorder_delay = 1s}),
              IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));

  Numbered camera(pair, 7000), sink(pair, 6000);
  const SocketAddress source = *track->local_rtp;
  uint32_t sent = 0;
  const auto send_until = [&](uint32_t end) {
    while (sent < end) {
      pair.loop().Post([&] {
        for (uint32_t i = 0; i < kPacketsATurn; ++i) camera.Send(sent++, source);
      });
      pair.loop().RunFor(kTurn);
    }
  };
  send_until(500);
  const auto asked_for = [&] { return Entries<InboundRtpStats>(pair.right()).at(0).pli_count; };
  const uint32_t asked_at_first = asked_for();
  send_until(kRestartAfter);
  const int wraps = way.wraps();
  EXPECT_GE(wraps, 1);
  const auto pair_of = [&] { return Entries<TransportStats>(pair.left()).at(0); };
  const std::string ufrag = pair_of().ice_local_username_fragment;
  ASSERT_THAT(pair.left().RestartIce(), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  for (int turn = 0; turn < 100; ++turn) {                   // Media goes on meanwhile.
    ASSERT_FALSE(pair.RunUntil([] { return false; }, 0ms));  // Candidates are handed over.
    send_until(sent + kPacketsATurn);
  }
  EXPECT_NE(pair_of().ice_local_username_fragment, ufrag);
  EXPECT_TRUE(pair.connected());
  send_until(kPackets);
  pair.loop().RunFor(2s);

  EXPECT_GT(way.wraps(), wraps);
  EXPECT_GE(way.lost_at_wraps(), 14u) << "packets, before and behind both";
  EXPECT_EQ(sink.taken(), kPackets);
  EXPECT_EQ(sink.out_of_order(), 0u);
  EXPECT_EQ(sink.gaps(), 0u);
  const auto inbound = Entries<InboundRtpStats>(pair.right());
  ASSERT_THAT(inbound, SizeIs(1));
  // A packet whose protection could not be undone would be missing here.
  EXPECT_EQ(inbound[0].packets_received, way.delivered());
  EXPECT_EQ(inbound[0].retransmitted_packets_received, way.retransmissions_delivered());
  EXPECT_GT(way.retransmissions_delivered(), kPackets / 200);
  EXPECT_EQ(asked_for(), asked_at_first) << "nothing was given up";
}

}  // namespace
}  // namespace pcd::peerconnection

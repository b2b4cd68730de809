// Simulcast: layers are told apart by rid, and a sink gets one stream of them.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TrackSelector kVideo = KindSelector{MediaKind::kVideo, 0};

// One layer as its sender sends it: a frame of one packet each 20 ms.
struct Layer {
  std::string rid;
  uint32_t ssrc;
  uint16_t width;  // 0: its key frames tell no size.
  uint16_t sequence;
  uint32_t timestamp;
  bool sends = true;
  bool key_frame_next = false;
};

class SimulcastTest : public ::testing::Test {
 protected:
  SimulcastTest() {
    ReceiveParameters video = VideoSection();
    video.ssrcs.clear();
    video.rids = {"q", "h", "f"};
    bench_.session->SetReceivers({AudioSection(), video});
    bench_.session->SetTracks({{"1", "cam"}});
  }

  void AddSink(const std::string& id, uint16_t port, const std::string& rid = {}) {
    SinkConfig config;
    config.id = id;
    config.selector = kVideo;
    config.rtp_destination = MediaBench::Local(port);
    config.rid = rid;
    ASSERT_THAT(bench_.session->CreateSink(config), IsOk());
  }
  // Width as the payload's last byte says which layer a packet is of.
  void SendFrame(Layer& layer) {
    RtpSpec spec{.ssrc = layer.ssrc,
                 .sequence = layer.sequence++,
                 .timestamp = layer.timestamp,
                 .marker = true,
                 .mid = "1",
                 .rid = layer.rid};
    if (layer.key_frame_next) {
      spec.payload = {0x10, 0x00, 0x00, 0x00};  // Where its first packet ends that tells no size.
      if (layer.width != 0) {
        spec.payload.insert(spec.payload.end(), {0x9D, 0x01, 0x2A});
        spec.payload.push_back(static_cast<uint8_t>(layer.width));
        spec.payload.push_back(static_cast<uint8_t>(layer.width >> 8));
        spec.payload.insert(spec.payload.end(), {0x10, 0x00});
      }
    }
    layer.key_frame_next = false;
    layer.timestamp += 1800;
    spec.payload.push_back(static_cast<uint8_t>(layer.rid[0]));
    bench_.Rtp(spec);
  }
  // All that send answer requests for key frames as a browser does.
  void Run(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += milliseconds(20)) {
      for (Layer& layer : layers_) {
        if (layer.sends) SendFrame(layer);
      }
      bench_.Run(milliseconds(20));
      const std::vector<uint32_t> plis = bench_.feedback.Plis();
      for (; plis_ < plis.size(); ++plis_) {
        ++plis_of_[plis[plis_]];
        for (Layer& layer : layers_) {
          if (layer.ssrc == plis[plis_]) layer.key_frame_next = true;
        }
      }
    }
  }
  static std::string RidsOf(const SinkReceiver& receiver) {
    std::string rids;
    for (const ReceivedRtp& packet : receiver.rtp) {
      const char rid = static_cast<char>(packet.payload.back());
      if (rids.empty() || rids.back() != rid) rids += rid;
    }
    return rids;
  }
  static void ExpectContinuous(const SinkReceiver& receiver) {
    for (size_t i = 1; i < receiver.rtp.size(); ++i) {
      const ReceivedRtp& before = receiver.rtp[i - 1];
      const ReceivedRtp& packet = receiver.rtp[i];
      EXPECT_EQ(static_cast<uint16_t>(packet.sequence - before.sequence), 1) << i;
      EXPECT_EQ(packet.ssrc, before.ssrc);
      const double seconds = static_cast<int32_t>(packet.timestamp - before.timestamp) / 90000.0;
      const double passed = static_cast<double>(packet.unix_us - before.unix_us) / 1e6;
      EXPECT_GT(seconds, 0) << i;
      EXPECT_NEAR(seconds, passed, 0.03) << i;
      // Another layer begins with a key frame.
      if (packet.payload.back() != before.payload.back()) {
        EXPECT_EQ(packet.payload[1] & 1, 0) << i;
      }
    }
  }
  std::string ActiveRid(const std::string& id) { return bench_.session->GetSink(id)->active_rid; }

  MediaBench bench_;
  SinkReceiver receiver_{bench_.outside, MediaBench::Local(6004)};
  std::vector<Layer> layers_ = {{"q", 1001, 320, 100, 1000},
                                {"h", 1002, 640, 65530, 900000},
                                {"f", 1003, 1280, 7, 0xFFFFF000}};
  size_t plis_ = 0;
  std::map<uint32_t, int> plis_of_;
};

TEST_F(SimulcastTest, APlainSinkGetsTheHighestLayer) {
  AddSink("v", 6004);
  Run(seconds(3));
  EXPECT_EQ(ActiveRid("v"), "f");
  EXPECT_EQ(RidsOf(receiver_).back(), 'f');
  EXPECT_GT(receiver_.rtp.size(), 130u);
  ExpectContinuous(receiver_);
  const auto first = bench_.TakeEventsOf<FirstPacketEvent>();
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].rid, "q");
  EXPECT_EQ(first[2].rid, "f");
  EXPECT_EQ(first[2].ssrc, 1003u);
  EXPECT_EQ(first[2].track_id, "cam");
}

TEST_F(SimulcastTest, ALayerThatEndsGivesWayAndOneThatComesBackTakesOver) {
  AddSink("v", 6004);
  Run(seconds(1));
  bench_.TakeEvents();
  layers_[2].sends = false;
  Run(seconds(4));
  EXPECT_EQ(ActiveRid("v"), "h");
  auto changes = bench_.TakeEventsOf<LayerActiveEvent>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].rid, "f");
  EXPECT_EQ(changes[0].ssrc, 1003u);
  EXPECT_EQ(changes[0].track_id, "cam");
  EXPECT_FALSE(changes[0].active);
  layers_[2].sends = true;
  layers_[2].timestamp += 4 * 90000;
  Run(seconds(2));
  EXPECT_EQ(ActiveRid("v"), "f");
  changes = bench_.TakeEventsOf<LayerActiveEvent>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_TRUE(changes[0].active);
  const std::string rids = RidsOf(receiver_);
  EXPECT_EQ(rids.substr(rids.size() - 3), "fhf");
  // A pause of a second while it was not yet clear that the layer had gone, else no gap.
  for (size_t i = 1; i < receiver_.rtp.size(); ++i) {
    EXPECT_EQ(static_cast<uint16_t>(receiver_.rtp[i].sequence - receiver_.rtp[i - 1].sequence), 1);
    EXPECT_LT(receiver_.rtp[i].unix_us - receiver_.rtp[i - 1].unix_us, 1'200'000);
  }
}

TEST_F(SimulcastTest, ASinkCanTakeOneLayerAndChangeIt) {
  SinkReceiver low(bench_.outside, MediaBench::Local(7004));
  AddSink("v", 6004);
  AddSink("low", 7004, "q");
  Run(seconds(2));
  EXPECT_EQ(RidsOf(low), "q");
  EXPECT_EQ(ActiveRid("low"), "q");
  EXPECT_EQ(ActiveRid("v"), "f");
  ExpectContinuous(low);
  bench_.OnLoop([&] { EXPECT_THAT(bench_.session->UpdateSink("low", {.rid = "h"}), IsOk()); });
  Run(seconds(2));
  EXPECT_EQ(RidsOf(low), "qh");
  EXPECT_EQ(ActiveRid("low"), "h");
  ExpectContinuous(low);
  EXPECT_FALSE(low.reports.empty());
}

TEST_F(SimulcastTest, EachLayerIsAskedForKeyFramesOnlyWhenItIsNeeded) {
  AddSink("v", 6004);
  Run(seconds(5));
  EXPECT_EQ(plis_of_[1003], 1);
  EXPECT_LE(plis_of_[1002], 1);
  EXPECT_LE(plis_of_[1001], 1);
}

TEST_F(SimulcastTest, ARequestMayNameALayer) {
  AddSink("v", 6004);
  Run(seconds(2));
  plis_of_.clear();
  EXPECT_TRUE(*bench_.session->RequestKeyFrame(kVideo, "h"));
  Run(milliseconds(100));
  EXPECT_EQ(plis_of_, (std::map<uint32_t, int>{{1002, 1}}));
  EXPECT_THAT(bench_.session->RequestKeyFrame(kVideo, "x"),
              HasReason(ErrorReason::TRACK_NOT_ACTIVE));
  Run(seconds(1));
  plis_of_.clear();
  EXPECT_TRUE(*bench_.session->RequestKeyFrame(kVideo));  // All of them.
  Run(milliseconds(100));
  EXPECT_EQ(plis_of_.size(), 3u);
  Run(seconds(1));
  plis_of_.clear();
  EXPECT_TRUE(*bench_.session->RequestKeyFrameOfSink("v"));
  Run(milliseconds(100));
  EXPECT_EQ(plis_of_, (std::map<uint32_t, int>{{1003, 1}}));
}

TEST_F(SimulcastTest, ThePictureSizeDecidesWhereTheOrderIsTheOtherWayRound) {
  layers_[0].width = 1280;
  layers_[2].width = 320;
  AddSink("v", 6004);
  for (Layer& layer : layers_) layer.key_frame_next = true;
  Run(seconds(3));
  EXPECT_EQ(ActiveRid("v"), "q");
}

// Neither the order of arrival nor that of SSRCs, which layers_ has, is that of a=simulcast.
TEST_F(SimulcastTest, WithoutPictureSizesThePlaceInTheDescriptionDecides) {
  ReceiveParameters video = VideoSection();
  video.ssrcs.clear();
  video.rids = {"f", "q", "h"};
  bench_.session->SetReceivers({AudioSection(), video});
  for (Layer& layer : layers_) layer.width = 0;
  AddSink("v", 6004);
  Run(seconds(3));
  EXPECT_EQ(ActiveRid("v"), "h");
  EXPECT_EQ(RidsOf(receiver_).back(), 'h');
  ExpectContinuous(receiver_);
  layers_[1].sends = false;
  Run(seconds(4));
  EXPECT_EQ(ActiveRid("v"), "q");
  EXPECT_EQ(RidsOf(receiver_).back(), 'q');
}

// As of a layer whose key frame is not known yet beside one that is.
TEST_F(SimulcastTest, APictureSizeIsNotComparedWithAnUnknownOne) {
  layers_[0].width = 1280;
  layers_[2].width = 0;
  for (Layer& layer : layers_) layer.key_frame_next = true;
  AddSink("v", 6004);
  Run(seconds(3));
  EXPECT_EQ(ActiveRid("v"), "f");
}

TEST_F(SimulcastTest, RtxFindsItsLayerByTheRepairedRid) {
  ReceiveParameters video = VideoSection();
  video.ssrcs.clear();
  video.rids = {"q", "f"};
  video.extensions.Edit().push_back({11, kRepairedRidExtensionUri});
  bench_.session->SetReceivers({AudioSection(), video});
  AddSink("v", 6004);
  layers_.erase(layers_.begin() + 1);
  Run(seconds(2));
  ASSERT_EQ(ActiveRid("v"), "f");
  const size_t before = receiver_.rtp.size();
  const uint16_t lost = layers_[1].sequence++;
  Run(milliseconds(20));
  // One-byte elements: mid "1" (4), repaired rid "f" (11).
  Bytes rtx = {0x90, kRtxType, 0,    1,    0, 0, 0,    0,   0,    0,
               0,    9,        0xBE, 0xDE, 0, 1, 0x40, '1', 0xB0, 'f'};
  rtx.insert(rtx.end(),
             {static_cast<uint8_t>(lost >> 8), static_cast<uint8_t>(lost), 0x10, 0x01, 0x00, 'f'});
  bench_.RtpBytes(rtx);
  bench_.Run(milliseconds(1));
  ASSERT_EQ(receiver_.rtp.size(), before + 2);
  EXPECT_EQ(
      static_cast<uint16_t>(receiver_.rtp[before + 1].sequence - receiver_.rtp[before].sequence),
      0xFFFF);
}

TEST_F(SimulcastTest, TheLayersSeenAreListed) {
  EXPECT_TRUE(bench_.session->GetLayers("1").empty());
  layers_[2].sends = false;
  Run(milliseconds(200));
  layers_[0].sends = false;
  Run(seconds(2));
  const std::vector<TrackLayer> layers = bench_.session->GetLayers("1");
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].rid, layers_[0].rid);
  EXPECT_EQ(layers[0].ssrc, layers_[0].ssrc);
  EXPECT_FALSE(layers[0].active);
  EXPECT_EQ(layers[1].rid, layers_[1].rid);
  EXPECT_TRUE(layers[1].active);
  EXPECT_EQ(layers[1].payload_type, kVp8Type);
  EXPECT_EQ(layers[1].rtx_ssrc, 0u);
  EXPECT_TRUE(bench_.session->GetLayers("9").empty());
}

}  // namespace
}  // namespace pcd::media

// Random legal and illegal sequences of calls on two whole connections under simulated time, with
// media, data and ICE restarts, compared with the model of //engine/jsep after every step: what
// the directions say arrives, and nothing else; every channel carries messages both ways.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "engine/base/random.h"
#include "engine/base/status.h"
#include "engine/jsep/negotiation_player.h"
#include "engine/peerconnection/connection_end.h"
#include "engine/peerconnection/media_probe.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/testing/peer_pair.h"

namespace pcd::peerconnection {
namespace {

using namespace std::chrono_literals;
using jsep::ModelLine;
using testing::PeerPair;

constexpr int kSteps = 250;
constexpr size_t kMostChannels = 4;
constexpr uint16_t kFirstPorts[] = {20000, 30000};

Limits TestLimits() {
  Limits limits;
  limits.max_sinks = 64;
  limits.max_local_tracks = 256;
  return limits;
}

std::string Text(const MediaProbe::Arrivals& arrivals) {
  std::string text;
  for (const auto& [transceiver, track] : arrivals) text += track + " at " + transceiver + ", ";
  return text.empty() ? "nothing" : text;
}

// Threading: the test's.
class Play {
 public:
  explicit Play(uint64_t seed) : random_(seed) {
    player_.WhileOffered([this] { CheckMedia("while offered"); });
    // Somebody takes the messages: a channel closes only then.
    for (size_t end : {0, 1}) {
      const auto taken =
          At(end).AttachStream({.initial_receive_credit = 1 << 20}, [](const StreamItem&) {});
      player_.Check(taken.ok(), "AttachStream: " + taken.status().ToString());
    }
  }

  void Step() {
    switch (player_.Pick(24)) {
      case 0:
        CloseChannel();
        break;
      case 1:
        player_.WantData(player_.Pick(2));
        break;
      case 2:
        IllegalCalls(player_.Pick(2));
        break;
      default:
        player_.Step();
    }
    if (!problem().empty()) return;
    LetThingsSettle();
    CheckMedia("afterwards");
    CheckData();
    for (ConnectionEnd& end : ends_) {
      const absl::Status dropped = end.DropUnusedTracks();
      player_.Check(dropped.ok(), "DeleteLocalTrack: " + dropped.ToString());
    }
  }

  const std::string& problem() const { return player_.problem(); }
  std::string Log() const { return player_.Log(); }
  size_t calls() const { return player_.calls(); }
  int negotiations() const { return player_.negotiations(); }
  // Packets of tracks and messages of channels that had to arrive and did.
  int packets() const { return packets_; }
  int messages() const { return messages_; }

 private:
  PeerConnection& At(size_t end) { return ends_[end].connection(); }
  bool HasTransport() const {
    return player_.model().has_data() || !player_.model().lines().empty();
  }

  void LetThingsSettle() {
    if (!HasTransport()) return;
    player_.Check(pair_.RunUntil([&] { return pair_.connected(); }, 10s),
                  "the ends do not connect");
    (void)pair_.RunUntil([] { return false; }, 50ms);
  }

  // A packet of each track that is sent arrives where its line says, and nothing else does.
  void CheckMedia(const std::string& when) {
    for (size_t end : {0, 1}) {
      const absl::Status updated = probes_[end].UpdateSinks();
      player_.Check(updated.ok(), "sinks: " + updated.ToString());
      (void)probes_[end].Take();
    }
    for (MediaProbe& probe : probes_) probe.Send();
    (void)pair_.RunUntil([] { return false; }, 20ms);
    for (size_t end : {0, 1}) {
      const MediaProbe::Arrivals expected = Expected(end);
      const MediaProbe::Arrivals arrived = probes_[end].Take();
      packets_ += static_cast<int>(expected.size());
      player_.Check(arrived == expected, "media from end " + std::to_string(end) + " " + when +
                                             ": " + Text(arrived) + " arrived instead of " +
                                             Text(expected));
    }
  }

  // W3C: media flows as the last answer says, from the track that the sender has now; one that is
  // stopped neither sends nor receives.
  MediaProbe::Arrivals Expected(size_t from) {
    MediaProbe::Arrivals expected;
    for (const ModelLine& line : player_.model().lines()) {
      const jsep::ModelTransceiver& sender = line.ends[from];
      const jsep::ModelTransceiver& receiver = line.ends[1 - from];
      if (sender.track.empty() || sender.stopping || receiver.stopping) continue;
      if (!sender.current || !Sends(*sender.current)) continue;
      expected.emplace(receiver.id, sender.track);
    }
    return expected;
  }

  void CloseChannel() {
    const size_t end = player_.Pick(2);
    const auto channels = At(end).ListDataChannels();
    if (channels.empty()) return;
    const auto& info = channels[player_.Pick(channels.size())].info;
    player_.Note("CloseDataChannel(" + info.init.label + ")");
    const absl::Status closed = At(end).CloseDataChannel(info.channel_id).status();
    player_.Check(closed.ok(), "CloseDataChannel: " + closed.ToString());
  }

  // The channel of that label at that end, if it is open.
  std::optional<DataChannelView> Open(size_t end, const std::string& label) {
    for (const DataChannelView& view : At(end).ListDataChannels()) {
      if (view.info.init.label == label && view.info.state == DataChannelState::kOpen) return view;
    }
    return std::nullopt;
  }

  // Both ends have the same channels, all open, and a message passes each way on each.
  void CheckData() {
    if (!player_.model().has_data()) return;
    const auto same = [&] {
      for (size_t end : {0, 1}) {
        for (const DataChannelView& view : At(end).ListDataChannels()) {
          if (!Open(0, view.info.init.label) || !Open(1, view.info.init.label)) return false;
        }
      }
      return true;
    };
    player_.Check(pair_.RunUntil(same, 10s), "the ends have different channels");
    for (const DataChannelView& view : At(0).ListDataChannels()) {
      for (size_t end : {0, 1}) PassMessage(end, view.info.init.label);
    }
    while (At(0).ListDataChannels().size() > kMostChannels) {
      const std::string id = At(0).ListDataChannels().front().info.channel_id;
      if (!At(0).CloseDataChannel(id).ok() || !pair_.RunUntil(same, 10s)) break;
    }
  }

  void PassMessage(size_t from, const std::string& label) {
    const auto sender = Open(from, label), receiver = Open(1 - from, label);
    player_.Check(sender && receiver, "the channel " + label + " is not open");
    if (!problem().empty()) return;
    const uint64_t before = receiver->messages_received;
    const auto sent = At(from).Send(sender->info.channel_id, true, std::vector<uint8_t>{1});
    player_.Check(sent.ok(), "Send: " + sent.status().ToString());
    ++messages_;
    player_.Check(
        pair_.RunUntil([&] { return Open(1 - from, label)->messages_received == before + 1; }, 5s),
        "a message of " + label + " does not arrive");
  }

  // What only a whole connection refuses.
  void IllegalCalls(size_t end) {
    player_.Note("illegal calls of connection " + std::to_string(end));
    PeerConnection& at = At(end);
    const auto before = ends_[end].Snapshot();
    const auto refused = [&](const char* call, const absl::Status& status, ErrorReason reason) {
      player_.Check(!status.ok() && GetErrorReason(status) == reason,
                    std::string(call) + ": " + status.ToString());
    };
    Configuration other = at.Info().configuration;
    other.bundle_policy = BundlePolicy::kMaxCompat;
    refused("SetConfiguration", at.SetConfiguration(other),
            ErrorReason::CONFIGURATION_CHANGE_REFUSED);
    refused("AddTrack", at.AddTrack("none", {}, "").status(), ErrorReason::TRACK_NOT_FOUND);
    refused("DeleteLocalTrack", at.DeleteLocalTrack("none").status(), ErrorReason::TRACK_NOT_FOUND);
    refused("DeleteSink", at.DeleteSink("none"), ErrorReason::SINK_NOT_FOUND);
    refused("CloseDataChannel", at.CloseDataChannel("none").status(),
            ErrorReason::DATA_CHANNEL_NOT_FOUND);
    refused("Send", at.Send("none", true, {}).status(), ErrorReason::DATA_CHANNEL_NOT_FOUND);
    refused("Negotiate",
            at.Negotiate({.description = SessionDescription{.type = SdpType::kAnswer}}).status(),
            ErrorReason::INVALID_STATE);
    for (const jsep::Transceiver& t : at.ListTransceivers()) {
      refused("AddTransceiver", at.AddTransceiver(t.kind, {}, t.id).status(),
              ErrorReason::ALREADY_EXISTS);
      refused("SetSenderParameters",
              at.SetSenderParameters(t.sender_id, {.transaction_id = "none"}).status(),
              t.stopping ? ErrorReason::TRANSCEIVER_STOPPED : ErrorReason::INVALID_STATE);
    }
    player_.Check(ends_[end].Snapshot() == before, "a refused call has changed something");
  }

  SeededRandom random_;
  PeerPair pair_{{}, 1, TestLimits()};
  std::array<ConnectionEnd, 2> ends_{ConnectionEnd(pair_.left()), ConnectionEnd(pair_.right())};
  std::array<MediaProbe, 2> probes_{
      MediaProbe(pair_.loop(), pair_.left(), pair_.right(), kFirstPorts[0]),
      MediaProbe(pair_.loop(), pair_.right(), pair_.left(), kFirstPorts[1])};
  jsep::NegotiationPlayer player_{random_, ends_[0], ends_[1]};
  int packets_ = 0, messages_ = 0;
};

class NegotiationPropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(NegotiationPropertyTest, MediaAndDataFlowAsTheModelSays) {
  Play play(GetParam());
  int turns = 0;
  for (int step = 0; step < kSteps; ++turns) {
    ASSERT_LT(turns, 2 * kSteps) << "too many steps without a call";
    const size_t calls = play.calls();
    play.Step();
    if (play.calls() > calls) ++step;
    ASSERT_EQ(play.problem(), "") << "seed " << GetParam() << ", step " << step << "\n"
                                  << play.Log();
  }
  EXPECT_GT(play.negotiations(), kSteps / 10);
  EXPECT_GT(play.packets(), kSteps / 4);
  EXPECT_GT(play.messages(), kSteps / 4);
}

INSTANTIATE_TEST_SUITE_P(Seeds, NegotiationPropertyTest,
                         ::testing::Range(static_cast<uint64_t>(1), static_cast<uint64_t>(13)));

}  // namespace
}  // namespace pcd::peerconnection

// What a test keeps of a transport: its events and packets, and the trickle to the other end.
#ifndef ENGINE_ICE_EVENT_RECORDER_H_
#define ENGINE_ICE_EVENT_RECORDER_H_

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ice/ice_transport.h"

namespace pcd::ice {

// Threading: the transport's loop.
class EventRecorder : public PacketHandler {
 public:
  explicit EventRecorder(IceTransport& transport) : ice(transport) {
    ice.SetPacketHandler(this);
    ice.SetEventCallback([this] { Drain(); });
  }

  void OnIcePackets(std::span<PacketPtr> batch) override {
    for (const PacketPtr& packet : batch) {
      packets.emplace_back(packet->bytes().begin(), packet->bytes().end());
    }
    if (on_packets) on_packets();
  }

  void Drain() {
    ++callbacks;
    while (auto event = ice.PollEvent()) {
      if (const auto* gathered = std::get_if<CandidateGathered>(&*event)) {
        candidates.push_back(gathered->candidate);
        urls.push_back(gathered->url);
        if (trickle_to != nullptr) {
          trickle_ok &= trickle_to->AddRemoteCandidate(gathered->candidate).ok();
        }
      } else if (const auto* gathering = std::get_if<GatheringStateChanged>(&*event)) {
        gathering_states.push_back(gathering->state);
        if (gathering->state == IceGatheringState::kComplete && trickle_to != nullptr) {
          trickle_to->SetRemoteEndOfCandidates();
        }
      } else if (const auto* state = std::get_if<StateChanged>(&*event)) {
        states.push_back(state->state);
      } else if (const auto* pair = std::get_if<SelectedPairChanged>(&*event)) {
        pairs.push_back(*pair);
      } else if (const auto* error = std::get_if<CandidateError>(&*event)) {
        errors.push_back(*error);
      }
    }
    if (on_events) on_events();
  }

  bool Reached(IceConnectionState state) const {
    for (const IceConnectionState seen : states) {
      if (seen == state) return true;
    }
    return false;
  }

  IceTransport& ice;
  IceTransport* trickle_to = nullptr;
  bool trickle_ok = true;
  int callbacks = 0;
  std::vector<Candidate> candidates{};
  std::vector<std::string> urls{};  // Of each of them.
  std::vector<IceGatheringState> gathering_states{};
  std::vector<IceConnectionState> states{};
  std::vector<SelectedPairChanged> pairs{};
  std::vector<CandidateError> errors{};
  std::vector<std::vector<uint8_t>> packets{};
  std::function<void()> on_packets{};
  std::function<void()> on_events{};
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_EVENT_RECORDER_H_

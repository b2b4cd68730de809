#include "engine/jsep/negotiation_needed.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/jsep/section_view.h"

namespace pcd::jsep {
namespace {

// The msids written differ from those the sender has now.
bool MsidsDiffer(const Transceiver& transceiver, const sdp::MediaSection& section) {
  std::set<std::string> written;
  for (const sdp::Msid& msid : section.msids) written.insert(msid.stream_id);
  std::set<std::string> wanted(transceiver.sender_stream_ids.begin(),
                               transceiver.sender_stream_ids.end());
  if (wanted.empty()) wanted.insert("-");
  return written != wanted;
}

bool DirectionDiffers(const State& state, const Transceiver& transceiver, size_t index) {
  const sdp::Description& local = state.current_local->parsed;
  const sdp::Description& remote = state.current_remote->parsed;
  const Direction ours = EffectiveDirection(local, index);
  const Direction theirs = Reverse(EffectiveDirection(remote, index));
  if (state.current_local->type == SdpType::kOffer) {
    return transceiver.direction != ours && transceiver.direction != theirs;
  }
  const Direction possible = MakeDirection(Sends(transceiver.direction) && Sends(theirs),
                                           Receives(transceiver.direction) && Receives(theirs));
  return ours != possible;
}

// A refused section counts: asking again and again would not change the answer.
bool HasDataSection(const State& state) {
  if (!state.current_local) return false;
  const auto& media = state.current_local->parsed.media;
  return std::any_of(media.begin(), media.end(),
                     [](const sdp::MediaSection& m) { return m.media == kApplication; });
}

bool Needs(const State& state, const Transceiver& transceiver) {
  if (transceiver.stopped) {
    return transceiver.mline_index && !state.IsRecyclable(*transceiver.mline_index);
  }
  if (transceiver.stopping) return true;
  if (!transceiver.mline_index || !state.current_local || !state.current_remote ||
      *transceiver.mline_index >= state.current_local->parsed.media.size()) {
    return true;
  }
  const size_t index = *transceiver.mline_index;
  const sdp::MediaSection& section = state.current_local->parsed.media[index];
  // Only where the section sends is a=msid written: docs/adr/0017.
  if (Sends(transceiver.direction) &&
      Sends(EffectiveDirection(state.current_local->parsed, index)) &&
      MsidsDiffer(transceiver, section)) {
    return true;
  }
  return DirectionDiffers(state, transceiver, index);
}

}  // namespace

bool IsNegotiationNeeded(const State& state) {
  if (!state.ice_to_replace.empty()) return true;
  if (state.data_wanted && !HasDataSection(state)) return true;
  return std::any_of(state.transceivers.begin(), state.transceivers.end(),
                     [&](const Transceiver& t) { return Needs(state, t); });
}

}  // namespace pcd::jsep

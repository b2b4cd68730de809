#include "engine/jsep/signaling_state.h"

namespace pcd::jsep {
namespace {

using S = SignalingState;
using T = SdpType;
constexpr auto kLocal = DescriptionSource::kLocal;
constexpr auto kRemote = DescriptionSource::kRemote;

struct Transition {
  S from;
  DescriptionSource source;
  T type;
  S to;
};

// Whatever has no row is an InvalidStateError.
constexpr Transition kTransitions[] = {
    {S::kStable, kLocal, T::kOffer, S::kHaveLocalOffer},
    {S::kStable, kRemote, T::kOffer, S::kHaveRemoteOffer},

    {S::kHaveLocalOffer, kLocal, T::kOffer, S::kHaveLocalOffer},
    {S::kHaveLocalOffer, kRemote, T::kOffer, S::kHaveRemoteOffer},
    {S::kHaveLocalOffer, kRemote, T::kPranswer, S::kHaveRemotePranswer},
    {S::kHaveLocalOffer, kRemote, T::kAnswer, S::kStable},
    {S::kHaveLocalOffer, kLocal, T::kRollback, S::kStable},
    {S::kHaveLocalOffer, kRemote, T::kRollback, S::kStable},

    {S::kHaveRemoteOffer, kRemote, T::kOffer, S::kHaveRemoteOffer},
    {S::kHaveRemoteOffer, kLocal, T::kPranswer, S::kHaveLocalPranswer},
    {S::kHaveRemoteOffer, kLocal, T::kAnswer, S::kStable},
    {S::kHaveRemoteOffer, kLocal, T::kRollback, S::kStable},
    {S::kHaveRemoteOffer, kRemote, T::kRollback, S::kStable},

    {S::kHaveLocalPranswer, kLocal, T::kPranswer, S::kHaveLocalPranswer},
    {S::kHaveLocalPranswer, kLocal, T::kAnswer, S::kStable},

    {S::kHaveRemotePranswer, kRemote, T::kPranswer, S::kHaveRemotePranswer},
    {S::kHaveRemotePranswer, kRemote, T::kAnswer, S::kStable},
};

}  // namespace

std::optional<SignalingState> NextSignalingState(SignalingState state, DescriptionSource source,
                                                 SdpType type) {
  for (const Transition& t : kTransitions) {
    if (t.from == state && t.source == source && t.type == type) return t.to;
  }
  return std::nullopt;
}

}  // namespace pcd::jsep

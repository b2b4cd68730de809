// One step of perfect negotiation (W3C webrtc-pc section 10.7) in one call: apply what the remote
// sent, resolve glare, return what to send back, at once or complete with candidates.
#ifndef ENGINE_HOST_NEGOTIATE_H_
#define ENGINE_HOST_NEGOTIATE_H_

#include <optional>
#include <vector>

#include "engine/host/host.h"

namespace pcd::host {

struct NegotiateOptions {
  peerconnection::NegotiateParams step{};
  // True: reply when gathering is complete, or at the timeout with what there is.
  bool wait_for_gathering = true;
  Duration gathering_timeout = std::chrono::seconds(5);
};

struct NegotiateResult {
  std::optional<SessionDescription> description{};  // What to send; null: nothing.
  bool offer_ignored = false;
  PeerConnectionInfo info{};
  std::vector<peerconnection::TransceiverInfo> transceivers{};
  bool gathering_complete = false;
};

// Calls back on the connection's loop, with the error of the step, PEER_CONNECTION_CLOSED when
// the connection ends while it gathers, or INVALID_STATE when another call replaced the description
// meanwhile, e.g. by a rollback. Threading: the connection's loop.
void Negotiate(PeerConnection& pc, const NegotiateOptions& options, Reply<NegotiateResult> reply);

}  // namespace pcd::host

#endif  // ENGINE_HOST_NEGOTIATE_H_

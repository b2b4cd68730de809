// The single-shot call of the common case: create a connection, its sinks, apply a remote
// offer, return the answer at once or when it is complete with candidates.
#ifndef ENGINE_HOST_ACCEPT_OFFER_H_
#define ENGINE_HOST_ACCEPT_OFFER_H_

#include <string>
#include <vector>

#include "engine/host/host.h"
#include "engine/media/sending/local_track_config.h"
#include "engine/media/sink_config.h"

namespace pcd::host {

// A local track to make, and to send on the first section of its kind that receives and has
// none yet. INVALID_ARGUMENT: the offer has no such section.
struct AcceptOfferTrack {
  media::LocalTrackConfig config{};
  std::vector<std::string> stream_ids{};
};

struct AcceptOfferOptions {
  CreateOptions create{};
  SessionDescription offer{};
  std::vector<media::SinkConfig> sinks{};
  std::vector<AcceptOfferTrack> local_tracks{};
  std::vector<IceCandidateInit> candidates{};
  // True: answer when gathering is complete, or at the timeout with what there is.
  bool wait_for_gathering = true;
  Duration gathering_timeout = std::chrono::seconds(5);
};

struct AcceptOfferResult {
  PeerConnectionInfo info{};
  SessionDescription answer{};
  std::vector<media::SinkInfo> sinks{};
  std::vector<peerconnection::TransceiverInfo> transceivers{};
  bool gathering_complete = false;
};

// When anything fails the connection is gone again and the reply is the error. Threading: as
// Host.
void AcceptOffer(Host& host, AcceptOfferOptions options, Reply<AcceptOfferResult> reply);

}  // namespace pcd::host

#endif  // ENGINE_HOST_ACCEPT_OFFER_H_

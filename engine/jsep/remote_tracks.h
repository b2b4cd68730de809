// W3C webrtc-pc section 5.1.1 "processing remote MediaStreamTracks".
#ifndef ENGINE_JSEP_REMOTE_TRACKS_H_
#define ENGINE_JSEP_REMOTE_TRACKS_H_

#include <string>
#include <vector>

#include "engine/jsep/apply_result.h"
#include "engine/jsep/session_state.h"
#include "engine/jsep/transceiver.h"
#include "engine/model/enums.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// Stream ids of a remote section, each once; "-" is no stream.
std::vector<std::string> StreamIds(const sdp::MediaSection& section);

// The track id a remote section names. Empty: none, or one that cannot be used because it is
// too long or another transceiver has it.
std::string UsableTrackId(const sdp::MediaSection& section, const State& state);

// A remote description gave the transceiver this direction (seen from us) and these streams:
// adds the track events that follow, if any, and notes what was told.
void ProcessRemoteTrack(Transceiver& transceiver, Direction direction,
                        std::vector<std::string> stream_ids, ApplyResult& result);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_REMOTE_TRACKS_H_

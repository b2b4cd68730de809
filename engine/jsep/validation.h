// RFC 9429 section 5.8: what a well-formed remote description may still get wrong. All
// functions return SDP_SEMANTICS ("InvalidAccessError") or UNSUPPORTED_SDP
// ("NotSupportedError") with the line at fault, and change nothing. What passes here must not
// be refused by a transport later: the description counts as applied by then.
#ifndef ENGINE_JSEP_VALIDATION_H_
#define ENGINE_JSEP_VALIDATION_H_

#include <absl/status/status.h>

#include <string>
#include <vector>

#include "engine/jsep/session_state.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

absl::Status BadSemantics(int line, const std::string& message);
absl::Status UnsupportedSdp(int line, const std::string& message);

// Mids, groups, header extension ids, ICE and DTLS parameters of live sections.
absl::Status ValidateRemote(const sdp::Description& description);

// Against what was negotiated before: no section may vanish, move or change its kind.
absl::Status ValidateRemoteOffer(const sdp::Description& offer, const State& state);

// Against the offer it answers: sections, bundling, setup, rtcp-mux, codecs.
absl::Status ValidateRemoteAnswer(const sdp::Description& answer, const State& state);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_VALIDATION_H_

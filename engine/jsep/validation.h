// RFC 9429 section 5.8: what a well-formed remote description may still get wrong. All
// functions return SDP_SEMANTICS ("InvalidAccessError") or UNSUPPORTED_SDP
// ("NotSupportedError") with the line at fault and the rule it breaks, and change nothing. What
// passes here must not be refused by a transport later: the description counts as applied by then.
#ifndef ENGINE_JSEP_VALIDATION_H_
#define ENGINE_JSEP_VALIDATION_H_

#include <absl/status/status.h>

#include <string>
#include <vector>

#include "engine/jsep/session_state.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// `rule` is an RFC and a section, such as "RFC 9143, 7.3".
absl::Status BadSemantics(int line, const char* rule, const std::string& message);
absl::Status UnsupportedSdp(int line, const char* rule, const std::string& message);

// Mids, groups, header extension ids, ICE and DTLS parameters of live sections.
absl::Status ValidateRemote(const sdp::Description& description);

// Against what was negotiated before: no section may vanish, move or change its kind.
absl::Status ValidateRemoteOffer(const sdp::Description& offer, const State& state);

// Against the offer it answers: sections, bundling, setup, rtcp-mux, codecs.
absl::Status ValidateRemoteAnswer(const sdp::Description& answer, const State& state);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_VALIDATION_H_

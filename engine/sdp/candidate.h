// ICE candidate lines (RFC 8839 section 5.1) to and from values.
#ifndef ENGINE_SDP_CANDIDATE_H_
#define ENGINE_SDP_CANDIDATE_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "engine/model/ice.h"

namespace pcd::sdp {

// With or without "a=" and "candidate:" in front; surrounding quotes and white space are
// dropped. The address may be IPv4, IPv6, an mDNS name or another host name. Extensions are
// kept in order. At most 4096 bytes.
// Error: INVALID_CANDIDATE, kInvalidArgument, DOMException "OperationError".
absl::StatusOr<Candidate> ParseCandidate(std::string_view text);

// "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ...", without "a=".
std::string WriteCandidate(const Candidate& candidate);

// Whether the text is one of the forms of "no more candidates": empty, only white space or
// quotes, "end-of-candidates" with or without "a=", or "candidate:" with nothing behind it.
bool IsEndOfCandidates(std::string_view text);

}  // namespace pcd::sdp

#endif  // ENGINE_SDP_CANDIDATE_H_

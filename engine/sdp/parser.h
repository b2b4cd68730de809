// SDP text to structs.
//
//   PCD_ASSIGN_OR_RETURN(const sdp::Description offer, sdp::Parse(text, limits));
#ifndef ENGINE_SDP_PARSER_H_
#define ENGINE_SDP_PARSER_H_

#include <absl/status/statusor.h>

#include <string_view>

#include "engine/base/limits.h"
#include "engine/sdp/session_description.h"

namespace pcd::sdp {

// Accepts CRLF, LF and CR line ends, white space around lines, empty lines, and lines
// out of RFC order. A known attribute that does not follow its grammar is an error, and so is
// a second, different value of a single-valued one; an unknown attribute is kept as it is.
//
// Errors (GetErrorReason, GetErrorDetail):
//   INVALID_SDP    kInvalidArgument, DOMException "RTCError" (sdp-syntax-error), sdp_line = the
//                  line at fault, 1-based; rule = where its syntax is defined.
//   SDP_TOO_LARGE  kInvalidArgument, "OperationError": more than limits.max_sdp_bytes or
//                  limits.max_media_sections.
absl::StatusOr<Description> Parse(std::string_view text, const Limits& limits);

}  // namespace pcd::sdp

#endif  // ENGINE_SDP_PARSER_H_

// Structs to SDP text, CRLF line ends.
#ifndef ENGINE_SDP_WRITER_H_
#define ENGINE_SDP_WRITER_H_

#include <string>

#include "engine/sdp/session_description.h"

namespace pcd::sdp {

// Lines in the order of RFC 8866; attributes in a fixed order, those without a field last.
// CR, LF and NUL within a value are left out, so that no value makes a line of its own.
std::string Write(const Description& description);

// `text` with one more attribute line at the end of its `section`th media section (0-based),
// everything else untouched. `line` comes without line end ("a=end-of-candidates"); CR, LF
// and NUL within it are left out. Returns
// `text` unchanged when it has no such section.
std::string AppendToSection(const std::string& text, size_t section, const std::string& line);

}  // namespace pcd::sdp

#endif  // ENGINE_SDP_WRITER_H_

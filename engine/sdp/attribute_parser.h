// What the attribute handlers share: where an attribute stands and what became of it.
#ifndef ENGINE_SDP_ATTRIBUTE_PARSER_H_
#define ENGINE_SDP_ATTRIBUTE_PARSER_H_

#include <bitset>
#include <string_view>

#include "engine/sdp/session_description.h"

namespace pcd::sdp {

// Threading: one parse.
struct AttributeContext {
  Description& description;
  CommonFields& fields;           // Of the section, or of the session.
  MediaSection* media = nullptr;  // Null at session level.
  int line = 0;
  std::bitset<128>& mapped;  // Payload types of this section that had an rtpmap.
};

// Null: stored in its field. kKeep: has no field here, keep the line as it is. Anything else
// is why the line is wrong.
using Outcome = const char*;
inline constexpr Outcome kStored = nullptr;
extern const char kKeep[];
inline constexpr char kConflict[] = "given twice with different values";

using AttributeHandler = Outcome (*)(AttributeContext& context, std::string_view value);

// Stores into a single-valued text field.
Outcome StoreOnce(std::string& field, std::string_view value);

struct AttributeSyntax {
  std::string_view name;
  AttributeHandler handler;
  const char* rule;  // Where the syntax is defined.
};

// By its name; null: unknown attribute.
const AttributeSyntax* FindCommonAttribute(std::string_view name);  // Both levels.
const AttributeSyntax* FindMediaAttribute(std::string_view name);   // Media sections only.

}  // namespace pcd::sdp

#endif  // ENGINE_SDP_ATTRIBUTE_PARSER_H_

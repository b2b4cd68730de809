// Which header extensions a section uses (RFC 8285), by capability table and id.
#ifndef ENGINE_JSEP_EXTENSION_NEGOTIATION_H_
#define ENGINE_JSEP_EXTENSION_NEGOTIATION_H_

#include <map>
#include <string>
#include <vector>

#include "engine/jsep/capabilities.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// What to answer: the offered extensions we understand, ids as offered, directions reversed.
// Of a URI that is offered twice the first counts, and so does the first meaning that a BUNDLE
// group gives to an id. Session-level extmaps apply to sections
// that have none of their own.
std::vector<HeaderExtension> AnswerExtensions(const Capabilities& capabilities, MediaKind kind,
                                              const sdp::Description& offer, size_t index,
                                              const Decisions& decisions = {});

// What both sides listed, with our ids.
std::vector<HeaderExtension> AgreedExtensions(const std::vector<HeaderExtension>& ours,
                                              const sdp::Description& answer, size_t index,
                                              const Decisions& decisions = {});

// Hands out ids for an offer; a URI keeps its id for the whole connection.
// Threading: one call of CreateOffer.
class ExtensionIds {
 public:
  // A meaning some description gave to an id. The first one for a URI or an id counts.
  void Use(const HeaderExtension& extension);
  std::vector<HeaderExtension> Offer(const Capabilities& capabilities, MediaKind kind);

 private:
  std::map<std::string, uint16_t> by_uri_{};
  std::map<uint16_t, std::string> by_id_{};
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_EXTENSION_NEGOTIATION_H_

// Which sections share a transport: BUNDLE groups (RFC 9143), and sections that stand alone.
#ifndef ENGINE_JSEP_BUNDLES_H_
#define ENGINE_JSEP_BUNDLES_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/jsep/session_state.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// A transport and the live sections it carries, the leading one first.
struct Bundle {
  size_t transport = 0;
  std::vector<size_t> sections{};
};

// The live sections of a description on a transport. The first leads: that with the mid `tag`, if
// it is among them, else the first in the order of their BUNDLE group.
std::vector<size_t> SectionsOn(const sdp::Description& description,
                               const SectionTransports& transports, size_t transport,
                               const std::string& tag = {});

// All of them, in the order of their first sections.
std::vector<Bundle> BundlesOf(const sdp::Description& description,
                              const SectionTransports& transports);

// What an answer makes of the transports of an offer: what it bundles moves to the transport of the
// section that leads its group (RFC 9143 section 7.4), the rest stays where it was offered.
SectionTransports TransportsByAnswer(const sdp::Description& offer,
                                     const SectionTransports& offered,
                                     const sdp::Description& answer);

// The transport of the first section in use; null: there is none. When all sections end and new
// ones come with the same offer, the first of those goes on with it: at both ends, since many peers
// have one transport for good.
std::optional<size_t> FirstTransport(const State& state);

// Those that an answer has put sections on, and those of a local description that waits for one.
std::set<size_t> TransportsInUse(const State& state);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_BUNDLES_H_

// What the offers and answers written here have in common.
#ifndef ENGINE_JSEP_LOCAL_SECTION_H_
#define ENGINE_JSEP_LOCAL_SECTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/jsep/options.h"
#include "engine/jsep/session_state.h"
#include "engine/jsep/transceiver.h"
#include "engine/model/enums.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// "o=": constant id, version counted up with each description that is applied.
struct OriginNumbers {
  uint64_t session_id = 0;
  uint64_t version = 1;
};

// What a local description is written with, beside the negotiation itself.
struct LocalContext {
  const Options& options;
  OriginNumbers origin{};
  std::vector<IceParameters> ice{};  // By transport; those that no section uses are empty.
  bool lite = false;                 // Our agent, on every transport.
};

inline constexpr uint16_t kSctpPort = 5000;
inline constexpr uint16_t kDiscardPort = 9;  // "No address yet" (RFC 8840 section 4.1.1).

sdp::Description NewLocalDescription(const LocalContext& context);

// c=, ICE credentials, fingerprints and a=setup of a live section on a transport.
void AddTransport(const LocalContext& context, size_t transport, DtlsSetup setup,
                  sdp::MediaSection& section);

// a=msid of a sending section.
void AddMsids(const Transceiver& transceiver, sdp::MediaSection& section);

// a=ssrc of a sending section that has its codecs: the sender's source, and that of its
// retransmissions in a FID group (RFC 5576) if it has such a codec. Nothing without a cname.
void AddSources(const std::string& cname, const Transceiver& transceiver,
                sdp::MediaSection& section);

// A refused section in the place of `like`: zero port, c= line and a format (Firefox wants
// both), nothing else of it but the mid.
sdp::MediaSection RejectedSection(const sdp::MediaSection& like);

// Writes the gathered candidates into the first of the sections on a transport, which leads, and
// the default address (RFC 8839 section 4.2.1.2) into all of them. No effect on a description of
// another ICE generation. May be repeated.
void AddGathered(const TransportState& transport, const std::vector<size_t>& sections,
                 sdp::Description& description);
// For every transport of a description, whose sections lead as it says itself.
void AddGathered(const State& state, const SectionTransports& transports,
                 sdp::Description& description);

// The text of an applied description, without the mids that were made up.
std::string TextOf(const StoredDescription& description);
// The same for the API; written when it is asked for.
const DescriptionPtr& DescriptionOf(const StoredDescription& description);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_LOCAL_SECTION_H_

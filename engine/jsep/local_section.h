// What the offers and answers written here have in common.
#ifndef ENGINE_JSEP_LOCAL_SECTION_H_
#define ENGINE_JSEP_LOCAL_SECTION_H_

#include <cstdint>
#include <string>

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
  IceParameters ice{};
};

inline constexpr uint16_t kSctpPort = 5000;
inline constexpr uint16_t kDiscardPort = 9;  // "No address yet" (RFC 8840 section 4.1.1).

sdp::Description NewLocalDescription(const LocalContext& context);

// c=, ICE credentials, fingerprints and a=setup of a live section.
void AddTransport(const LocalContext& context, DtlsSetup setup, sdp::MediaSection& section);

// a=msid of a sending section.
void AddMsids(const Transceiver& transceiver, sdp::MediaSection& section);

// a=ssrc of a sending section that has its codecs: the sender's source, and that of its
// retransmissions in a FID group (RFC 5576) if it has such a codec. Nothing without a cname.
void AddSources(const std::string& cname, const Transceiver& transceiver,
                sdp::MediaSection& section);

// A refused section in the place of `like`: zero port, c= line and a format (Firefox wants
// both), nothing else of it but the mid.
sdp::MediaSection RejectedSection(const sdp::MediaSection& like);

// Writes the gathered candidates into the leading section of the transport and the default
// address (RFC 8839 section 4.2.1.2) into all of them. No effect on a description of another
// ICE generation. May be repeated. `tag`: the mid of the section that leads, where an answer has
// decided it; else the description's own.
void AddGathered(const TransportState& transport, sdp::Description& description,
                 const std::string& tag = {});

// The text of an applied description, without the mids that were made up.
std::string TextOf(const StoredDescription& description);
// The same for the API; written when it is asked for.
const DescriptionPtr& DescriptionOf(const StoredDescription& description);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_LOCAL_SECTION_H_

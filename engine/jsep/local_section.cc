#include "engine/jsep/local_section.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/jsep/bundles.h"
#include "engine/jsep/section_view.h"
#include "engine/sdp/writer.h"

namespace pcd::jsep {
namespace {

constexpr char kNoAddress[] = "IN IP4 0.0.0.0";

// The address most likely to work for a peer that knows no ICE: relayed, then reflexive, then
// host, and IPv4 before IPv6. Null: none that can stand in a c= line.
const Candidate* DefaultCandidate(const std::vector<Candidate>& candidates) {
  const Candidate* best = nullptr;
  int best_rank = -1;
  for (const Candidate& candidate : candidates) {
    const auto ip = IpAddress::Parse(candidate.address);
    if (!ip || candidate.transport != "udp" || candidate.component != 1) continue;
    int rank = ip->is_v6() ? 0 : 1;
    if (candidate.type == CandidateType::kRelay) rank += 4;
    if (candidate.type == CandidateType::kServerReflexive) rank += 2;
    if (rank > best_rank) {
      best = &candidate;
      best_rank = rank;
    }
  }
  return best;
}

}  // namespace

sdp::Description NewLocalDescription(const LocalContext& context) {
  sdp::Description description;
  description.origin.session_id = std::to_string(context.origin.session_id);
  description.origin.version = std::to_string(context.origin.version);
  description.lines.push_back({.type = 't', .value = "0 0"});
  description.ice_lite = context.lite;
  return description;
}

void AddTransport(const LocalContext& context, size_t transport, DtlsSetup setup,
                  sdp::MediaSection& section) {
  const IceParameters& ice = context.ice[transport];
  section.port = kDiscardPort;
  section.connection = kNoAddress;
  section.ice_ufrag = ice.ufrag;
  section.ice_pwd = ice.pwd;
  section.ice_options = ice.options;
  section.fingerprints = context.options.local_fingerprints;
  section.setup = setup;
}

void AddMsids(const Transceiver& transceiver, sdp::MediaSection& section) {
  if (transceiver.sender_stream_ids.empty()) {
    section.msids.push_back({.stream_id = "-", .track_id = transceiver.sender_track_id});
  }
  for (const std::string& stream : transceiver.sender_stream_ids) {
    section.msids.push_back({.stream_id = stream, .track_id = transceiver.sender_track_id});
  }
}

void AddSources(const std::string& cname, const Transceiver& transceiver,
                sdp::MediaSection& section) {
  if (cname.empty() || !section.direction || !Sends(*section.direction)) return;
  // Layers are told by their rids.
  if (section.simulcast && !section.simulcast->send.empty()) return;
  std::vector<uint32_t> ssrcs = {transceiver.sender_ssrc};
  if (std::any_of(section.codecs.begin(), section.codecs.end(),
                  [](const Codec& codec) { return codec.NameIs("rtx"); })) {
    ssrcs.push_back(transceiver.sender_rtx_ssrc);
    section.ssrc_groups.push_back({.semantics = "FID", .ssrcs = ssrcs});
  }
  for (uint32_t ssrc : ssrcs) {
    section.ssrcs.push_back({.ssrc = ssrc, .name = "cname", .value = cname});
  }
}

sdp::MediaSection RejectedSection(const sdp::MediaSection& like) {
  sdp::MediaSection section;
  section.media = like.media;
  section.port = 0;
  section.proto = like.proto;
  section.connection = kNoAddress;
  section.mid = like.mid;
  if (!like.codecs.empty()) {
    const Codec& first = like.codecs.front();
    section.codecs = {{.payload_type = first.payload_type,
                       .name = first.name,
                       .clock_rate = first.clock_rate,
                       .channels = first.channels}};
  } else if (!like.formats.empty()) {
    section.formats = {like.formats.front()};
  } else {
    section.formats = {"0"};
  }
  if (KindOf(like)) section.direction = Direction::kInactive;
  return section;
}

void AddGathered(const TransportState& transport, const std::vector<size_t>& sections,
                 sdp::Description& description) {
  if (sections.empty() || !transport.local_ice) return;
  const std::string& ufrag = transport.local_ice->ufrag;
  sdp::MediaSection& leading = description.media[sections.front()];
  if (leading.ice_ufrag != ufrag) return;
  leading.candidates = transport.local_candidates;
  leading.end_of_candidates = transport.local_complete;
  const Candidate* address = DefaultCandidate(transport.local_candidates);
  if (address == nullptr) return;
  const bool is_v6 = address->address.find(':') != std::string::npos;
  for (size_t i : sections) {
    sdp::MediaSection& section = description.media[i];
    // bundle-only, or offered with an address of its own before it was bundled.
    if (section.port == 0 || section.ice_ufrag != ufrag) continue;
    section.port = address->port;
    section.connection = (is_v6 ? "IN IP6 " : "IN IP4 ") + address->address;
  }
}

void AddGathered(const State& state, const SectionTransports& transports,
                 sdp::Description& description) {
  for (const Bundle& bundle : BundlesOf(description, transports)) {
    const TransportState* transport = state.FindTransport(bundle.transport);
    if (transport != nullptr) AddGathered(*transport, bundle.sections, description);
  }
}

std::string TextOf(const StoredDescription& description) {
  if (description.generated_mids.empty()) return sdp::Write(description.parsed);
  sdp::Description parsed = description.parsed;
  for (size_t i : description.generated_mids) parsed.media[i].mid.clear();
  return sdp::Write(parsed);
}

const DescriptionPtr& DescriptionOf(const StoredDescription& description) {
  if (description.shown == nullptr) {
    SessionDescription shown{.type = description.type, .sdp = TextOf(description)};
    shown.sdp.shrink_to_fit();
    description.shown = std::make_shared<const SessionDescription>(std::move(shown));
  }
  return description.shown;
}

}  // namespace pcd::jsep

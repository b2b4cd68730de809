#include "engine/jsep/transport_actions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/jsep/dtls_setup.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/section_view.h"
#include "engine/sdp/candidate.h"

namespace pcd::jsep {
namespace {

std::vector<std::string> MidsOf(const sdp::Description& description,
                                const std::vector<size_t>& sections) {
  std::vector<std::string> mids;
  mids.reserve(sections.size());
  for (size_t i : sections) mids.push_back(description.media[i].mid);
  return mids;
}

bool HasAttribute(const sdp::CommonFields& fields, const char* name) {
  return std::any_of(fields.attributes.begin(), fields.attributes.end(),
                     [name](const sdp::Attribute& a) { return a.name == name; });
}

// Candidates of the bundled sections, whichever section names them: peers that gather before
// they know whether bundling is accepted list them everywhere.
std::vector<Candidate> CandidatesOf(const sdp::Description& remote,
                                    const std::vector<size_t>& sections, const std::string& ufrag,
                                    size_t limit) {
  std::vector<Candidate> candidates;
  for (size_t i : sections) {
    for (const Candidate& candidate : remote.media[i].candidates) {
      const std::string own = candidate.Ufrag();
      if (candidate.component != 1 || (!own.empty() && own != ufrag)) continue;
      if (candidates.size() == limit) return candidates;
      const bool known = std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& c) {
        return SameCandidate(c, candidate);
      });
      if (!known) candidates.push_back(candidate);
    }
  }
  return candidates;
}

IceRole DecideIceRole(const State& state, const IceParameters& remote, bool local_is_answer) {
  if (state.transport.ice_role) return *state.transport.ice_role;
  // RFC 8445 section 6.1.1: the full agent controls a lite one, else the offerer controls.
  const bool local_lite = state.transport.local_ice && state.transport.local_ice->lite;
  if (local_lite != remote.lite) return local_lite ? IceRole::kControlled : IceRole::kControlling;
  return local_is_answer ? IceRole::kControlled : IceRole::kControlling;
}

DtlsRole DecideDtlsRole(const State& state, const Exchange& exchange, size_t leading) {
  const auto setup = EffectiveSetup(exchange.answer(), leading);
  if (!setup) return state.transport.dtls_role;
  if (exchange.local_is_answer) return RoleByLocalAnswer(*setup);
  const bool anew = AsksForNewAssociation(state, exchange.remote, leading);
  return RoleByRemoteAnswer(*setup, anew ? DtlsRole::kAuto : state.transport.dtls_role);
}

// What was signalled for another section, for the one that leads now.
std::vector<IceCandidateInit> SignalAgain(const TransportState& transport, const Exchange& exchange,
                                          size_t leading) {
  IceCandidateInit init{.sdp_mid = exchange.local.media[leading].mid,
                        .sdp_mline_index = static_cast<uint16_t>(leading),
                        .username_fragment = transport.local_ice->ufrag};
  std::vector<IceCandidateInit> again;
  for (const Candidate& candidate : transport.local_candidates) {
    init.candidate = sdp::WriteCandidate(candidate);
    again.push_back(init);
  }
  init.candidate.clear();
  if (transport.local_complete) again.push_back(std::move(init));
  return again;
}

// Without new credentials nobody says whether the peer replaced its end. Both kinds are served.
void FollowTag(State& state, const Exchange& exchange, size_t leading, TransportAction& action) {
  TransportState& transport = state.transport;
  if (!transport.local_ice->lite) {
    action.renew = true;
    if (exchange.local_is_answer) return;  // Cleared before it was written.
    transport.local_candidates.clear();
    transport.local_complete = false;
  } else {
    // Our answer has them, but whoever follows events knows them as those of the old section.
    action.signal_again = SignalAgain(transport, exchange, leading);
    if (exchange.local_is_answer) return;
    StoredDescription& local = state.pending_local.Edit();
    AddGathered(transport, local.parsed, exchange.local.media[leading].mid);
    local.shown = nullptr;
  }
}

}  // namespace

bool SameCandidate(const Candidate& a, const Candidate& b) {
  const auto key = [](const Candidate& c) {
    return std::tie(c.component, c.transport, c.address, c.port, c.type, c.tcp_type,
                    c.related_address, c.related_port);
  };
  return key(a) == key(b);
}

bool LosesTag(const State& state, const sdp::Description& description) {
  const std::string& tag = state.transport.tagged_mid;
  const std::vector<size_t> sections = TransportSections(description);
  return !tag.empty() && !sections.empty() &&
         std::none_of(sections.begin(), sections.end(),
                      [&](size_t i) { return description.media[i].mid == tag; });
}

bool AsksForNewAssociation(const State& state, const sdp::Description& remote, size_t leading) {
  const TransportState& transport = state.transport;
  if (transport.remote_fingerprints.empty()) return false;
  const std::vector<Fingerprint> now = EffectiveFingerprints(remote, leading);
  const bool same_certificate =
      std::any_of(now.begin(), now.end(), [&](const Fingerprint& fingerprint) {
        const auto& known = transport.remote_fingerprints;
        return std::find(known.begin(), known.end(), fingerprint) != known.end();
      });
  if (!same_certificate) return true;
  const std::string tls_id = EffectiveTlsId(remote, leading);
  if (!tls_id.empty() && !transport.remote_tls_id.empty() && tls_id != transport.remote_tls_id) {
    return true;
  }
  // An answer with the other role is a mistake that peers make; an offer means it.
  const bool is_offer = state.pending_remote && state.pending_remote->type == SdpType::kOffer;
  return is_offer && !AnswerSetup(EffectiveSetup(remote, leading), transport.dtls_role, true);
}

void StartLocalTransport(State& state, const sdp::Description& local, ApplyResult& result) {
  const std::vector<size_t> sections = TransportSections(local);
  TransportState& transport = state.transport;
  if (sections.empty() || !transport.next_local_ice) return;
  if (local.media[sections.front()].ice_ufrag != transport.next_local_ice->ufrag) return;
  transport.local_ice = std::exchange(transport.next_local_ice, std::nullopt);
  transport.local_candidates.clear();
  transport.local_complete = false;
  TransportAction action{
      .mids = MidsOf(local, sections), .local_ice = *transport.local_ice, .start_gathering = true};
  if (transport.ice_role) {
    action.ice_role = *transport.ice_role;
  } else if (!transport.local_ice->lite) {
    // Only an offerer has to guess; the answer settles it.
    action.ice_role = IceRole::kControlling;
  }
  result.transports.push_back(std::move(action));
}

void UpdateTransport(State& state, const Exchange& exchange, const Limits& limits,
                     ApplyResult& result) {
  std::vector<size_t> sections = TransportSections(exchange.answer());
  std::erase_if(sections, [&](size_t i) { return !exchange.IsLive(i); });
  TransportState& transport = state.transport;
  if (sections.empty() || !transport.local_ice) return;
  const size_t leading = sections.front();
  RemoteTransport remote{.ice = EffectiveIce(exchange.remote, leading),
                         .fingerprints = EffectiveFingerprints(exchange.remote, leading)};
  remote.restart = transport.remote_ice && (transport.remote_ice->ufrag != remote.ice.ufrag ||
                                            transport.remote_ice->pwd != remote.ice.pwd);
  remote.candidates =
      CandidatesOf(exchange.remote, sections, remote.ice.ufrag, limits.max_candidates);
  remote.end_of_candidates = exchange.remote.media[leading].end_of_candidates ||
                             HasAttribute(exchange.remote, "end-of-candidates");
  remote.dtls_role = DecideDtlsRole(state, exchange, leading);
  remote.new_association = AsksForNewAssociation(state, exchange.remote, leading);
  const bool restart = remote.restart;
  const bool tag_ended = LosesTag(state, exchange.answer());
  const std::string& lead = exchange.local.media[leading].mid;
  const bool lead_changed = !transport.tagged_mid.empty() && transport.tagged_mid != lead;
  transport.dtls_role = remote.dtls_role;
  transport.ice_role = DecideIceRole(state, remote.ice, exchange.local_is_answer);
  transport.remote_ice = remote.ice;
  transport.remote_fingerprints = remote.fingerprints;
  transport.remote_tls_id = EffectiveTlsId(exchange.remote, leading);
  transport.tagged_mid = lead;
  if (result.transports.empty()) result.transports.emplace_back();
  TransportAction& action = result.transports.front();
  action.mids = MidsOf(exchange.local, sections);
  action.local_ice = *transport.local_ice;
  action.ice_role = *transport.ice_role;
  action.remote = std::move(remote);
  action.lead_changed = lead_changed;
  if (tag_ended && !restart) FollowTag(state, exchange, leading, action);
}

void CloseUnusedTransport(State& state, const Exchange& exchange, ApplyResult& result) {
  for (size_t i = 0; i < exchange.size(); ++i) {
    if (exchange.IsLive(i)) return;
  }
  state.transport = {};
  result.closed_transports.push_back(0);
}

}  // namespace pcd::jsep

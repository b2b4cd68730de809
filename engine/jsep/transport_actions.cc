#include "engine/jsep/transport_actions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/jsep/bundles.h"
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

// Candidates of the bundled sections, whichever section names them: peers that gather before
// they know whether bundling is accepted list them everywhere. Those of a section that was offered
// with credentials of its own belong to a transport that has ended with the bundling.
std::vector<Candidate> CandidatesOf(const sdp::Description& remote,
                                    const std::vector<size_t>& sections, const std::string& ufrag,
                                    size_t limit) {
  std::vector<Candidate> candidates;
  for (size_t i : sections) {
    if (EffectiveIce(remote, i).ufrag != ufrag) continue;
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

IceRole DecideIceRole(const TransportState& transport, const IceParameters& remote,
                      bool local_is_answer) {
  if (transport.ice_role) return *transport.ice_role;
  // RFC 8445 section 6.1.1: the full agent controls a lite one, else the offerer controls.
  const bool local_lite = transport.local_ice && transport.local_ice->lite;
  if (local_lite != remote.lite) return local_lite ? IceRole::kControlled : IceRole::kControlling;
  return local_is_answer ? IceRole::kControlled : IceRole::kControlling;
}

DtlsRole DecideDtlsRole(const TransportState& transport, const Exchange& exchange, size_t leading,
                        bool anew) {
  const auto setup = EffectiveSetup(exchange.answer(), leading);
  if (!setup) return transport.dtls_role;
  if (exchange.local_is_answer) return RoleByLocalAnswer(*setup);
  return RoleByRemoteAnswer(*setup, anew ? DtlsRole::kAuto : transport.dtls_role);
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
void FollowTag(State& state, const Exchange& exchange, const Bundle& bundle,
               TransportAction& action) {
  TransportState& transport = state.TransportAt(bundle.transport);
  if (!transport.local_ice->lite) {
    action.renew = true;
    if (exchange.local_is_answer) return;  // Cleared before it was written.
    transport.local_candidates.clear();
    transport.local_complete = false;
  } else {
    // Our answer has them, but whoever follows events knows them as those of the old section.
    action.signal_again = SignalAgain(transport, exchange, bundle.sections.front());
    if (exchange.local_is_answer) return;
    StoredDescription& local = state.pending_local.Edit();
    AddGathered(transport, bundle.sections, local.parsed);
    local.shown = nullptr;
  }
}

TransportAction& ActionFor(size_t transport, ApplyResult& result) {
  for (TransportAction& action : result.transports) {
    if (action.transport_index == transport) return action;
  }
  result.transports.push_back({.transport_index = transport});
  return result.transports.back();
}

void UpdateTransport(State& state, const Exchange& exchange, const Bundle& bundle,
                     const Limits& limits, ApplyResult& result) {
  TransportState& transport = state.TransportAt(bundle.transport);
  if (!transport.local_ice) return;
  const size_t leading = bundle.sections.front();
  RemoteTransport remote{.ice = EffectiveIce(exchange.remote, leading),
                         .fingerprints = EffectiveFingerprints(exchange.remote, leading)};
  remote.restart = transport.remote_ice && (transport.remote_ice->ufrag != remote.ice.ufrag ||
                                            transport.remote_ice->pwd != remote.ice.pwd);
  remote.candidates =
      CandidatesOf(exchange.remote, bundle.sections, remote.ice.ufrag, limits.max_candidates);
  remote.end_of_candidates = exchange.remote.media[leading].end_of_candidates ||
                             HasAttribute(exchange.remote, "end-of-candidates");
  remote.new_association = AsksForNewAssociation(state, transport, exchange.remote, leading);
  remote.dtls_role = DecideDtlsRole(transport, exchange, leading, remote.new_association);
  const bool restart = remote.restart;
  const bool tag_ended = LosesTag(transport, exchange.answer(), bundle.sections);
  const std::string& lead = exchange.local.media[leading].mid;
  const bool lead_changed = !transport.tagged_mid.empty() && transport.tagged_mid != lead;
  transport.dtls_role = remote.dtls_role;
  transport.ice_role = DecideIceRole(transport, remote.ice, exchange.local_is_answer);
  transport.remote_ice = remote.ice;
  transport.remote_fingerprints = remote.fingerprints;
  transport.remote_tls_id = EffectiveTlsId(exchange.remote, leading);
  transport.tagged_mid = lead;
  transport.bundled = BundleGroupOf(exchange.answer(), lead) != nullptr;
  TransportAction& action = ActionFor(bundle.transport, result);
  action.mids = MidsOf(exchange.local, bundle.sections);
  action.local_ice = *transport.local_ice;
  action.ice_role = *transport.ice_role;
  action.remote = std::move(remote);
  action.lead_changed = lead_changed;
  if (tag_ended && !restart) FollowTag(state, exchange, bundle, action);
}

// The generation before goes on.
void CancelRestart(State& state, size_t index, ApplyResult& result) {
  const TransportState* before = state.StableTransport(index);
  if (before == nullptr || !before->local_ice || !state.current_local) return;
  TransportState& transport = state.TransportAt(index);
  if (transport.local_ice->ufrag == before->local_ice->ufrag) return;
  transport = *before;
  transport.next_local_ice.reset();
  const StoredDescription& local = *state.current_local;
  TransportAction action{.transport_index = index,
                         .mids = MidsOf(local.parsed, SectionsOn(local.parsed, local.transports,
                                                                 index, transport.tagged_mid)),
                         .local_ice = *transport.local_ice,
                         .cancel_restart = true};
  if (transport.ice_role) action.ice_role = *transport.ice_role;
  result.transports.push_back(std::move(action));
}

bool IsCarrying(const State& state, size_t transport) {
  return std::find(state.carried.begin(), state.carried.end(), transport) != state.carried.end();
}

void Close(State& state, size_t index, ApplyResult& result) {
  state.transports[index] = {};
  result.closed_transports.push_back(index);
}

}  // namespace

bool SameCandidate(const Candidate& a, const Candidate& b) {
  const auto key = [](const Candidate& c) {
    return std::tie(c.component, c.transport, c.address, c.port, c.type, c.tcp_type,
                    c.related_address, c.related_port);
  };
  return key(a) == key(b);
}

bool LosesTag(const TransportState& transport, const sdp::Description& description,
              const std::vector<size_t>& sections) {
  const std::string& tag = transport.tagged_mid;
  return !tag.empty() && !sections.empty() &&
         std::none_of(sections.begin(), sections.end(),
                      [&](size_t i) { return description.media[i].mid == tag; });
}

bool AsksForNewAssociation(const State& state, const TransportState& transport,
                           const sdp::Description& remote, size_t leading) {
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

void StartLocalTransports(State& state, const CreatedDescription& local, ApplyResult& result) {
  for (const Bundle& bundle : BundlesOf(local.description, local.transports)) {
    TransportState& transport = state.TransportAt(bundle.transport);
    if (!transport.next_local_ice) continue;
    const sdp::MediaSection& leading = local.description.media[bundle.sections.front()];
    if (leading.ice_ufrag != transport.next_local_ice->ufrag) continue;
    transport.local_ice = std::exchange(transport.next_local_ice, std::nullopt);
    transport.local_candidates.clear();
    transport.local_complete = false;
    TransportAction action{.transport_index = bundle.transport,
                           .mids = MidsOf(local.description, bundle.sections),
                           .local_ice = *transport.local_ice,
                           .start_gathering = true};
    if (transport.ice_role) {
      action.ice_role = *transport.ice_role;
    } else if (!transport.local_ice->lite) {
      // Only an offerer has to guess; the answer settles it.
      action.ice_role = IceRole::kControlling;
    }
    result.transports.push_back(std::move(action));
  }
}

void UpdateTransports(State& state, const Exchange& exchange, const Limits& limits,
                      ApplyResult& result) {
  for (const Bundle& bundle : BundlesOf(exchange.answer(), state.carried)) {
    UpdateTransport(state, exchange, bundle, limits, result);
  }
}

void CloseUnusedTransports(State& state, ApplyResult& result) {
  for (size_t t = 0; t < state.transports.size(); ++t) {
    if (state.transports[t].exists() && !IsCarrying(state, t)) Close(state, t, result);
  }
}

void RollTransportsBack(State& state, ApplyResult& result) {
  const bool negotiated = std::any_of(state.transports.begin(), state.transports.end(),
                                      [](const TransportState& t) { return t.remote_ice; });
  for (size_t t = 0; t < state.transports.size(); ++t) {
    if (IsCarrying(state, t)) {
      CancelRestart(state, t, result);
    } else if (state.transports[t].exists() && (t > 0 || negotiated)) {
      Close(state, t, result);
    }
  }
  state.stable_transports.clear();
}

}  // namespace pcd::jsep

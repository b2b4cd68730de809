// What the rest of the engine must do after a description was applied. Everything in it is
// the whole truth for what it names (not a difference), so acting on it twice is harmless.
#ifndef ENGINE_JSEP_APPLY_RESULT_H_
#define ENGINE_JSEP_APPLY_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/rtp_parameters.h"
#include "engine/model/session.h"

namespace pcd::jsep {

// The remote end of a transport, known from the first answer (or pranswer) on.
struct RemoteTransport {
  IceParameters ice{};  // ice.lite: the remote is ICE-lite, we control and it sends no checks.
  // The remote credentials differ from those of the previous ApplyResult: an ICE restart.
  // The old pair carries media until a pair of the new generation is nominated.
  bool restart = false;
  std::vector<Fingerprint> fingerprints{};  // Any match is a match; never empty.
  DtlsRole dtls_role = DtlsRole::kAuto;     // Ours: kClient or kServer. Of one association.
  // RFC 8842 section 4: another certificate, another a=tls-id or the other role ask for a new DTLS
  // association in the place of the present one.
  bool new_association = false;
  // All of this generation known so far; add those the transport does not know yet.
  std::vector<Candidate> candidates{};
  bool end_of_candidates = false;
  friend bool operator==(const RemoteTransport&, const RemoteTransport&) = default;
};

// One transport: a bundle group, or a section that stands alone.
struct TransportAction {
  size_t transport_index = 0;
  // Sections it carries; the first is the one whose mid local candidates are announced with.
  std::vector<std::string> mids{};
  IceParameters local_ice{};
  // Gather now: set in the first result for a transport and again for each local restart
  // (then local_ice is new).
  bool start_gathering = false;
  // Another section than in the exchange before leads the transport. Chromium replaces its end of
  // the transport then, other peers do not.
  bool lead_changed = false;
  // The section that led has ended, and others go on with the credentials there are. A full agent
  // gathers and checks anew with them, besides what it has; local candidates begin again.
  bool renew = false;
  // The same for a lite agent, whom the peer's new checks find by themselves: what to signal again,
  // because it was signalled for the section that has ended.
  std::vector<IceCandidateInit> signal_again{};
  // A rollback took a restart back: the transport goes on with local_ice, which it had before.
  bool cancel_restart = false;
  IceRole ice_role = IceRole::kControlled;
  std::optional<RemoteTransport> remote{};  // Null after a local offer: only gather.
  friend bool operator==(const TransportAction&, const TransportAction&) = default;
};

// The negotiated m=application section.
struct DataSection {
  std::string mid{};
  size_t transport_index = 0;
  uint16_t local_port = 5000;  // SCTP ports.
  uint16_t remote_port = 5000;
  // What the remote accepts per message, bytes; 0: no limit. 65536 when it does not say
  // (RFC 8841 section 6.1).
  uint64_t remote_max_message_size = 65536;
  friend bool operator==(const DataSection&, const DataSection&) = default;
};

// W3C "process the addition (removal) of a remote track".
struct TrackEvent {
  bool added = true;     // False: muted and taken from its streams; the transceiver stays.
  bool goes_on = false;  // Not added, but not muted either: it has left these of its streams.
  std::string transceiver_id{};
  std::string receiver_id{};
  std::string track_id{};
  std::vector<std::string> stream_ids{};  // Of the track; may be empty.
  MediaKind kind = MediaKind::kAudio;
  std::string mid{};
  friend bool operator==(const TrackEvent&, const TrackEvent&) = default;
};

struct ApplyResult {
  // W3C signalingState afterwards, and whether it differs from before.
  SignalingState signaling_state = SignalingState::kStable;
  bool signaling_state_changed = false;
  // A remote offer has taken our own back first: the state was stable in between, which W3C tells
  // with an event of its own (4.4.1.5, "set the remote description" of an offer).
  bool rolled_back = false;
  // Transports to create or update. A transport that is not named stays as it is.
  std::vector<TransportAction> transports{};
  // Indices of transports that carry no section any more: they end, if there are any. The index is
  // then free for another transport, which begins from nothing.
  std::vector<size_t> closed_transports{};
  // One per live audio or video section once a (pr)answer was applied: the complete set for
  // the connection. Null: unchanged (after an offer).
  std::optional<std::vector<ReceiveParameters>> receivers{};
  // The same for sending, in the same order.
  std::optional<std::vector<SendParameters>> senders{};
  // Like receivers: null as long as nothing changed; `data` then says whether there is one.
  bool data_changed = false;
  std::optional<DataSection> data{};
  std::vector<TrackEvent> tracks{};                 // In order.
  std::vector<std::string> created_transceivers{};  // Ids; by a remote offer.
  // Ids. What a remote description refuses is stopped by it, and goes from transceivers() with the
  // final answer.
  std::vector<std::string> stopped_transceivers{};
  // Remote tracks of the stopped and the removed; those of StopTransceiver have ended before.
  std::vector<std::string> ended_tracks{};
  std::vector<std::string> removed_transceivers{};  // Ids; a rollback undid their creation.
};

// A validated remote candidate.
struct RemoteCandidate {
  size_t transport_index = 0;  // Where to deliver it.
  // And where else: the end of candidates without a section is for every transport.
  std::vector<size_t> more_transports{};
  // Empty: end of candidates for every section, or not known before the description.
  std::string mid{};
  std::string ufrag{};  // Of the generation it belongs to; empty: not said.
  // Null: the end of candidates, or a candidate nobody needs (component 2, a repetition).
  std::optional<Candidate> candidate{};
  bool end_of_candidates = false;
  bool is_new = false;  // It went into a description that did not have it.
  // Whether to tell the transport now. False: it is kept and comes with the ApplyResult that
  // starts its generation, or is dropped when it does not belong to it, or there is nothing
  // to tell.
  bool deliver = false;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_APPLY_RESULT_H_

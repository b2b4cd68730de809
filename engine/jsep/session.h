// The negotiator of one PeerConnection: offers and answers (RFC 9429, W3C webrtc-pc), the
// signaling state, transceivers, descriptions and candidates. Values in, values out.
//
//   Session session(options, random);
//   session.SetRemoteDescription({SdpType::kOffer, text});  // -> ApplyResult: tracks
//   auto answer = session.CreateAnswer({}, transport_info);
//   auto result = session.SetLocalDescription(*answer, transport_info);
//   // act on result->transports, receivers, data; then for each local candidate:
//   session.AddLocalCandidate(0, candidate);                // -> what to signal
#ifndef ENGINE_JSEP_SESSION_H_
#define ENGINE_JSEP_SESSION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/random.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/jsep/options.h"
#include "engine/jsep/transceiver.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/rtp_parameters.h"
#include "engine/model/session.h"

namespace pcd::jsep {

// A failed call changes nothing. Errors carry a reason, the DOMException name and, for a
// description at fault, the rule that it breaks and the 1-based number of the line:
//   INVALID_STATE    (InvalidStateError)   wrong signaling state, or closed.
//   INVALID_SDP      (RTCError)            syntax.
//   SDP_SEMANTICS    (InvalidAccessError)  well-formed, but against RFC 9429 section 5.8.
//   SDP_MODIFIED     (InvalidModificationError)  local text that CreateX did not return.
//   UNSUPPORTED_SDP  (NotSupportedError)   valid, but asks for what is refused on purpose: SDES
//                    or plain RTP instead of DTLS-SRTP, an answer that does not bundle what has one
//                    transport, has no rtcp-mux, or changes the ICE credentials of the pranswer.
//   SDP_TOO_LARGE    (OperationError)
//   PORT_UNAVAILABLE (OperationError)      TransportInfo had no credentials to give.
//   INVALID_CANDIDATE, UNKNOWN_UFRAG, LIMIT_EXCEEDED, ALREADY_EXISTS, TRANSCEIVER_NOT_FOUND.
//
// Threading: belongs to the loop of its PeerConnection.
class Session {
 public:
  // `random` must outlive the session.
  Session(Options options, RandomSource& random);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- Descriptions ---------------------------------------------------------------------

  absl::StatusOr<SessionDescription> CreateOffer(const OfferOptions& options,
                                                 const TransportInfo& transport_info);
  absl::StatusOr<SessionDescription> CreateAnswer(const AnswerOptions& options,
                                                  const TransportInfo& transport_info);

  // Null: W3C's parameterless form, which makes the offer or answer that the state calls for.
  // Empty sdp: the one created last, made anew when it is out of date. Any other text must
  // equal what was created last; the error names the first line that differs.
  absl::StatusOr<ApplyResult> SetLocalDescription(
      const std::optional<SessionDescription>& description, const TransportInfo& transport_info);
  absl::StatusOr<ApplyResult> SetRemoteDescription(const SessionDescription& description);

  // Null where W3C says null. The texts contain the candidates known by now.
  std::optional<SessionDescription> local_description() const;  // Pending, else current.
  std::optional<SessionDescription> remote_description() const;
  std::optional<SessionDescription> current_local_description() const;
  std::optional<SessionDescription> current_remote_description() const;
  std::optional<SessionDescription> pending_local_description() const;
  std::optional<SessionDescription> pending_remote_description() const;
  // The same without copies of the texts.
  struct Descriptions {
    DescriptionPtr current_local{}, current_remote{}, pending_local{}, pending_remote{};
    const DescriptionPtr& local() const {
      return pending_local != nullptr ? pending_local : current_local;
    }
    const DescriptionPtr& remote() const {
      return pending_remote != nullptr ? pending_remote : current_remote;
    }
  };
  Descriptions descriptions() const;
  bool has_local_description() const;

  SignalingState signaling_state() const;
  // Null before a remote description was set.
  std::optional<bool> can_trickle_ice_candidates() const;
  // What the last answer (provisional or not) of either side decided; null before the first.
  std::shared_ptr<const NegotiationRecord> record() const;

  // --- Transceivers and data ------------------------------------------------------------

  // Errors: see transceiver_set.h. Each may make negotiation needed.

  // Returns the transceiver's id: `id` if not empty, else one made here.
  // INVALID_ARGUMENT (TypeError) for an id that is not IsCallerId and for a stream id that
  // cannot stand in a=msid (RFC 8830); ALREADY_EXISTS when an id is taken; LIMIT_EXCEEDED beyond
  // max_media_sections.
  absl::StatusOr<std::string> AddTransceiver(MediaKind kind, const TransceiverInit& init,
                                             std::string_view id = {});
  // W3C addTrack: reuses a sender that has never sent, else makes a transceiver with this id.
  // Returns the transceiver's id. TRACK_IN_USE when a sender has the track. `chosen`: the one of
  // this id is reused, or made if there is none, whatever else there is. INVALID_STATE: it has a
  // track. `ends`: of a new transceiver.
  absl::StatusOr<std::string> AddTrack(MediaKind kind, const std::string& track_id,
                                       const std::vector<std::string>& stream_ids,
                                       std::string_view transceiver_id = {}, bool chosen = false,
                                       const EndIds& ends = {});
  // W3C removeTrack. Without a track: no effect.
  absl::Status RemoveTrack(std::string_view sender_id);
  // W3C replaceTrack; an empty track takes the present one away. Needs no negotiation.
  absl::Status ReplaceTrack(std::string_view sender_id, MediaKind kind,
                            const std::string& track_id);
  // A track has ended for good: the senders that have it lose it, stopped ones too. Returns
  // whether there were any.
  bool ForgetTrack(const std::string& track_id);
  absl::Status SetSenderStreams(std::string_view sender_id,
                                const std::vector<std::string>& stream_ids);
  // W3C setParameters: see send_encodings.h for what is refused. Needs no negotiation.
  absl::Status SetEncodings(std::string_view sender_id, std::vector<SendEncoding> encodings);
  absl::Status SetDirection(std::string_view transceiver_id, Direction direction);
  // W3C stop(): takes effect with the next negotiation; at once when never negotiated.
  absl::Status StopTransceiver(std::string_view transceiver_id);
  // Each as CodecCapabilities (codec_preferences.h) lists it. Empty: back to the default.
  absl::Status SetCodecPreferences(std::string_view transceiver_id, std::vector<Codec> codecs);
  // W3C restartIce: the next offer has new credentials. No effect before the first description.
  absl::Status RestartIce();
  // Other ICE servers or another policy: credentials stay the same in a later offer "unless the ICE
  // configuration has changed" (RFC 9429 section 5.2.2), so the next one restarts ICE and gathers
  // with them. No reason to negotiate by itself. No effect before the first description.
  void IceConfigurationChanged();
  // In order of creation, without those stopped for good; one that a remote description has
  // rejected stays until the answer.
  const std::vector<Transceiver>& transceivers() const;
  const Transceiver* FindTransceiver(std::string_view transceiver_id) const;  // Null: none.
  const Transceiver* FindSender(std::string_view sender_id) const;            // Null: none.

  // The first data channel was created: the next offer has an m=application section.
  absl::Status AddDataSection();

  // W3C "check if negotiation is needed", by itself...
  bool negotiation_needed() const;
  // ...and as an event: true once when negotiationneeded must fire. Ask after every call that
  // changes the session.
  bool TakeNegotiationNeededEvent();

  // --- Candidates -----------------------------------------------------------------------

  // A candidate this end gathered: goes into the local descriptions. Returns what to signal.
  absl::StatusOr<IceCandidateInit> AddLocalCandidate(size_t transport_index,
                                                     const Candidate& candidate);
  // Gathering of the transport is complete: "a=end-of-candidates" goes into the local
  // descriptions. Returns the end-of-candidates indication to signal (candidate empty).
  absl::StatusOr<IceCandidateInit> SetLocalGatheringComplete(size_t transport_index);

  // W3C addIceCandidate: validates, appends to the remote descriptions. Where W3C refuses what
  // comes before any remote description, it is kept here (max_candidates, and as many ends of
  // candidates) for the first one: SetRemoteDescription appends what fits its sections and
  // ufrags and drops the rest.
  //   INVALID_ARGUMENT (TypeError) without mid and index for a candidate that is not the end;
  //   INVALID_CANDIDATE (OperationError) for bad syntax, an unknown mid or index;
  //   UNKNOWN_UFRAG (OperationError) for a ufrag of no applied description; LIMIT_EXCEEDED
  //   beyond max_candidates.
  absl::StatusOr<RemoteCandidate> AddRemoteCandidate(const IceCandidateInit& init);

  // Drops the local ICE credentials and candidates that no answer has taken up, so that the next
  // description asks for new ones. Without effect once a transport has a remote.
  void ForgetUnusedIce();

  // Every later call fails with INVALID_STATE; accessors keep answering.
  void Close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SESSION_H_

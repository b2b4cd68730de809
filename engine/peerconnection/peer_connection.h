// One RTCPeerConnection: the only place that knows all rooms. It wires negotiation (jsep) to
// transports, media and data channels, drains them in a fixed order (pump.cc), and numbers
// what happens in its event log.
//
//   auto pc = PeerConnection::Create(loop, dependencies, limits, {.id = "x"});
//   (*pc)->SetRemoteDescription(offer);
//   auto answer = (*pc)->SetLocalDescription(std::nullopt);
//
// Every method returns with its effects in the event log and the state consistent.
#ifndef ENGINE_PEERCONNECTION_PEER_CONNECTION_H_
#define ENGINE_PEERCONNECTION_PEER_CONNECTION_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/datachannel/data_channel_manager.h"
#include "engine/dtls/certificate.h"
#include "engine/ice/ice_transport.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/jsep/session.h"
#include "engine/media/media_session.h"
#include "engine/media/rtp_source.h"
#include "engine/media/sending/rtp_output.h"
#include "engine/media/sending/send_session.h"
#include "engine/model/session.h"
#include "engine/model/stats.h"
#include "engine/net/loop.h"
#include "engine/peerconnection/close_sequence.h"
#include "engine/peerconnection/data_streams.h"
#include "engine/peerconnection/dependencies.h"
#include "engine/peerconnection/event.h"
#include "engine/peerconnection/event_log.h"
#include "engine/peerconnection/info.h"
#include "engine/peerconnection/own_certificate.h"
#include "engine/peerconnection/sender_parameters.h"
#include "engine/peerconnection/transport_slots.h"
#include "engine/sctp/sctp_association.h"
#include "engine/transport/transport.h"

namespace pcd::peerconnection {

struct CreateParams {
  std::string id{};
  Configuration configuration{};
  std::map<std::string, std::string> labels{};
  // The first one is used, as in browsers. Empty: one is made. None is expired.
  std::vector<OwnCertificate> certificates{};
  // Of the loop, not owned; must outlive the connection. Null: none.
  ParameterPool* parameter_pool = nullptr;
  // How many operations of W3C's chain wait for their turn, to be told of by OperationDone. Null:
  // none ever does.
  std::shared_ptr<const std::atomic<uint32_t>> chained{};
};

struct CloseParams {
  CloseReason reason = CloseReason::kRequested;
  std::string message{};
};

// One step of perfect negotiation (W3C webrtc-pc section 10.7).
struct NegotiateParams {
  std::optional<SessionDescription> description{};  // Of the remote; null: we offer.
  bool polite = true;        // In glare we give way; else the remote's offer is ignored.
  bool ice_restart = false;  // Of an offer of ours.
};
struct NegotiateOutcome {
  bool offer_ignored = false;
  bool has_description = false;  // The local description is to be sent to the remote.
};

using WatcherId = uint64_t;
using WatchCallback = absl::AnyInvocable<void(const WatchItem&)>;

// Threading: everything on its loop. Callbacks run there too and must not call back.
class PeerConnection : private net::EndOfTurnHandler,
                       private TransportMedia,
                       private media::RtpOutput {
 public:
  // Errors: INVALID_ICE_SERVER and ICE_SERVER_DENIED (ice::CheckServers), INVALID_ARGUMENT (a
  // shared port that there is not, or that cannot have what is asked for), INTERNAL (no key).
  static absl::StatusOr<std::unique_ptr<PeerConnection>> Create(
      net::Loop& loop, const Shared<Dependencies>& dependencies, const Limits& limits,
      CreateParams params);
  ~PeerConnection() override;
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  const std::string& id() const { return id_; }
  net::Loop& loop() { return loop_; }
  bool closed() const { return closed_; }
  uint64_t revision() const { return revision_; }  // As in Info().
  PeerConnectionInfo Info();
  Snapshot TakeSnapshot();
  // One of CreateParams::chained has been carried out. With the last, negotiationneeded may fire.
  void OperationDone();

  // --- Negotiation (negotiation.cc). Errors as jsep::Session's. --------------------------
  absl::StatusOr<SessionDescription> CreateOffer(const jsep::OfferOptions& options);
  absl::StatusOr<SessionDescription> CreateAnswer(const jsep::AnswerOptions& options);
  // Null: parameterless. Returns the local description that now applies.
  absl::StatusOr<SessionDescription> SetLocalDescription(
      const std::optional<SessionDescription>& description);
  absl::Status SetRemoteDescription(const SessionDescription& description);
  // W3C restartIce.
  absl::Status RestartIce();
  // INVALID_ARGUMENT for a rollback; others as the methods above.
  absl::StatusOr<NegotiateOutcome> Negotiate(const NegotiateParams& params);
  // W3C setConfiguration: CONFIGURATION_CHANGE_REFUSED (InvalidModificationError) for what is
  // fixed at creation; what may change takes effect with the next gathering, and the next offer is
  // an ICE restart for it. `certificates`: empty, or those of the creation (W3C).
  absl::Status SetConfiguration(const Configuration& configuration,
                                const std::vector<CertificateSource>& certificates = {});
  // What the last answer decided, and the revision that it made. NOT_NEGOTIATED.
  struct Explanation {
    uint64_t revision = 0;
    std::shared_ptr<const jsep::NegotiationRecord> record{};
  };
  absl::StatusOr<Explanation> ExplainNegotiation() const;
  // After Negotiate ignored an offer, errors of its candidates are ignored too.
  // Returns whether it, or the end of candidates, is put to use: not if it is kept for a
  // description to come, a repetition, or of no use (IceTransport::AddRemoteCandidate).
  absl::StatusOr<bool> AddIceCandidate(const IceCandidateInit& candidate);
  absl::StatusOr<TransceiverInfo> AddTransceiver(MediaKind kind, const TransceiverInit& init,
                                                 const std::string& transceiver_id);
  std::vector<TransceiverInfo> ListTransceivers() const;
  // W3C muted of its remote track.
  bool IsMuted(const jsep::Transceiver& transceiver) const;
  // Of its remote track, those seen so far.
  std::vector<media::TrackLayer> LayersOf(const jsep::Transceiver& transceiver) const;
  // The others (transceiver_api.cc) return the transceiver afterwards.
  absl::StatusOr<TransceiverInfo> RemoveTrack(const std::string& sender_id);
  absl::StatusOr<TransceiverInfo> SetSenderStreams(const std::string& sender_id,
                                                   const std::vector<std::string>& stream_ids);
  absl::StatusOr<TransceiverInfo> SetTransceiverDirection(const std::string& transceiver_id,
                                                          Direction direction);
  absl::StatusOr<TransceiverInfo> StopTransceiver(const std::string& transceiver_id);
  absl::StatusOr<TransceiverInfo> SetCodecPreferences(const std::string& transceiver_id,
                                                      std::vector<Codec> codecs);
  // Calls back once gathering is complete on all transports (true), or at `timeout` or when
  // the connection closes before (false).
  void WhenGatheringComplete(Duration timeout,
                             absl::AnyInvocable<void(PeerConnection&, bool)> done);

  // --- Media (media_api.cc). Errors as media::MediaSession's. ----------------------------
  // An empty id is replaced by one made here.
  absl::StatusOr<media::SinkInfo> CreateSink(const media::SinkConfig& config);
  absl::StatusOr<media::SinkInfo> UpdateSink(const std::string& sink_id,
                                             const media::SinkUpdate& update);
  absl::Status DeleteSink(const std::string& sink_id);
  absl::StatusOr<media::SinkInfo> GetSink(const std::string& sink_id) const;
  std::vector<media::SinkInfo> ListSinks() const;
  absl::StatusOr<std::string> GetSinkSdp(const std::vector<std::string>& sink_ids) const;
  absl::StatusOr<bool> RequestKeyFrame(const media::TrackSelector& track,
                                       const std::string& rid = {});
  absl::StatusOr<bool> RequestKeyFrameOfSink(const std::string& sink_id,
                                             const std::string& rid = {});

  // --- Sending (sending_api.cc). Errors as media::SendSession's and jsep::Session's. -------
  // An empty id is replaced by one made here.
  absl::StatusOr<media::LocalTrackInfo> CreateLocalTrack(const media::LocalTrackConfig& config);
  // Senders of the track have none afterwards. Returns its last state.
  absl::StatusOr<media::LocalTrackInfo> DeleteLocalTrack(const std::string& track_id);
  absl::StatusOr<media::LocalTrackInfo> GetLocalTrack(const std::string& track_id) const;
  std::vector<media::LocalTrackInfo> ListLocalTracks() const;
  // These return the transceiver afterwards. TRACK_NOT_FOUND: no such local track.
  absl::StatusOr<TransceiverInfo> AddTrack(const std::string& track_id,
                                           const std::vector<std::string>& stream_ids,
                                           const std::string& transceiver_id, bool chosen = false,
                                           const EndIds& ends = {});
  absl::StatusOr<TransceiverInfo> AddTransceiverOfTrack(const TransceiverInit& init,
                                                        const std::string& transceiver_id);
  // Empty: none. INVALID_CODEC (InvalidModificationError) when the negotiated codecs do not
  // have the track's.
  absl::StatusOr<TransceiverInfo> ReplaceTrack(const std::string& sender_id,
                                               const std::string& track_id);
  // With a transaction id that the next SetSenderParameters has to name.
  absl::StatusOr<SenderParameters> GetSenderParameters(const std::string& sender_id);
  // The same without a new transaction, for the caller who names the last one.
  // INVALID_STATE: there is none since the last write or negotiation. STALE_PARAMETERS:
  // `transaction_id` is not it. TRANSCEIVER_STOPPED.
  absl::StatusOr<SenderParameters> PeekSenderParameters(const std::string& sender_id,
                                                        const std::string& transaction_id) const;
  // Reads transaction_id and encodings. Errors as PeekSenderParameters, and of
  // jsep::CheckNewEncodings.
  absl::StatusOr<SenderParameters> SetSenderParameters(const std::string& sender_id,
                                                       const SenderParameters& parameters);
  // RECEIVER_NOT_FOUND.
  absl::StatusOr<ReceiverParameters> GetReceiverParameters(const std::string& receiver_id) const;
  // SENDER_NOT_FOUND, and media::SendSession::InsertTones's errors.
  absl::Status InsertDtmf(const std::string& sender_id, const std::string& tones, Duration duration,
                          Duration gap);
  // Plain compound or reduced-size RTCP. INVALID_PACKET; INVALID_STATE when not connected.
  // An empty transport id: that of the first audio or video section.
  absl::Status WriteRtcp(const std::vector<ByteSpan>& packets, const std::string& transport_id);

  // --- Data channels (data_api.cc). Errors as DataChannelManager's and DataStreams'. ------
  absl::StatusOr<DataChannelView> CreateDataChannel(const DataChannelInit& init,
                                                    const std::string& channel_id);
  absl::StatusOr<DataChannelView> GetDataChannel(const std::string& channel_id) const;
  std::vector<DataChannelView> ListDataChannels() const;
  absl::StatusOr<DataChannelView> CloseDataChannel(const std::string& channel_id);
  absl::StatusOr<DataChannelView> SetBufferedAmountLowThreshold(const std::string& channel_id,
                                                                uint64_t bytes);
  // Returns the bytes now queued on the channel.
  absl::StatusOr<uint64_t> Send(const std::string& channel_id, bool binary, ByteSpan bytes);
  absl::StatusOr<StreamId> AttachStream(const StreamOptions& options, StreamCallback callback);
  void DetachStream(StreamId stream_id);
  void AddReceiveCredit(StreamId stream_id, uint64_t bytes);
  absl::Status SendOnStream(StreamId stream_id, const std::string& channel_id, bool binary,
                            ByteSpan bytes);
  // A graceful close begins: from now on whatever would change the connection fails with
  // PEER_CONNECTION_CLOSED. Data channels send what they have queued and are closed one by one
  // (stream resets, RFC 8831 section 6.7), media goes on. Calls back, for the caller to Close, when
  // the remote has closed its side of each channel too, at `timeout`, or when closed before.
  void BeginGracefulClose(Duration timeout, absl::AnyInvocable<void(PeerConnection&)> done);

  // --- Statistics (stats_collector.cc) ----------------------------------------------------
  StatsReport GetStats() const;
  // SENDER_NOT_FOUND, RECEIVER_NOT_FOUND. See stats_selection.h.
  absl::StatusOr<StatsReport> GetSenderStats(const std::string& sender_id) const;
  absl::StatusOr<StatsReport> GetReceiverStats(const std::string& receiver_id) const;
  // Who was heard of the receiver's track in the last ten seconds. RECEIVER_NOT_FOUND.
  absl::StatusOr<media::RtpSources> GetReceiverSources(const std::string& receiver_id) const;

  // --- Events (watching.cc) ---------------------------------------------------------------
  // Null: a snapshot first. Otherwise the events after that number; EVENT_SEQUENCE_UNKNOWN if
  // it is above the last one. A watcher attached twice is left as it was.
  absl::Status AttachWatcher(WatcherId watcher_id, std::optional<uint64_t> resume_after,
                             WatchCallback callback);
  void DetachWatcher(WatcherId watcher_id);

  // `expired` is called once, with kNeverConnected or kDisconnected, when the connection was not
  // connected for as long as Limits says. The owner then closes it, in a later turn.
  using ExpiredCallback = absl::AnyInvocable<void(CloseReason)>;
  void WhenExpired(ExpiredCallback expired) { expired_ = std::move(expired); }

  // Ends everything at once, in the order of close_sequence.h. Idempotent. The object stays
  // readable until it is destroyed.
  void Close(const CloseParams& params);

 private:
  // The peer replaces its end when it has our answer, which may take that long ...
  static constexpr Duration kReplaceable = std::chrono::seconds(30);
  // ... and has the new one connected this long after the end of the old one.
  static constexpr Duration kReplacement = std::chrono::seconds(10);
  // Calls that wait at a time; one more is answered at once.
  static constexpr size_t kMaxWaiters = 256;
  struct Waiter {
    Timestamp deadline = kNever;
    bool for_gathering = false;  // Else: for data to be sent.
    absl::AnyInvocable<void(PeerConnection&, bool)> done{};
  };

  PeerConnection(net::Loop& loop, const Shared<Dependencies>& dependencies, const Limits& limits,
                 CreateParams params, bool configured_certificates);

  // pump.cc
  void OnEndOfTurn() override;
  void Wake() {
    transports_changed_ = true;
    WakeForMedia();
  }
  // Nothing but media has come or gone: the pump asks no transport then.
  void WakeForMedia() { loop_.RequestEndOfTurn(this); }
  void WakeData();
  // Everything may have changed: after a call and after a timer.
  void Pump();
  // What is marked as changed, and media; all that a turn with nothing but RTP costs.
  void RunPump();
  bool DrainTransports();
  bool DrainAssociation();
  bool DrainDataChannels();
  bool DrainMedia();
  bool UpdateStates();
  void TellNegotiationNeeded();
  struct CombinedStates {
    IceConnectionState ice = IceConnectionState::kNew;
    ConnectionState connection = ConnectionState::kNew;
    IceGatheringState gathering = IceGatheringState::kNew;
  };
  // What UpdateStates would make of them.
  CombinedStates CombineStates() const;
  CombinedStates ToldStates() const;
  bool UpdateGatheringState();
  void UpdateExpiry();
  void HandleExpiry(Timestamp now);
  void RunWaiters();
  void ArmTimer();
  void OnTimer();

  // media path, direct calls
  void OnRtp(size_t transport_index, std::span<PacketPtr> packets) override;
  void OnRtcp(size_t transport_index, std::span<PacketPtr> packets) override;
  void SendRtcp(size_t transport_index, PacketPtr compound) override;
  bool IsWritable(size_t transport_index) const override;
  bool SendRtp(size_t transport_index, PacketPtr packet) override;
  void ForgetSsrc(size_t transport_index, uint32_t ssrc) override;
  void OnSessionWork() override;

  static absl::Status CheckConfiguration(const Configuration& configuration,
                                         const Dependencies& dependencies);

  bool AreOwn(const std::vector<CertificateSource>& certificates) const;

  // ice_backend.cc
  // Servers and relays are for full ICE only.
  static bool NeedsFullIce(const Configuration& configuration);
  // The one in use; before there is one, that which will be.
  IceBackend ChooseBackend() const;
  // What the configuration and the remote ask for now.
  IceBackend WantedBackend() const;
  // A restart leaves the shared port if full ICE is wanted by now; nothing leads back to it.
  IceBackend BackendOfRestart() const;
  // One generation of a transport; a restart makes another, with the configuration of its time.
  // `credentials`: of an earlier generation; null: new ones.
  absl::StatusOr<std::unique_ptr<ice::IceTransport>> MakeIce(
      IceBackend backend, std::optional<IceParameters> credentials = std::nullopt);
  // Two lite ends cannot connect. UNSUPPORTED_SDP, unless we can become full.
  absl::Status CheckRemoteLite(const SessionDescription& description) const;
  void BecomeFullForLiteRemote(const SessionDescription& description);

  // wiring.cc
  absl::StatusOr<TransportSlot*> EnsureTransport(size_t index);
  // `failure`: why there are none.
  jsep::TransportInfo TransportCredentials(absl::Status& failure);
  absl::Status Apply(jsep::ApplyResult result);
  void ChangeSignalingState(SignalingState state);
  absl::Status ApplyTransport(const jsep::TransportAction& action);
  void CloseTransport(size_t index);
  absl::Status ApplyLocalIce(TransportSlot& slot, const jsep::TransportAction& action);
  absl::Status RenewIce(TransportSlot& slot);
  void DropCandidates(const TransportSlot& slot);
  void SignalAgain(const TransportSlot& slot, const std::vector<IceCandidateInit>& candidates);
  absl::Status ApplyRemote(TransportSlot& slot, const jsep::RemoteTransport& remote);
  absl::StatusOr<bool> DeliverRemote(const jsep::RemoteCandidate& remote, size_t index);
  void ApplyMedia(const jsep::ApplyResult& result);
  void ApplyData(const std::optional<jsep::DataSection>& data);
  void SyncReceivers();
  std::vector<DataChannelView> NumberDataChannels();
  void StartAssociation();
  // The association is gone, or unusable, and another one may follow that its channels go on with.
  void SuspendAssociation();
  void HandleSuspension(Timestamp now);
  // The peer may be replacing its transport: what ends the old association is not the end of its
  // channels (docs/adr, "A transport that the peer replaces").
  bool MayBeReplaced(const TransportSlot& slot) const;
  void EndAssociation();
  // After a change of the transceivers by a call.
  void TransceiversChanged();
  // PEER_CONNECTION_CLOSED once a graceful close has begun, and after the end.
  absl::Status CheckOpen() const;
  void HandleTransportEvent(TransportSlot& slot, transport::Event event);
  void HandleGathering(TransportSlot& slot, IceGatheringState state);
  void HandleIceState(TransportSlot& slot, IceConnectionState state);
  void HandleDtlsState(TransportSlot& slot, transport::DtlsStateChanged changed);
  void TellIce(TransportSlot& slot, CombinedStates states);
  void TellPair(TransportSlot& slot);
  void AnnounceCandidate(TransportSlot& slot, absl::StatusOr<IceCandidateInit> candidate,
                         std::string url);

  // sending_api.cc
  void SyncSenders();
  absl::Status CheckNegotiatedCodec(const std::string& sender_id,
                                    const media::LocalTrackInfo& track) const;
  absl::StatusOr<const jsep::Transceiver*> RequireSender(const std::string& sender_id) const;
  absl::StatusOr<const jsep::Transceiver*> RequireReceiver(const std::string& receiver_id) const;
  SenderParameters ParametersOf(const jsep::Transceiver& transceiver) const;

  // The transport that RTCP goes to when nobody says which; null: none.
  const TransportSlot* FirstMediaTransport() const;

  // stats_collector.cc
  void AppendSctpStats(std::vector<StatsEntry>& out) const;

  // data_api.cc
  void HandleChannelEvent(const datachannel::DataChannelEvent& event);
  void HandleChannelState(const datachannel::ChannelStateChanged& changed);

  // info.cc
  IceTransportInfo IceInfo(const TransportSlot& slot) const;
  DtlsTransportInfo DtlsInfo(const TransportSlot& slot) const;
  std::optional<SctpTransportInfo> SctpInfo() const;
  static DataChannelView View(const datachannel::DataChannelInfo& info);
  std::vector<transport::TransportState> TransportStates() const;
  std::string TransportId(size_t index) const;  // Empty: there is none.
  // W3C transport of the sender and the receiver; empty: null.
  std::string TransportIdOf(const jsep::Transceiver& transceiver) const;
  TransceiverInfo Describe(const jsep::Transceiver& transceiver) const;
  std::vector<TransceiverInfo> DescribeTransceivers() const;

  // close.cc
  void RunCloseStep(CloseStep step);
  void FinishClose();

  // watching.cc
  void Emit(EventPayload payload);

  net::Loop& loop_;
  const Shared<Dependencies> dependencies_;
  const Limits limits_;
  const std::string id_;
  Configuration configuration_;
  const std::map<std::string, std::string> labels_;
  const int64_t create_unix_us_;
  const std::shared_ptr<const dtls::Certificate> certificate_;  // In use.
  const std::vector<CertificateInfoPtr> certificates_;          // At least certificate_'s.

  const std::string cname_;
  jsep::Session session_;
  media::MediaSession media_;
  media::SendSession sending_;
  datachannel::DataChannelManager channels_;
  DataStreams streams_;
  TransportSlots transports_;
  std::vector<SendParameters> send_parameters_;        // Of the last answer.
  std::vector<ReceiveParameters> receive_parameters_;  // Of the last answer.
  IceBackend ice_backend_ = IceBackend::kAuto;         // In use; kAuto: none made yet.
  struct SenderState {
    std::string transaction_id{};  // Of the last read; empty: none since the last write.
  };
  std::map<std::string, SenderState> sender_states_;  // By sender id; those that were read.
  std::optional<jsep::DataSection> data_section_;
  std::unique_ptr<sctp::SctpAssociation> association_;
  size_t association_transport_ = 0;  // That carries it, or will: data_section_'s.
  SctpState sctp_state_ = SctpState::kConnecting;
  Timestamp suspended_until_ = kNever;  // Channels without an association close then.
  bool needs_new_dtls_ = false;  // SCTP has ended on the present DTLS association; not again there.

  SignalingState signaling_state_ = SignalingState::kStable;
  IceGatheringState gathering_state_ = IceGatheringState::kNew;
  IceConnectionState ice_state_ = IceConnectionState::kNew;
  ConnectionState connection_state_ = ConnectionState::kNew;
  std::vector<SharedOptional<LocalCandidate>> local_candidates_;  // None is empty.

  const std::shared_ptr<const std::atomic<uint32_t>> chained_;  // See CreateParams.

  EventLog log_;
  std::map<WatcherId, WatchCallback> watchers_;
  std::vector<Waiter> waiters_;
  std::unique_ptr<net::Timer> timer_;
  Timestamp armed_for_ = kNever;
  ExpiredCallback expired_;
  Timestamp expiry_ = kNever;
  bool was_connected_ = false;
  uint64_t revision_ = 1;
  uint64_t negotiated_revision_ = 0;  // That the last answer made.
  bool ignoring_offer_ = false;       // Negotiate ignored the remote's last description.
  bool local_description_set_ =
      false;  // SetLocalDescription was called; a rollback changes nothing.
  bool pumping_ = false;
  bool transports_changed_ = false;  // A transport may have something to tell.
  bool data_changed_ = false;        // SCTP or data channels may have something to drain.
  bool states_changed_ = false;      // A transport's state may have changed.
  bool closing_ = false;             // A graceful close has begun.
  bool closed_ = false;
  CloseReason close_reason_ = CloseReason::kNone;
  std::string close_message_;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_PEER_CONNECTION_H_

// What a PeerConnection tells about itself: the W3C events and those of this service, as
// values. Each is numbered without gaps by the EventLog of its connection.
#ifndef ENGINE_PEERCONNECTION_EVENT_H_
#define ENGINE_PEERCONNECTION_EVENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/shared.h"
#include "engine/peerconnection/info.h"

namespace pcd::peerconnection {

// What is large is shared: most events are a state or a number, and all have the size of the
// largest.

// Always number 1.
struct CreatedEvent {
  Shared<PeerConnectionInfo> info{};
};
struct NegotiationNeededEvent {};
// W3C icecandidate. Unset: W3C's null candidate, gathering is complete on all transports. An
// empty candidate text: the end of candidates of one transport.
struct IceCandidateEvent {
  SharedOptional<LocalCandidate> candidate{};
};
struct IceCandidateErrorEvent {
  std::string address{};
  uint16_t port = 0;
  std::string url{};
  int error_code = 0;
  std::string error_text{};
};
struct SignalingStateChangeEvent {
  SignalingState state = SignalingState::kStable;
};
struct IceGatheringStateChangeEvent {
  IceGatheringState state = IceGatheringState::kNew;
};
struct IceConnectionStateChangeEvent {
  IceConnectionState state = IceConnectionState::kNew;
};
struct ConnectionStateChangeEvent {
  ConnectionState state = ConnectionState::kNew;
};
// A description was applied or rolled back.
struct DescriptionChangeEvent {
  Shared<PeerConnectionInfo> info{};
  std::vector<TransceiverInfo> transceivers{};
  std::vector<DataChannelView> numbered{};  // Data channels that it gave their stream ids.
};
struct ConfigurationChangeEvent {
  Shared<PeerConnectionInfo> info{};
};
// The connection's states change with those of its transports (W3C webrtc-pc sections 5.5, 5.6):
// here they are as they are then. Events that tell of them alone follow.
struct IceTransportChangeEvent {
  Shared<IceTransportInfo> transport{};
  IceConnectionState ice_connection_state = IceConnectionState::kNew;
  ConnectionState connection_state = ConnectionState::kNew;
  IceGatheringState ice_gathering_state = IceGatheringState::kNew;
};
struct DtlsTransportChangeEvent {
  Shared<DtlsTransportInfo> transport{};
  std::string error_text{};  // Empty unless failed.
  DtlsFailure failure{};
  ConnectionState connection_state = ConnectionState::kNew;
};
struct SctpTransportChangeEvent {
  SctpTransportInfo transport{};
};
// A graceful close begins.
struct ClosingEvent {
  int64_t deadline_unix_us = 0;
};
// The last event of a connection.
struct ClosedEvent {
  CloseReason reason = CloseReason::kRequested;
  std::string message{};
};
// W3C track: a remote description made a receiver live.
struct TrackEvent {
  Shared<TransceiverInfo> transceiver{};
  bool muted = true;
};
// W3C mute or unmute of a remote track.
struct TrackMutedEvent {
  std::string track_id{};
  bool muted = true;
};
// W3C removetrack: a remote description took the track away again, or (`goes_on`) out of some of
// its streams only.
struct TrackRemovedEvent {
  std::string track_id{};
  std::string transceiver_id{};
  std::vector<std::string> stream_ids{};
  bool goes_on = false;
};
// W3C ended: the transceiver of the track is stopped.
struct TrackEndedEvent {
  std::string track_id{};
};
// Transceivers changed by a call other than one that applies a description.
struct TransceiverChangeEvent {
  std::vector<TransceiverInfo> transceivers{};
};
struct FirstPacketEvent {
  std::string track_id{};
  std::string rid{};
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
};
// A simulcast layer ceased to send, or sends again.
struct LayerActiveChangeEvent {
  std::string track_id{};
  std::string rid{};
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  bool active = false;
};
struct SinkChangeEvent {
  Shared<media::SinkInfo> sink{};
};
struct SinkDeletedEvent {
  std::string sink_id{};
};
// A local track was created, or its source changed its state.
struct LocalTrackChangeEvent {
  Shared<media::LocalTrackInfo> track{};
  media::SourceState previous = media::SourceState::kWaiting;
};
struct LocalTrackDeletedEvent {
  std::string track_id{};
};
// The remote asks for a key frame of a local track.
struct KeyFrameRequestedEvent {
  std::string track_id{};
  std::string sender_id{};
  std::string rid{};  // Of the encoding that is sent; empty without simulcast.
};
// W3C tonechange of a sender.
struct ToneChangeEvent {
  std::string sender_id{};
  std::string tone{};  // Empty: all have been sent.
};
// W3C datachannel: the remote opened it. It is open.
struct DataChannelEvent {
  Shared<DataChannelView> channel{};
};
struct DataChannelCreatedEvent {
  Shared<DataChannelView> channel{};
};
struct DataChannelOpenEvent {
  Shared<DataChannelView> channel{};
};
struct DataChannelClosingEvent {
  std::string channel_id{};
};
struct DataChannelCloseEvent {
  Shared<DataChannelView> channel{};
};
struct DataChannelErrorEvent {
  std::string channel_id{};
  std::string error_text{};
  bool sctp_failure = false;                  // Else the channel's own.
  std::optional<uint16_t> sctp_cause_code{};  // RFC 9260 section 3.3.10; absent: none known.
};
struct DataChannelBufferedAmountLowEvent {
  std::string channel_id{};
  uint64_t buffered_amount = 0;
};

using EventPayload =
    std::variant<CreatedEvent, NegotiationNeededEvent, IceCandidateEvent, IceCandidateErrorEvent,
                 SignalingStateChangeEvent, IceGatheringStateChangeEvent,
                 IceConnectionStateChangeEvent, ConnectionStateChangeEvent, DescriptionChangeEvent,
                 ConfigurationChangeEvent, IceTransportChangeEvent, DtlsTransportChangeEvent,
                 SctpTransportChangeEvent, ClosingEvent, ClosedEvent, TrackEvent, TrackRemovedEvent,
                 TrackMutedEvent, TrackEndedEvent, TransceiverChangeEvent, FirstPacketEvent,
                 LayerActiveChangeEvent, SinkChangeEvent, SinkDeletedEvent, LocalTrackChangeEvent,
                 LocalTrackDeletedEvent, KeyFrameRequestedEvent, ToneChangeEvent, DataChannelEvent,
                 DataChannelCreatedEvent, DataChannelOpenEvent, DataChannelClosingEvent,
                 DataChannelCloseEvent, DataChannelErrorEvent, DataChannelBufferedAmountLowEvent>;

struct Event {
  uint64_t sequence = 0;  // 1 for the first event of a connection, then without gaps.
  int64_t unix_us = 0;
  uint64_t revision = 0;  // The connection's, then.
  EventPayload payload;
};

// Markers that a watcher gets besides events. Neither takes a number.
// The state of the connection up to and including info.last_event_sequence.
struct SnapshotMark {
  std::shared_ptr<const Snapshot> snapshot;
};
// Events `first`..`last` are no longer kept; a snapshot follows.
struct GapMark {
  uint64_t first = 0;
  uint64_t last = 0;
};

using WatchItem = std::variant<SnapshotMark, GapMark, std::shared_ptr<const Event>>;

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_EVENT_H_

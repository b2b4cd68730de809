// The receiving side of one PeerConnection's RTP: takes the decrypted packets of its transports,
// finds their section, keeps their statistics, answers with RTCP feedback, and forwards them
// to sinks.
//
//   MediaSession session(loop, rtcp_sender, policy, claims, limits, {.cname = cname});
//   session.CreateSink(config);             // before or after negotiation
//   session.SetReceivers(parameters);       // after each negotiation
//   session.SetTracks({{mid, track_id}});   // the API's track ids
//   session.OnRtp(0, batch); session.OnRtcp(0, batch);           // from that transport
//   while (auto event = session.PollEvent()) ...                 // at the end of the turn
//   timer.Set(session.NextDeadline());  ->  session.HandleTimeout(loop.Now());
#ifndef ENGINE_MEDIA_MEDIA_SESSION_H_
#define ENGINE_MEDIA_MEDIA_SESSION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/media/drop_reason.h"
#include "engine/media/media_event.h"
#include "engine/media/rtcp_sender.h"
#include "engine/media/rtp_source.h"
#include "engine/media/sink_config.h"
#include "engine/media/transport_names.h"
#include "engine/model/rtp_parameters.h"
#include "engine/model/stats.h"
#include "engine/net/destination_claims.h"
#include "engine/net/loop.h"

namespace pcd::net {
class AddressPolicy;
}  // namespace pcd::net

namespace pcd::media {

struct MediaSessionOptions {
  std::string cname{};      // Our RTCP CNAME, to the remote and to sinks; one per connection.
  uint32_t local_ssrc = 0;  // Sender SSRC of our feedback; 0: chosen at random.
  TransportNames transport_names{};  // Go into stats entries as their transport_id.
};

struct TrackBinding {
  std::string mid{};
  std::string track_id{};
};

struct MediaStats {
  std::vector<CodecStats> codecs{};
  std::vector<InboundRtpStats> inbound{};
  std::vector<RemoteOutboundRtpStats> remote_outbound{};
  // Bits per second that the way from the remote can carry, by transport index; only of those where
  // it is asked for.
  std::vector<std::pair<size_t, uint64_t>> incoming_bitrates{};
};

// A shell: it owns the sinks' sockets. Its parts (demux, statistics, feedback, rewriting) are
// cores. OnRtp and OnRtcp take no lock, and allocate only while they meet a new source.
// Threading: its loop.
class MediaSession {
 public:
  // All references and `rtcp_sender` must outlive the session.
  MediaSession(net::Loop& loop, RtcpSender& rtcp_sender, const net::AddressPolicy& policy,
               net::DestinationClaims& claims, const Limits& limits, MediaSessionOptions options);
  ~MediaSession();
  MediaSession(const MediaSession&) = delete;
  MediaSession& operator=(const MediaSession&) = delete;

  // The sections that are negotiated and not rejected, in m-line order; replaces the former
  // set. What was learnt about a mid that stays (sources, statistics, sinks) is kept, also when
  // another transport carries it now; a mid that is gone ends its sinks. A transport without any
  // section is forgotten: the next one of its index begins from nothing.
  void SetReceivers(std::vector<ReceiveParameters> receivers);
  // Track ids by mid; replaces the former set. May come before or after SetReceivers.
  void SetTracks(std::vector<TrackBinding> tracks);

  // Decrypted packets of one transport (ReceiveParameters::transport_index), with their arrival
  // set. Packets that are forwarded are moved out; the rest stay with the caller. Nothing is
  // forwarded after Close.
  void OnRtp(size_t transport_index, std::span<PacketPtr> packets);
  void OnRtcp(size_t transport_index, std::span<PacketPtr> packets);

  // Errors: INVALID_ARGUMENT with the field at fault, SINK_ALREADY_EXISTS,
  // SINK_DESTINATION_DENIED (address policy), SINK_DESTINATION_IN_USE (another sink of this
  // session sends there), LIMIT_EXCEEDED (max_sinks), INTERNAL (no socket).
  absl::Status CreateSink(const SinkConfig& config);
  // Changes all or, on error, nothing. Errors: as CreateSink, SINK_NOT_FOUND.
  absl::Status UpdateSink(const std::string& id, const SinkUpdate& update);
  absl::Status DeleteSink(const std::string& id);
  absl::StatusOr<SinkInfo> GetSink(const std::string& id) const;
  std::vector<SinkInfo> ListSinks() const;  // In order of creation.

  // The SDP (RFC 8866) that a receiver such as ffmpeg or GStreamer needs: one m-section per
  // sink, in the given order. Errors: INVALID_ARGUMENT (no ids), SINK_NOT_FOUND,
  // SINK_NOT_NEGOTIATED (its section is not negotiated yet).
  absl::StatusOr<std::string> GetSinkSdp(std::span<const std::string> ids) const;
  absl::StatusOr<std::string> GetSinkSdp(const std::string& id) const;

  // Asks for a key frame by PLI, throttled; true when one went out at once, false when it is
  // due later or one just sent counts for this call too. `rid`: of that layer; empty: of all
  // that arrive. Errors: TRACK_NOT_FOUND, TRACK_KIND_MISMATCH (audio),
  // TRACK_NOT_ACTIVE (the section does not receive, or nothing came of the layer).
  absl::StatusOr<bool> RequestKeyFrame(const TrackSelector& track, const std::string& rid = {});
  // The same for the track of a sink; `rid` empty: of the layer that the sink takes. Errors
  // also: SINK_NOT_FOUND, SINK_NOT_NEGOTIATED.
  absl::StatusOr<bool> RequestKeyFrameOfSink(const std::string& id, const std::string& rid = {});

  // As the last TrackMutedEvent said; true before the first, and for an unknown mid.
  bool IsMuted(const std::string& mid) const;

  std::optional<MediaEvent> PollEvent();
  // Reports, feedback and repeated requests that are due. Cheap when nothing is.
  void HandleTimeout(Timestamp now);
  // Changes in every other call; kNever when idle. An idle session has no deadline.
  Timestamp NextDeadline() const;

  MediaStats GetStats() const;
  // Who was heard in the last ten seconds; empty for a mid that is not negotiated.
  RtpSources GetSources(const std::string& mid) const;
  // In order of their arrival; empty for a mid that is not negotiated.
  std::vector<TrackLayer> GetLayers(const std::string& mid) const;
  const DropCounters& drops() const;

  // Sinks send what they hold back for the order (max_reorder_delay), whatever is missing.
  void FlushSinks();
  // Closes the sinks' sockets after a BYE to each started one, and drops what comes later.
  // Idempotent; the destructor does it too, without BYE.
  void Close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_MEDIA_SESSION_H_

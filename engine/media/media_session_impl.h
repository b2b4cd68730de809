// Private to the room.
#ifndef ENGINE_MEDIA_MEDIA_SESSION_IMPL_H_
#define ENGINE_MEDIA_MEDIA_SESSION_IMPL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/fifo.h"
#include "engine/media/media_session.h"
#include "engine/media/receive_path.h"
#include "engine/media/sender_clock.h"
#include "engine/media/sink_set.h"
#include "engine/media/ssrc_router.h"

namespace pcd::media {

// Threading: as MediaSession.
class MediaSession::Impl : public Sink::Owner {
 public:
  // Reports go out at random times around this interval (RFC 3550 section 6.2).
  static constexpr Duration kReportInterval = std::chrono::seconds(1);
  // Another source of a section takes over once the current one was silent for this long.
  static constexpr Duration kSourceSilence = std::chrono::seconds(1);
  // A source that was silent for this long is not asked for key frames.
  static constexpr Duration kLiveInterval = std::chrono::seconds(2);
  // A simulcast layer that was silent for this long has ceased.
  static constexpr Duration kLayerSilence = std::chrono::seconds(2);
  // A track of which nothing came for this long is muted: its source is no sender any more (two
  // report intervals, RFC 3550 section 6.3.5).
  static constexpr Duration kTrackSilence = std::chrono::seconds(2);
  // Numbers in one NACK message.
  static constexpr size_t kMaxNackNumbers = 128;
  static constexpr size_t kMaxRembSsrcs = 64;
  // Events kept until they are polled; the oldest go first.
  static constexpr size_t kMaxEvents = 1024;

  Impl(net::Loop& loop, RtcpSender& rtcp_sender, const net::AddressPolicy& policy,
       net::DestinationClaims& claims, const Limits& limits, MediaSessionOptions options);

  void SetReceivers(std::vector<ReceiveParameters> receivers);
  void SetTracks(std::vector<TrackBinding> tracks);
  void OnRtp(size_t transport_index, std::span<PacketPtr> packets);
  void OnRtcp(size_t transport_index, std::span<PacketPtr> packets);

  // Every change of sinks ends with this: binding, states, key frames.
  void SettleSinks();
  SinkSet& sinks() { return sinks_; }
  // `rid` empty: of the source that sinks are fed from, and of all other layers that arrive.
  absl::StatusOr<bool> RequestKeyFrame(Section* section, const std::string& rid);
  absl::StatusOr<bool> RequestKeyFrameOfSink(const Sink& sink, const std::string& rid);
  Section* FindSection(const TrackSelector& track) const {
    return SelectSection(router_.sections(), track);
  }

  std::optional<MediaEvent> PollEvent();
  bool IsMuted(const std::string& mid) const;
  void HandleTimeout(Timestamp now);
  Timestamp NextDeadline() const;
  MediaStats GetStats() const;
  RtpSources GetSources(const std::string& mid) const;
  std::vector<TrackLayer> GetLayers(const std::string& mid) const;
  const DropCounters& drops() const { return drops_; }
  void FlushSinks() { sinks_.FlushAll(); }
  void Close();
  bool closed() const { return closed_; }

  void OnSinkWantsKeyFrame(Sink& sink) override;

 private:
  // Null: no section is on it.
  ReceivePath* PathOn(size_t transport_index) const {
    return transport_index < paths_.size() ? paths_[transport_index].get() : nullptr;
  }
  ReceivePath& PathFor(const RemoteStream& stream) const { return *paths_[stream.transport_index]; }
  void SetPaths(const std::vector<ReceiveParameters>& receivers);
  void ChooseEstimation();

  void ProcessRtp(ReceivePath& path, PacketPtr& packet, Timestamp now);
  void Drop(RemoteStream& stream, DropReason reason);
  ReceiveStatistics::Result CountPacket(RemoteStream& stream, const rtp::RtpPacketView& view,
                                        PayloadUse use, Timestamp arrival);
  void ProcessRetransmission(PacketPtr& packet, const rtp::RtpPacketView& view,
                             RemoteStream& retransmission, Timestamp now);
  void Deliver(PacketPtr& packet, const rtp::RtpPacketView& view, RemoteStream& stream,
               int64_t sequence, Timestamp now);
  void OnMedia(const MediaPacket& media, PacketPtr& packet, RemoteStream& stream, Section& section);
  void EmitStates(const Section& section);
  void CountMedia(RemoteStream& stream, const MediaPacket& media, Timestamp arrival);
  void NoteHeard(RemoteStream& stream, const MediaPacket& media, Timestamp arrival);
  bool Forward(const MediaPacket& media, PacketPtr& packet, Section& section);

  // Which of a section's sources its sinks are fed from (media_session_sources.cc).
  bool SelectSource(Section& section, RemoteStream& stream, bool can_start, Timestamp now);
  bool IsFeeding(const Section& section, const RemoteStream& stream) const;
  bool IsGone(const RemoteStream* stream, const Section& section, Timestamp now) const;
  bool IsHighestLive(const Section& section, const RemoteStream& stream, Timestamp now) const;
  void NoteLayer(RemoteStream& stream, Timestamp now);
  void CheckLayers(Timestamp now);
  void EmitLayer(const RemoteStream& stream);
  void NoteTrack(Section& section, Timestamp now);
  void CheckTracks(Timestamp now);
  void MuteIfEnded(Section& section, Timestamp now);
  void Mute(Section& section, bool muted);
  void FollowUp(Section& section, Timestamp now);
  RemoteStream* StreamOf(const Section& section, const Sink& sink) const;
  void SendNacks(RemoteStream& stream, Timestamp now);

  void ProcessRtcp(size_t transport_index, ByteSpan datagram);
  void OnSenderReport(size_t transport_index, const rtp::RtcpPacketView& packet);
  void OnExtendedReport(size_t transport_index, const rtp::RtcpPacketView& packet);
  void OnSourceDescription(size_t transport_index, const rtp::RtcpPacketView& packet);
  void OnBye(size_t transport_index, const rtp::RtcpPacketView& packet);

  bool IsLive(const RemoteStream& stream, Timestamp now) const;
  absl::Status CheckKeyFrameRequest(const Section& section) const;
  bool AskForKeyFrame(Section& section, Timestamp now);
  bool AskForKeyFrame(RemoteStream& stream, Timestamp now);
  void SendKeyFrameRequest(RemoteStream& stream);
  void SendDue(ReceivePath& path, Timestamp now);
  void SendRemb(ReceivePath& path, Timestamp now);
  void EmitSinkStates(std::span<const std::unique_ptr<Sink>> sinks);
  void Emit(MediaEvent event);
  const RemoteStream* RetransmissionOf(const RemoteStream& stream) const;
  InboundRtpStats InboundStatsOf(const RemoteStream& stream) const;
  RemoteOutboundRtpStats RemoteStatsOf(const RemoteStream& stream) const;
  std::string StatsId(const char* prefix, const RemoteStream& stream) const;
  std::string CodecStatsId(const Section& section, uint8_t payload_type) const;
  std::string TransportId(const Section& section) const {
    return NameOf(options_.transport_names, section.transport_index());
  }

  net::Loop& loop_;
  const MediaSessionOptions options_;
  const uint32_t local_ssrc_;
  RtcpSender& rtcp_sender_;
  SsrcRouter router_;
  SinkSet sinks_;
  std::vector<std::unique_ptr<ReceivePath>> paths_;  // By transport index; null: no section there.
  SenderClocks clocks_;
  std::vector<TrackBinding> tracks_;

  Timestamp layer_deadline_ = kNever;  // kNever: no layer is active.
  Timestamp track_deadline_ = kNever;  // kNever: every track is muted.

  Fifo<MediaEvent> events_;
  DropCounters drops_;
  bool closed_ = false;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_MEDIA_SESSION_IMPL_H_

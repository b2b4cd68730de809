// The sending side of one PeerConnection's RTP: local tracks with the sources that feed them,
// and the senders that put their packets on the wire.
//
//   SendSession session(loop, output, policy, limits, {.cname = cname});
//   session.CreateTrack(config);                  // before or after negotiation
//   session.SetSenders({{parameters, track_id}}); // after each negotiation and track change
//   session.OnRtcp(0, batch);                     // from that transport
//   while (auto event = session.PollEvent()) ...  // at the end of the turn
//   timer.Set(session.NextDeadline());  ->  session.HandleTimeout(loop.Now());
#ifndef ENGINE_MEDIA_SENDING_SEND_SESSION_H_
#define ENGINE_MEDIA_SENDING_SEND_SESSION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/fifo.h"
#include "engine/base/limits.h"
#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/media/reference_times.h"
#include "engine/media/sender_clock.h"
#include "engine/media/sending/local_track.h"
#include "engine/media/sending/rtp_output.h"
#include "engine/media/sending/rtp_sender.h"
#include "engine/media/transport_names.h"
#include "engine/model/rtp_parameters.h"
#include "engine/model/stats.h"
#include "engine/net/address_policy.h"
#include "engine/net/loop.h"

namespace pcd::media {

struct SendSessionOptions {
  std::string cname{};               // Our RTCP CNAME; one per connection.
  TransportNames transport_names{};  // Go into stats entries.
};

// A sender of a live section, with what it sends now.
struct SenderBinding {
  SendParameters parameters{};
  std::string track_id{};  // Empty: no track.
  bool active = true;      // Of its encoding.
  // Of the encoding that the track's packets are, if simulcast is negotiated. Another one is
  // another stream, with other SSRCs.
  std::string rid{};
  uint32_t encoding_index = 0;  // Its place among the sender's encodings.
};

// The remote asks for a key frame of a track. The source was asked.
struct KeyFrameWantedEvent {
  std::string track_id{};
  std::string sender_id{};
  std::string rid{};  // Of the encoding that is sent; empty without simulcast.
};
// W3C tonechange.
struct ToneChangedEvent {
  std::string sender_id{};
  std::string tone{};  // That begins; empty: all have been sent.
};
struct SourceStateChangedEvent {
  std::string track_id{};
  SourceState previous = SourceState::kWaiting;
};
using SendEvent = std::variant<KeyFrameWantedEvent, ToneChangedEvent, SourceStateChangedEvent>;

struct SendStats {
  std::vector<CodecStats> codecs{};
  std::vector<OutboundRtpStats> outbound{};
  std::vector<RemoteInboundRtpStats> remote_inbound{};
  std::vector<MediaSourceStats> sources{};
};

// A shell: its tracks own sockets. No lock; no allocation per packet once a sender runs.
// Threading: its loop.
class SendSession final : private LocalTrack::Owner {
 public:
  // Key frame requests of one sender are told as events at most this often.
  static constexpr Duration kMinEventInterval = std::chrono::milliseconds(500);
  static constexpr size_t kMaxTones = 1024;  // Of one sender, waiting.

  // All references must outlive the session.
  SendSession(net::Loop& loop, RtpOutput& output, const net::AddressPolicy& policy,
              const Limits& limits, SendSessionOptions options);
  ~SendSession() override;
  SendSession(const SendSession&) = delete;
  SendSession& operator=(const SendSession&) = delete;

  // Errors: INVALID_ARGUMENT (track_id, source...), ALREADY_EXISTS, LIMIT_EXCEEDED
  // (max_local_tracks), INVALID_CODEC, those of UdpSource::Open.
  absl::Status CreateTrack(const LocalTrackConfig& config);
  // Its last state. Senders of it send nothing afterwards. TRACK_NOT_FOUND.
  absl::StatusOr<LocalTrackInfo> DeleteTrack(const std::string& id);
  absl::StatusOr<LocalTrackInfo> GetTrack(const std::string& id) const;
  bool HasTrack(const std::string& id) const { return FindTrack(id) != nullptr; }
  std::vector<LocalTrackInfo> ListTracks() const;  // In order of creation.

  // The complete set, in m-line order. What a sender that stays has sent goes on: its SSRC,
  // sequence numbers and timestamps, also on another transport. One that is gone says BYE.
  void SetSenders(const std::vector<SenderBinding>& bindings);
  // 0: no such sender, or not negotiated yet.
  uint32_t SsrcOf(std::string_view sender_id) const;

  // W3C insertDTMF: replaces what waits; empty tones: nothing follows. INVALID_ARGUMENT
  // (InvalidCharacterError): not all are tones (AreTones), or more than kMaxTones. INVALID_STATE:
  // the sender sends no sound now, or telephone events of its clock rate are not negotiated.
  absl::Status InsertTones(std::string_view sender_id, const std::string& tones, Duration duration,
                           Duration gap);

  // Decrypted RTCP of one transport (SendParameters::transport_index): feedback about what we send
  // there. Packets stay with the caller.
  void OnRtcp(size_t transport_index, std::span<const PacketPtr> packets);

  std::optional<SendEvent> PollEvent();
  void HandleTimeout(Timestamp now);
  Timestamp NextDeadline() const;
  SendStats GetStats() const;

  // BYE of every sender; tracks end. Idempotent; the destructor does it without BYE.
  void Close();

 private:
  struct Sender {
    Sender(std::string id, const StreamNumbers& numbers) : rtp(std::move(id), numbers) {}
    RtpSender rtp;
    LocalTrack* track = nullptr;
    uint32_t encoding_index = 0;
    Timestamp last_event{};
  };

  void OnTrackPacket(LocalTrack& track, const SourcePacket& packet) override;
  void OnTrackPadding(LocalTrack& track, const SourcePacket& packet) override;
  void OnTrackBatchEnd(LocalTrack& track) override;
  void OnTrackReport(LocalTrack& track, const SenderReportState& previous) override;

  LocalTrack* FindTrack(std::string_view id) const;
  Sender* FindSender(std::string_view id) const;
  Sender& EnsureSender(const SendParameters& parameters);
  bool IsSsrcTaken(uint32_t ssrc) const;
  uint32_t DrawSsrc();
  void Bind(Sender& sender, LocalTrack* track);
  void SettleTracks();
  void Send(Sender& sender, const SourcePacket& packet);
  SendExtensionValues ExtensionValues(const Sender& sender) const;
  // What was written for the sender goes out. False: it did not.
  bool Send(const Sender& sender, PacketPtr packet, size_t size);
  void HandleFeedback(Sender& sender, const rtp::RtcpPacketView& packet, Timestamp now);
  void WantKeyFrame(Sender& sender, bool by_fir, Timestamp now);
  void SendAgain(Sender& sender, const rtp::RtcpPacketView& nack, Timestamp now);
  void PlayTones(Sender& sender, Timestamp now);
  void SendReport(Sender& sender, Timestamp now);
  void HandleExtendedReport(size_t transport_index, const rtp::RtcpPacketView& packet,
                            Timestamp now);
  void WriteDelays(ByteWriter& out, const RtpSender& sender, Timestamp now) const;
  void SendBye(const Sender& sender);
  uint32_t AbsSendTime() const;
  void NoteState(LocalTrack& track);
  void Emit(SendEvent event);

  std::string StatsId(const char* prefix, const RtpSender& sender) const;
  std::string CodecStatsId(const RtpSender& sender) const;
  std::string TransportId(const RtpSender& sender) const {
    return NameOf(options_.transport_names, sender.transport_index());
  }
  OutboundRtpStats OutboundStatsOf(const Sender& sender) const;
  RemoteInboundRtpStats RemoteStatsOf(const RtpSender& sender) const;
  MediaSourceStats SourceStatsOf(const LocalTrack& track) const;

  net::Loop& loop_;
  RtpOutput& output_;
  const net::AddressPolicy& policy_;
  const size_t max_tracks_;
  const SendSessionOptions options_;
  SenderClocks clocks_;
  std::vector<std::unique_ptr<LocalTrack>> tracks_;
  std::vector<std::unique_ptr<Sender>> senders_;
  uint64_t next_serial_ = 1;
  // The next transport-wide number, by transport index.
  std::vector<uint16_t> transport_sequences_;
  // Of the remote's receivers where that is negotiated, by transport index.
  std::vector<ReceivedReferenceTimes> reference_times_;
  Fifo<SendEvent> events_;
  bool closed_ = false;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_SEND_SESSION_H_

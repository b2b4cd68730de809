#ifndef ENGINE_MEDIA_SENDING_RTP_SENDER_H_
#define ENGINE_MEDIA_SENDING_RTP_SENDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/media/frame_rate.h"
#include "engine/media/sender_clock.h"
#include "engine/media/sending/dtmf_queue.h"
#include "engine/media/sending/retransmitter.h"
#include "engine/media/sending/send_extensions.h"
#include "engine/media/sink_rewriter.h"
#include "engine/model/rtp_parameters.h"
#include "engine/rtp/frame_size/frame_size.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/report_block.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {

// One packet of a local track on its way to senders.
struct SourcePacket {
  const rtp::RtpPacketView& view;
  uint64_t track = 0;     // Which track; never 0.
  uint32_t restarts = 0;  // Grows when the source counts anew.
  int64_t sequence = 0;   // Unwrapped; comparable within one `restarts`.
  bool is_video = false;
  bool can_start = true;        // A receiver can begin with it (audio: always).
  rtp::FrameSize frame_size{};  // Where it tells.
  uint32_t clock_rate = 0;
  Timestamp now{};
};

// What the remote tells about a stream of ours in its report blocks.
struct RemoteReception {
  uint64_t reports = 0;  // 0: none came yet.
  Timestamp arrival{};   // Of the last one.
  double fraction_lost = 0;
  int64_t packets_lost = 0;
  uint64_t packets_received = 0;
  uint32_t extended_sequence = 0;
  double jitter = 0;  // Seconds.
  std::optional<Duration> round_trip{};
  Duration total_round_trip{};
  uint64_t round_trips = 0;
};

struct SenderCounters {
  uint64_t packets_sent = 0, payload_bytes_sent = 0, header_bytes_sent = 0;
  uint64_t frames_sent = 0, key_frames_sent = 0;
  uint64_t huge_frames_sent = 0;  // Of 2.5 times the average of those before (webrtc-stats).
  uint64_t plis = 0, firs = 0, nack_packets = 0;  // From the remote.
  uint64_t not_sent = 0;                          // Media packets of its track that did not go out.
  uint64_t packets_sent_again = 0;                // Not among packets_sent.
  uint64_t payload_bytes_sent_again = 0, header_bytes_sent_again = 0;
};

// What names and numbers a stream. SSRCs are not 0.
struct StreamNumbers {
  uint32_t ssrc = 0;
  uint16_t first_sequence = 0;
  uint32_t rtx_ssrc = 0;
  uint16_t first_rtx_sequence = 0;
};

// One RTP stream that we send (the media half of an RTCRtpSender): takes packets of whatever
// track it is given, and gives them its SSRC, the negotiated payload type, sequence numbers and
// timestamps that go on across tracks, and header extensions. Sends again what the remote misses.
// Writes its sender reports, and keeps what the remote reports about it. Video starts, and starts
// anew with another track, at a key frame. A core; no allocation per packet. Threading: its
// owner's.
class RtpSender {
 public:
  static constexpr Duration kReportInterval = std::chrono::seconds(1);
  // The first report, soon after the first packet: receivers sync by it.
  static constexpr Duration kFirstReportDelay = std::chrono::milliseconds(10);

  enum class Verdict {
    kSend,           // Write must follow.
    kNeedsKeyFrame,  // Not sent: it cannot start here.
    kNo              // Not sent.
  };
  // What a feedback packet asks for.
  enum class Wish { kNothing, kKeyFrameByPli, kKeyFrameByFir, kPackets };

  RtpSender(std::string id, const StreamNumbers& numbers)
      : id_(std::move(id)),
        ssrc_(numbers.ssrc),
        first_sequence_(numbers.first_sequence),
        rewriter_(numbers.first_sequence),
        retransmitter_(numbers.rtx_ssrc, numbers.first_rtx_sequence) {}

  const std::string& id() const { return id_; }
  uint32_t ssrc() const { return ssrc_; }
  // Of its retransmissions, whether it uses it or not.
  uint32_t rtx_ssrc() const { return retransmitter_.rtx_ssrc(); }
  bool uses_rtx() const { return retransmitter_.uses_rtx(); }
  const SendParameters& parameters() const { return parameters_; }
  size_t transport_index() const { return parameters_.transport_index; }
  const SenderCounters& counters() const { return counters_; }
  const RemoteReception& reception() const { return reception_; }
  // Video: of the last second, and of the last key frame that told.
  uint32_t frames_per_second(Timestamp now) const { return frame_rate_.PerSecond(now); }
  const rtp::FrameSize& frame_size() const { return frame_size_; }

  // After each negotiation. `active`: of its encoding (W3C); `rid`: of that, if simulcast is
  // negotiated.
  void SetParameters(const SendParameters& parameters, bool active, const std::string& rid = {});
  // 0: no track. `codec` is what the track's packets carry.
  void SetTrack(uint64_t track, const Codec& codec);
  uint64_t track() const { return track_; }
  bool active() const { return active_; }
  const std::string& rid() const { return rid_; }
  // The negotiated codec that it sends; null: the track's is not negotiated, or no track.
  const Codec* codec() const { return codec_ ? &*codec_ : nullptr; }
  // Negotiated, active, and with a track whose codec is negotiated.
  bool sends() const { return parameters_.sending && active_ && codec_.has_value(); }
  bool started() const { return started_; }
  // The next packet is the first again: the way to the peer was shut.
  void Pause() { started_ = false; }

  Verdict Accept(const SourcePacket& packet);
  // Writes the packet that Accept has taken; 0: it does not fit.
  size_t Write(const SourcePacket& packet, const SendExtensionValues& values, MutableByteSpan out);
  bool wants_transport_sequence() const { return extensions_.has_transport_sequence(); }
  // What Write wrote went out.
  void CountSent(const SourcePacket& packet, size_t size);
  // Writes again what the remote misses, as negotiated; 0: nothing, because it is not kept any
  // more, or was sent again just now.
  size_t WriteAgain(uint16_t sequence, const SendExtensionValues& values, Timestamp now,
                    MutableByteSpan out);
  // What WriteAgain wrote went out.
  void CountSentAgain(size_t size);
  void CountNotSent() { ++counters_.not_sent; }
  // Whether telephone events can be sent now (W3C canInsertDTMF): with a track, though the codec
  // of that may not be negotiated.
  bool can_send_tones() const {
    return parameters_.sending && active_ && track_ != 0 && tones_payload_type_.has_value();
  }
  // Tones in place of the sound, from now on (W3C insertDTMF). `tones` passes AreTones.
  void InsertTones(std::string_view tones, Duration duration, Duration gap, Timestamp now) {
    tones_.Insert(tones, duration, gap, now);
  }
  Timestamp NextTone() const { return tones_.NextDeadline(); }
  // What is due of the tones; call until nullopt. A packet of it is for WriteTone.
  std::optional<DtmfQueue::Step> PollTones(Timestamp now);
  size_t WriteTone(const DtmfQueue::Packet& packet, const SendExtensionValues& values,
                   Timestamp now, MutableByteSpan out);
  // What WriteTone wrote went out.
  void CountToneSent(size_t size);

  // A packet of the track that carries no media; the next one takes its number.
  void Skip(const SourcePacket& packet);

  // kNever while nothing is sent.
  Timestamp NextReport() const { return next_report_; }
  // A report is due: whether there is something to report; sets the time of the next one,
  // `spread` (0 to kReportInterval) behind half an interval.
  bool TakeReport(Timestamp now, Duration spread);
  // SR and SDES. `source_time`: an instant as NTP time and in timestamps of the track.
  void WriteReport(ByteWriter& out, const ClockPair& source_time, std::string_view cname,
                   Timestamp now);
  // RR, SDES and BYE; nothing when it never sent.
  bool WriteBye(ByteWriter& out, std::string_view cname) const;

  // One packet of a compound from the remote; not addressed to this stream: nothing. kPackets:
  // it is a NACK, whose numbers are for WriteAgain.
  Wish HandleRtcp(const rtp::RtcpPacketView& packet, Timestamp now);

 private:
  struct Source {
    uint64_t track = 0;
    uint32_t restarts = 0;
    friend bool operator==(const Source&, const Source&) = default;
  };
  struct SentReport {
    uint32_t compact_ntp = 0;
    Timestamp sent{};
  };
  static constexpr size_t kSentReports = 8;

  void HandleReportBlock(const rtp::ReportBlock& block, Timestamp now);
  uint64_t ReceivedPackets(const rtp::ReportBlock& block) const;
  void CountFrame(const SourcePacket& packet);
  void ChooseCodec();
  void ConfigureAuxiliary();
  void WriteHeader(uint8_t payload_type, bool marker, const SinkRewriter::Out& numbers,
                   const SendExtensionValues& values, MutableByteSpan out) const;

  const std::string id_;
  const uint32_t ssrc_;
  const uint16_t first_sequence_;
  SendParameters parameters_{};
  bool active_ = true;
  uint64_t track_ = 0;
  Codec track_codec_{};
  std::optional<Codec> codec_{};
  std::string rid_{};
  SendExtensions extensions_{};
  SendExtensions repair_extensions_{};  // Of RTX.

  SinkRewriter rewriter_;
  Retransmitter retransmitter_;
  std::optional<uint8_t> tones_payload_type_{};
  uint32_t tones_clock_rate_ = 0;
  DtmfQueue tones_{};
  uint32_t tone_timestamp_ = 0;  // Of the tone that sounds.
  bool started_ = false;
  std::optional<Source> source_{};  // Of what was sent last.
  SinkRewriter::Out next_{};        // Decided by Accept.

  Timestamp next_report_ = kNever;
  uint64_t sent_at_last_report_ = 0;
  bool last_report_was_idle_ = false;
  std::array<SentReport, kSentReports> sent_reports_{};
  size_t next_sent_report_ = 0;
  std::optional<uint16_t> last_fir_{};  // Command sequence number, above it 0.

  FrameRate frame_rate_{};
  rtp::FrameSize frame_size_{};
  uint64_t frame_bytes_ = 0;   // Payload of the frame that is being sent, ...
  uint64_t frames_bytes_ = 0;  // ... and of all before it.
  SenderCounters counters_{};
  RemoteReception reception_{};
};

// The negotiated codec that a track with `codec` is sent as: the same format parameters if they
// are negotiated, else others that a receiver can decode it with (SameCodec). A track that names
// no parameters is taken for any of its encoding (H.264: best one with packetization-mode 1,
// which allows every packet). Null: none.
const Codec* FindSendCodec(const std::vector<Codec>& negotiated, const Codec& codec);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_RTP_SENDER_H_

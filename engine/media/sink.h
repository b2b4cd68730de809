#ifndef ENGINE_MEDIA_SINK_H_
#define ENGINE_MEDIA_SINK_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/media/remote_stream.h"
#include "engine/media/reorder_buffer.h"
#include "engine/media/section.h"
#include "engine/media/sender_clock.h"
#include "engine/media/sink_config.h"
#include "engine/media/sink_rewriter.h"
#include "engine/net/destination_claims.h"
#include "engine/net/loop.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {

// One media packet on its way to sinks.
struct MediaPacket {
  const rtp::RtpPacketView& view;
  const RemoteStream& stream;
  int64_t sequence;  // Unwrapped.
  bool can_start;    // A receiver can begin with it (audio: always).
  bool is_event;     // A telephone event: it keeps its own payload type.
  Timestamp now;
};

// The sockets of a sink: two, or one that carries both where the destinations are the same.
struct SinkSockets {
  std::unique_ptr<net::DatagramSocket> rtp{};
  std::unique_ptr<net::DatagramSocket> rtcp{};  // Null when `rtp` carries RTCP too.
  net::DestinationClaim claim{};                // Keeps other connections off the destinations.

  net::DatagramSocket& rtcp_socket() const { return rtcp != nullptr ? *rtcp : *rtp; }
  static absl::StatusOr<SinkSockets> Open(net::Loop& loop, const SocketAddress& rtp,
                                          const SocketAddress& rtcp);
};

// One destination of one remote track: rewrites and sends its packets, reports to it, and
// takes the RTCP that comes back. A shell around SinkRewriter. Threading: its loop.
class Sink : public net::DatagramHandler {
 public:
  static constexpr Duration kReportInterval = std::chrono::seconds(1);
  // The first report, soon after the first packet: receivers sync by it.
  static constexpr Duration kFirstReportDelay = std::chrono::milliseconds(10);

  // What a sink tells its owner while it handles a datagram.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnSinkWantsKeyFrame(Sink& sink) = 0;
  };

  // `config` is complete: rtcp_destination and ssrc are set.
  Sink(net::Loop& loop, Owner& owner, SinkConfig config, SinkSockets sockets, std::string cname);

  const SinkConfig& config() const { return config_; }
  uint32_t ssrc() const { return *config_.ssrc; }
  Section* section() const { return section_; }
  SinkState state() const;
  // Whether the state is another one than at the last call (at first: waiting).
  bool TakeStateChange();
  SinkInfo Info() const;
  // The codec as sent: the source's of now, else the preferred one, with the sink's payload
  // type and what is known of its parameter sets. Nullopt while not bound to a negotiated
  // section.
  std::optional<Codec> SentCodec() const;
  // Telephone events that go beside it: those negotiated, but one whose type is taken.
  std::vector<Codec> EventCodecs() const;

  // Bound once, to one section; null: the section is gone, which ends the sink.
  void Bind(Section* section);
  // The section stopped or began to receive, or its source is another one.
  void Restart() {
    started_ = false;
    DropHeld();
  }
  void SetPaused(bool paused);
  void SetPayloadType(uint8_t payload_type) { config_.payload_type = payload_type; }
  void SetSsrc(uint32_t ssrc);
  // Another layer: it begins with a key frame of that one.
  void SetRid(const std::string& rid);
  // What is held goes out first.
  void SetMaxReorderDelay(Duration delay);
  void SetDestination(const SocketAddress& rtp, const SocketAddress& rtcp, SinkSockets sockets);
  // What is held for the sake of the order goes out now.
  void Flush() { FlushHeld(loop_.Now()); }
  // Sends a BYE if anything was sent, and lets the sockets live until it has left. The sink
  // sends nothing afterwards.
  void Close();

  // Whether this stream of its section is the one to take.
  bool Wants(const RemoteStream& stream) const {
    return config_.rid.empty() ? section_->source == stream.ssrc : stream.rid == config_.rid;
  }
  // Whether this packet is to be sent, now or when it is in order; if so, SendCopy or
  // SendInPlace must follow.
  bool Accept(const MediaPacket& packet);
  void SendCopy(const MediaPacket& packet);
  void SendInPlace(const MediaPacket& packet, PacketPtr owned);
  // A packet of the source that carries no media.
  void Skip(const MediaPacket& packet);
  // When packets that are held back must leave; kNever: none is.
  Timestamp NextRelease() const { return reorder_ ? reorder_->NextDeadline() : kNever; }
  void ReleaseHeld(Timestamp now);

  // Of what was sent last; nullopt: nothing was.
  std::optional<uint32_t> source_ssrc() const {
    return source_ ? std::optional(source_->ssrc) : std::nullopt;
  }

  // Not paused, receiving, and waiting for its first packet.
  bool IsStarting() const { return state() == SinkState::kStarting; }
  bool IsStarted() const { return started_; }

  Timestamp NextReport() const { return next_report_; }
  // `stream` is the source now; null when there is none.
  void SendReport(Timestamp now, const RemoteStream* stream, const SenderClocks& clocks);

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) override;

 private:
  struct SourceId {
    uint32_t ssrc = 0;
    uint32_t restarts = 0;
    friend bool operator==(const SourceId&, const SourceId&) = default;
  };

  // What is decided by: of a packet that just came, or of one that was held.
  struct Facts {
    int64_t sequence;
    uint32_t timestamp;
    uint8_t payload_type;
    bool can_start;
    bool is_event;
    uint32_t clock_rate;
    Timestamp now;
  };
  static Facts FactsOf(const MediaPacket& packet);

  void FollowSource(const MediaPacket& packet);
  // Starts if it can, and decides about next_. False: not to be sent.
  bool Decide(const Facts& facts);
  void SendHeld(ReorderBuffer::Held held, Timestamp now);
  void FlushHeld(Timestamp now);
  void DropHeld();
  void Hold(const MediaPacket& packet, PacketPtr owned);
  void SkipNumber(int64_t sequence);
  void CountSent(size_t payload_bytes, size_t bytes, Timestamp now);
  void Adopt(SinkSockets sockets);
  std::string LastError() const;
  void SendBye();
  // Gives up the sockets; what they have queued is still sent.
  void Release();
  bool HandleRtcp(const rtp::RtcpPacketView& packet);

  net::Loop& loop_;
  Owner& owner_;
  SinkConfig config_;
  SinkSockets sockets_;
  const std::string cname_;
  const int64_t create_unix_us_;
  Section* section_ = nullptr;
  SinkState reported_state_ = SinkState::kWaiting;
  bool ended_ = false;
  bool closed_ = false;
  std::string ended_mid_, ended_track_id_;

  SinkRewriter rewriter_;
  bool started_ = false;
  std::optional<SourceId> source_{};        // Of what was sent last.
  std::optional<SourceId> arriving_{};      // Of what was taken last; sent or held.
  std::string active_rid_{};                // Of `arriving_`.
  rtp::RtpRewrite next_{};                  // Decided by Accept.
  std::optional<ReorderBuffer> reorder_{};  // Null: packets go out as they come.
  bool hold_next_ = false;                  // Decided by Accept: it is not its turn yet.

  Timestamp next_report_ = kNever;
  uint64_t sent_at_last_report_ = 0;
  bool last_report_was_idle_ = false;
  uint32_t report_packets_ = 0, report_octets_ = 0;  // Since the SSRC was taken.
  SinkCounters counters_{};
  uint64_t drops_of_former_sockets_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SINK_H_

#ifndef ENGINE_MEDIA_SENDING_UDP_SOURCE_H_
#define ENGINE_MEDIA_SENDING_UDP_SOURCE_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/media/receive_statistics.h"
#include "engine/media/sending/media_source.h"
#include "engine/net/address_policy.h"
#include "engine/net/loop.h"
#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::media {

// Takes RTP from a UDP port and sends RTCP back: receiver reports, and PLI or FIR when a key
// frame is needed. Its sender and its SSRC are latched: others are refused until the latched
// one was silent for kLatchSilence. A shell. Threading: its loop.
class UdpSource final : public MediaSource {
 public:
  static constexpr Duration kLatchSilence = std::chrono::seconds(5);
  static constexpr Duration kReportInterval = std::chrono::seconds(1);
  // Pairs of ports tried when the system chooses.
  static constexpr int kPortAttempts = 16;

  // `loop`, `policy` and `sink` outlive the source. Errors: INVALID_ARGUMENT (bind, rtcp_port),
  // SOURCE_ADDRESS_DENIED (the policy allows the address to listen on, or to take packets
  // from, to nobody), PORT_UNAVAILABLE, LIMIT_EXCEEDED (no descriptor).
  static absl::StatusOr<std::unique_ptr<UdpSource>> Open(net::Loop& loop,
                                                         const net::AddressPolicy& policy,
                                                         const UdpSourceConfig& config,
                                                         SourceSink& sink, std::string cname);
  ~UdpSource() override;

  const Codec& codec() const override { return config_.codec; }
  void SetWanted(bool, Timestamp) override {}
  void RequestKeyFrame(bool by_fir, Timestamp now) override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextDeadline() const override { return next_report_; }
  void FillInfo(LocalTrackInfo& info) const override;

 private:
  struct Sockets {
    std::unique_ptr<net::DatagramSocket> rtp{};
    std::unique_ptr<net::DatagramSocket> rtcp{};  // Null when `rtp` carries both.
  };
  // One of the two sockets as a handler.
  struct Port final : net::DatagramHandler {
    Port(UdpSource& owner, bool rtp) : source(owner), takes_rtp(rtp) {}
    void OnDatagrams(std::span<PacketPtr> packets,
                     std::span<const SocketAddress> sources) override {
      source.OnDatagrams(packets, sources, takes_rtp);
    }
    UdpSource& source;
    const bool takes_rtp;
  };

  UdpSource(net::Loop& loop, const net::AddressPolicy& policy, const UdpSourceConfig& config,
            SourceSink& sink, std::string cname, Sockets sockets);
  static absl::StatusOr<Sockets> OpenSockets(net::Loop& loop, const UdpSourceConfig& config);

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources, bool rtp);
  bool TakeRtp(ByteSpan datagram, const SocketAddress& from, Timestamp now);
  bool Admit(const rtp::RtpPacketView& view, const SocketAddress& from, Timestamp now);
  void TakeRtcp(ByteSpan datagram, const SocketAddress& from);
  bool IsPeer(const SocketAddress& from) const;
  template <typename Write>
  void SendRtcp(Write write);

  net::Loop& loop_;
  const net::AddressPolicy& policy_;
  const UdpSourceConfig config_;
  SourceSink& sink_;
  const std::string cname_;
  const uint32_t local_ssrc_;
  Sockets sockets_;
  Port rtp_port_{*this, true}, rtcp_port_{*this, false};

  std::optional<SocketAddress> remote_{};       // Who sends; latched or configured.
  std::optional<SocketAddress> remote_rtcp_{};  // Where its RTCP came from.
  std::optional<uint32_t> ssrc_{};              // Latched or configured.
  Timestamp last_packet_{};
  bool latched_ = false;
  ReceiveStatistics statistics_{};
  uint32_t restarts_ = 0;
  std::string sender_cname_{};  // From its SDES.

  // The last sender report, for our reports.
  uint32_t last_sr_ = 0;  // Compact; 0: none.
  Timestamp last_sr_arrival_{};
  Timestamp next_report_ = kNever;
  uint8_t fir_sequence_ = 0;
  uint64_t discarded_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_UDP_SOURCE_H_

// A MediaSession in simulated time and network, packets made to order, and receivers that
// record what a sink sent.
#ifndef ENGINE_MEDIA_MEDIA_TESTING_H_
#define ENGINE_MEDIA_MEDIA_TESTING_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/media/media_session.h"
#include "engine/model/rtp_parameters.h"
#include "engine/net/address_policy.h"
#include "engine/net/destination_claims.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"

namespace pcd::media {

using Bytes = std::vector<uint8_t>;

inline constexpr uint8_t kOpusType = 111, kVp8Type = 96, kRtxType = 97, kRedType = 63;
inline constexpr uint16_t kMidId = 4, kTransportCcId = 3, kRidId = 10, kAudioLevelId = 1;
inline constexpr uint32_t kAudioSsrc = 0xA0000001, kVideoSsrc = 0xB0000001,
                          kVideoRtxSsrc = 0xB0000002;

// What Chromium negotiates for one microphone ("0") and one camera ("1").
ReceiveParameters AudioSection(const std::string& mid = "0");
ReceiveParameters VideoSection(const std::string& mid = "1");

struct RtpSpec {
  uint32_t ssrc = kVideoSsrc;
  uint8_t payload_type = kVp8Type;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  Bytes payload{0x10, 0x01, 0x00, 0x00};  // The start of a VP8 inter frame.
  std::string mid{}, rid{};               // Header extensions; empty: absent.
  std::optional<uint16_t> transport_sequence{};
  uint8_t padding = 0;
  std::vector<uint32_t> csrcs{};
  std::optional<uint8_t> audio_level{};  // As RFC 6464 has it; in one byte.
};
inline const Bytes kKeyFrame = {0x10, 0x00, 0x00, 0x00, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00};
Bytes MakeRtp(const RtpSpec& spec);

// An RTP packet as a receiver saw it.
struct ReceivedRtp {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  bool has_extension = false;
  Bytes payload{};
  int64_t unix_us = 0;  // When it arrived.
};

struct ReceivedReport {
  rtp::SenderReport report{};
  std::string cname{};
  int64_t unix_us = 0;
};

// Where a sink sends to. Threading: the test's.
class SinkReceiver : public net::DatagramHandler {
 public:
  // Listens on `rtp` and, unless it is the same, on the port after it.
  SinkReceiver(testing::SimLoop& loop, const SocketAddress& rtp, bool mux = false);

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) override;
  // From the RTCP socket to where RTCP came from or, before that, `to`.
  void SendRtcp(const Bytes& rtcp, const SocketAddress& to);

  std::vector<uint16_t> Sequences() const;

  std::vector<ReceivedRtp> rtp{};
  std::vector<ReceivedReport> reports{};
  std::vector<uint32_t> byes{};
  size_t rtcp_datagrams = 0;

 private:
  void TakeRtcp(ByteSpan datagram);

  testing::SimLoop& loop_;
  std::unique_ptr<net::DatagramSocket> rtp_socket_, rtcp_socket_;
};

// What the session sent to the remote peer.
class FeedbackLog : public RtcpSender {
 public:
  void SendRtcp(size_t transport_index, PacketPtr compound) override;

  // Media SSRCs of the PLIs, in order.
  std::vector<uint32_t> Plis() const;
  size_t CountOf(uint8_t type, uint8_t count) const;

  std::vector<Bytes> sent{};
  std::vector<size_t> transports{};  // Of each.
};

// Threading: the test's.
class MediaBench {
 public:
  explicit MediaBench(const Limits& limits = {});

  // Audio and video negotiated.
  void Negotiate() { session->SetReceivers({AudioSection(), VideoSection()}); }
  absl::Status AddSink(const std::string& id, const TrackSelector& selector, uint16_t port,
                       bool paused = false);
  static SocketAddress Local(uint16_t port);

  void Rtp(const RtpSpec& spec, size_t transport_index = 0) {
    RtpBytes(MakeRtp(spec), transport_index);
  }
  void RtpBytes(const Bytes& bytes, size_t transport_index = 0);
  void Rtcp(const Bytes& bytes, size_t transport_index = 0);
  // Runs `work` on the loop, within a turn, as the service does.
  void OnLoop(const std::function<void()>& work);
  // Time passes; the session's deadlines are served as a timer would.
  void Run(Duration duration);
  std::vector<MediaEvent> TakeEvents();
  template <typename Event>
  std::vector<Event> TakeEventsOf() {
    std::vector<Event> found;
    for (MediaEvent& event : TakeEvents()) {
      if (auto* wanted = std::get_if<Event>(&event)) found.push_back(std::move(*wanted));
    }
    return found;
  }

  testing::SimNetwork network{};
  testing::SimLoop loop{network};
  testing::SimLoop outside{network};
  net::AddressPolicy policy{};
  net::DestinationClaims claims{};
  FeedbackLog feedback{};
  std::unique_ptr<MediaSession> session;
};

// RTCP from the remote peer.
Bytes MakeSenderReport(uint32_t ssrc, NtpTime ntp, uint32_t rtp_timestamp,
                       const std::string& cname);
// RTCP from a sink's receiver.
Bytes MakePli(uint32_t media_ssrc);
Bytes MakeNack(uint32_t media_ssrc, const std::vector<uint16_t>& missing);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_MEDIA_TESTING_H_

// The other end for tests and load: offers audio and video to a PeerConnection and sends RTP
// packets made to order, as a browser would, over a real or fake ICE.
//
//   Publisher publisher(loop, ice_factory, {});
//   publisher.Start([&](const SessionDescription& offer) { ... });   // gathered, complete
//   publisher.SetAnswer(answer);
//   while (publisher.connected()) publisher.SendRtp({.kind = MediaKind::kVideo, ...});
#ifndef ENGINE_TESTING_PUBLISHER_H_
#define ENGINE_TESTING_PUBLISHER_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/limits.h"
#include "engine/ice/ice_transport_factory.h"
#include "engine/jsep/session.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"
#include "engine/net/loop.h"
#include "engine/transport/media_handler.h"
#include "engine/transport/transport.h"

namespace pcd::testing {

struct PublisherOptions {
  bool audio = true;
  bool video = true;
  Direction direction = Direction::kSendOnly;  // Of both.
  std::vector<SrtpProfile> srtp_profiles = {SrtpProfile::kAeadAes128Gcm,
                                            SrtpProfile::kAes128CmSha1_80};
  ice::Config ice{};
  Limits limits{};
};

// One RTP packet to send. Payload type, SSRC and mid come from the negotiation.
struct OutgoingRtp {
  MediaKind kind = MediaKind::kVideo;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = true;
  // VP8 only: the payload begins a key frame.
  bool key_frame = false;
  size_t payload_bytes = 1000;
  bool with_mid = true;
  // In the transport-wide header extension, if that is negotiated.
  std::optional<uint16_t> transport_sequence{};
  // Not 0: the last eight bytes of the payload, for those that measure time.
  uint64_t stamp = 0;
};

// Threading: its loop.
class Publisher : private net::EndOfTurnHandler, private transport::MediaHandler {
 public:
  Publisher(net::Loop& loop, ice::IceTransportFactory& factory, PublisherOptions options);
  ~Publisher() override;

  // Gathers; then calls back once with the offer, candidates included.
  absl::Status Start(absl::AnyInvocable<void(const SessionDescription&)> offer_ready);
  absl::Status SetAnswer(const SessionDescription& answer);
  // For what comes back, decrypted; it may move packets out.
  using RtpCallback = absl::AnyInvocable<void(std::span<PacketPtr>)>;
  void WhenRtp(RtpCallback callback) { when_rtp_ = std::move(callback); }

  bool connected() const { return transport_ != nullptr && transport_->writable(); }
  transport::TransportState state() const { return transport_->state(); }
  transport::Transport& transport() { return *transport_; }

  // False: not connected, or refused by the kernel.
  bool SendRtp(const OutgoingRtp& packet);
  // A compound of one sender report.
  bool SendSenderReport(MediaKind kind, uint64_t ntp, uint32_t rtp_timestamp, uint32_t packets,
                        uint32_t bytes);
  // A datagram past DTLS and SRTP, as an attacker on the verified path would send it. False
  // while ICE has no pair.
  bool SendUnprotected(ByteSpan datagram);
  bool ice_writable() const { return transport_ != nullptr && transport_->ice().writable(); }
  // Any RTP or RTCP bytes, to be protected and sent as they are.
  bool SendRawRtp(ByteSpan packet);
  bool SendRawRtcp(ByteSpan packet);

  uint32_t ssrc(MediaKind kind) const { return streams_[Index(kind)].ssrc; }
  uint8_t payload_type(MediaKind kind) const { return streams_[Index(kind)].payload_type; }
  const std::string& mid(MediaKind kind) const { return streams_[Index(kind)].mid; }

  // What came back, counted by RTCP message (compound packets taken apart).
  struct Feedback {
    uint64_t receiver_reports = 0, sender_reports = 0, plis = 0, firs = 0, transport_cc = 0,
             nacks = 0, others = 0;
  };
  const Feedback& feedback() const { return feedback_; }

 private:
  struct Stream {
    uint32_t ssrc = 0;
    uint8_t payload_type = 0;
    uint8_t mid_extension = 0;  // 0: not negotiated.
    uint8_t transport_cc_extension = 0;
    std::string mid{};
  };
  static size_t Index(MediaKind kind) { return kind == MediaKind::kAudio ? 0 : 1; }

  void OnEndOfTurn() override;
  void OnRtp(std::span<PacketPtr> packets) override {
    if (when_rtp_) when_rtp_(packets);
  }
  void OnRtcp(std::span<PacketPtr> packets) override;
  void Drain();
  absl::Status Apply(const jsep::ApplyResult& result);
  void LearnStreams(const std::string& answer_sdp);

  net::Loop& loop_;
  const PublisherOptions options_;
  std::unique_ptr<transport::Transport> transport_;
  std::unique_ptr<jsep::Session> session_;
  std::unique_ptr<net::Timer> timer_;
  ice::IceTransportFactory& factory_;
  absl::AnyInvocable<void(const SessionDescription&)> offer_ready_;
  RtpCallback when_rtp_;
  std::array<Stream, 2> streams_{};
  Feedback feedback_;
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_PUBLISHER_H_

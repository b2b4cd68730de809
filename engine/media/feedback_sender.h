#ifndef ENGINE_MEDIA_FEEDBACK_SENDER_H_
#define ENGINE_MEDIA_FEEDBACK_SENDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/media/reference_times.h"
#include "engine/media/remote_stream.h"
#include "engine/media/rtcp_sender.h"
#include "engine/media/transport_cc_recorder.h"

namespace pcd::media {

// Writes what we tell the remote sender on one transport, about what it sends there. Feedback is a
// compound that begins with RR and SDES, or stands alone where reduced-size RTCP was agreed (RFC
// 5506). Threading: its owner's.
class FeedbackSender {
 public:
  using Streams = std::vector<std::unique_ptr<RemoteStream>>;

  FeedbackSender(PacketPool& pool, RtcpSender& sender, size_t transport_index, uint32_t local_ssrc,
                 std::string cname)
      : pool_(pool),
        sender_(sender),
        transport_index_(transport_index),
        local_ssrc_(local_ssrc),
        cname_(std::move(cname)) {}

  size_t transport_index() const { return transport_index_; }

  void set_reduced_size(bool reduced_size) { reduced_size_ = reduced_size; }
  // Whether reports tell our time, which senders answer with the round trip (RFC 3611).
  void set_reference_time(bool on) { tells_reference_time_ = on; }

  // RR and SDES about the streams of the transport that sent since their last report; nothing when
  // none did. At most 31 streams fit; the next call goes on behind them. `wall_clock` is `now`.
  void SendReports(const Streams& streams, Timestamp now, NtpTime wall_clock);
  // What a sender says about our time; nullopt: not to us, or not about what we told.
  std::optional<Duration> RoundTrip(const rtp::DelaySinceLastRr& answer, Timestamp now) const {
    if (!tells_reference_time_ || answer.ssrc != local_ssrc_) return std::nullopt;
    return reference_times_.RoundTrip(answer, now);
  }
  void SendPli(uint32_t media_ssrc);
  // `missing`: ascending, not empty.
  void SendNack(uint32_t media_ssrc, std::span<const uint16_t> missing);
  void SendRemb(uint64_t bitrate_bps, std::span<const uint32_t> ssrcs);
  void SendFir(uint32_t media_ssrc, uint8_t command_sequence);
  // All that the recorder has not reported yet, in as many packets as it takes.
  void SendTransportCc(TransportCcRecorder& recorder, uint32_t media_ssrc);

 private:
  template <typename Write>
  void SendFeedback(Write write);

  PacketPool& pool_;
  RtcpSender& sender_;
  const size_t transport_index_;
  const uint32_t local_ssrc_;
  const std::string cname_;
  bool reduced_size_ = false;
  bool tells_reference_time_ = false;
  SentReferenceTimes reference_times_{};
  size_t next_stream_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_FEEDBACK_SENDER_H_

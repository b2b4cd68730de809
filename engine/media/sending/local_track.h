#ifndef ENGINE_MEDIA_SENDING_LOCAL_TRACK_H_
#define ENGINE_MEDIA_SENDING_LOCAL_TRACK_H_

#include <absl/status/status.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/media/frame_rate.h"
#include "engine/media/key_frame_requester.h"
#include "engine/media/payload_format.h"
#include "engine/media/sender_clock.h"
#include "engine/media/sending/local_track_config.h"
#include "engine/media/sending/media_source.h"
#include "engine/media/sending/rtp_sender.h"
#include "engine/net/address_policy.h"
#include "engine/net/loop.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::media {

// A local track with the source that feeds it: what its packets mean, whether it is live, and
// when its source is asked for a key frame. Threading: its loop.
class LocalTrack final : private SourceSink {
 public:
  // Without a packet for this long the track counts as silent.
  static constexpr Duration kSilence = std::chrono::seconds(2);

  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnTrackPacket(LocalTrack& track, const SourcePacket& packet) = 0;
    // Nothing but padding: `packet`'s number is not sent.
    virtual void OnTrackPadding(LocalTrack& track, const SourcePacket& packet) = 0;
    // Packets came, or its state changed.
    virtual void OnTrackBatchEnd(LocalTrack& track) = 0;
    virtual void OnTrackReport(LocalTrack& track, const SenderReportState& previous) = 0;
  };

  // `serial` is above 0 and never used again in its session.
  LocalTrack(net::Loop& loop, Owner& owner, uint64_t serial, LocalTrackConfig config)
      : loop_(loop), owner_(owner), serial_(serial), config_(std::move(config)) {}

  // Opens the source; the track is of no use before. Errors: UdpSource::Open's,
  // TestSource::Create's.
  absl::Status Open(const net::AddressPolicy& policy, const std::string& cname);

  uint64_t serial() const { return serial_; }
  const std::string& id() const { return config_.id; }
  MediaKind kind() const { return config_.kind; }
  const Codec& codec() const { return source_->codec(); }
  LocalTrackInfo Info() const;
  // The state at the last call, if it is another one now.
  std::optional<SourceState> TakeStateChange();

  void SetWanted(bool wanted, Timestamp now);
  // Repeated until a key frame comes, throttled. `by_fir`: how the remote asked.
  void RequestKeyFrame(bool by_fir, Timestamp now);
  // As RequestKeyFrame, unless one is asked for already.
  void NeedKeyFrame(Timestamp now) {
    if (!key_frames_.wanted()) RequestKeyFrame(false, now);
  }

  void HandleTimeout(Timestamp now);
  Timestamp NextDeadline() const;

  // `now` in the track's RTP clock and in NTP time: by its source's reports if there are any,
  // else by our clock and the newest packet.
  ClockPair At(Timestamp now, const SenderClocks& clocks) const;
  const SenderReportState& report() const { return report_; }
  const std::string& clock() const { return clock_; }
  const SourceCounters& counters() const { return counters_; }
  // Video: of the last second, and of the last key frame that told.
  uint32_t frames_per_second() const { return frame_rate_.PerSecond(loop_.Now()); }
  const rtp::FrameSize& frame_size() const { return frame_size_; }

 private:
  void OnSourcePacket(const rtp::RtpPacketView& view, int64_t sequence, uint32_t restarts) override;
  void OnSourceBatchEnd() override;
  void OnSourceReport(std::string_view clock, NtpTime ntp, uint32_t rtp_timestamp) override;
  SourceState state(Timestamp now) const;
  bool IsLive(Timestamp now) const { return wanted_ && state(now) == SourceState::kActive; }

  net::Loop& loop_;
  Owner& owner_;
  const uint64_t serial_;
  const LocalTrackConfig config_;
  std::unique_ptr<MediaSource> source_;
  PayloadFormat format_ = PayloadFormat::kOther;
  bool wanted_ = false;

  KeyFrameRequester key_frames_{};
  bool by_fir_ = false;
  SourceState reported_state_ = SourceState::kWaiting;
  Timestamp silent_at_ = kNever;
  Timestamp last_packet_{};
  uint32_t last_timestamp_ = 0;
  Timestamp last_timestamp_arrival_{};
  SenderReportState report_{};
  std::string clock_{};
  SourceCounters counters_{};
  FrameRate frame_rate_{};
  rtp::FrameSize frame_size_{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_LOCAL_TRACK_H_

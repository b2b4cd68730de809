#include "engine/media/sending/local_track.h"

#include <algorithm>
#include <variant>

#include "engine/base/status.h"
#include "engine/media/payload_format.h"
#include "engine/media/sending/test_source.h"
#include "engine/media/sending/udp_source.h"
#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {

absl::Status LocalTrack::Open(const net::AddressPolicy& policy, const std::string& cname) {
  if (const auto* udp = std::get_if<UdpSourceConfig>(&config_.source)) {
    PCD_ASSIGN_OR_RETURN(source_, UdpSource::Open(loop_, policy, *udp, *this, cname));
  } else {
    PCD_ASSIGN_OR_RETURN(
        source_, TestSource::Create(config_.kind, std::get<TestSourceConfig>(config_.source),
                                    loop_.random(), *this));
  }
  if (config_.kind == MediaKind::kVideo) format_ = FormatOf(codec());
  return absl::OkStatus();
}

SourceState LocalTrack::state(Timestamp now) const {
  if (counters_.packets_received == 0) return SourceState::kWaiting;
  return now - last_packet_ < kSilence ? SourceState::kActive : SourceState::kSilent;
}

LocalTrackInfo LocalTrack::Info() const {
  LocalTrackInfo info{
      .config = config_, .codec = codec(), .state = state(loop_.Now()), .counters = counters_};
  source_->FillInfo(info);
  return info;
}

std::optional<SourceState> LocalTrack::TakeStateChange() {
  const SourceState now = state(loop_.Now());
  const SourceState before = std::exchange(reported_state_, now);
  return before != now ? std::optional<SourceState>(before) : std::nullopt;
}

void LocalTrack::SetWanted(bool wanted, Timestamp now) {
  wanted_ = wanted;
  source_->SetWanted(wanted, now);
}

void LocalTrack::RequestKeyFrame(bool by_fir, Timestamp now) {
  if (config_.kind != MediaKind::kVideo) return;
  by_fir_ = by_fir;
  if (key_frames_.Request(now, IsLive(now))) source_->RequestKeyFrame(by_fir_, now);
}

void LocalTrack::HandleTimeout(Timestamp now) {
  if (source_->NextDeadline() <= now) source_->HandleTimeout(now);
  if (key_frames_.HandleTimeout(now, IsLive(now))) source_->RequestKeyFrame(by_fir_, now);
  if (silent_at_ > now) return;
  // Moved with each packet it would cost; so it is looked at again when it is due.
  silent_at_ = state(now) == SourceState::kActive ? last_packet_ + kSilence : kNever;
  owner_.OnTrackBatchEnd(*this);
}

Timestamp LocalTrack::NextDeadline() const {
  return std::min({source_->NextDeadline(), key_frames_.NextDeadline(), silent_at_});
}

void LocalTrack::OnSourcePacket(const rtp::RtpPacketView& view, int64_t sequence,
                                uint32_t restarts) {
  const Timestamp now = loop_.Now();
  ++counters_.packets_received;
  counters_.bytes_received += view.size();
  counters_.payload_bytes_received += view.payload().size();
  counters_.last_packet_us = loop_.UnixMicros();
  last_packet_ = now;
  if (silent_at_ == kNever) silent_at_ = now + kSilence;
  const bool is_video = config_.kind == MediaKind::kVideo;
  // Receivers get what is in the packets, and no parameter sets beside them.
  const KeyFrameStart start = InspectPayload(format_, false, view.payload());
  SourcePacket packet{.view = view,
                      .track = serial_,
                      .restarts = restarts,
                      .sequence = sequence,
                      .is_video = is_video,
                      .can_start = start.begins,
                      .frame_size = start.size,
                      .clock_rate = codec().clock_rate,
                      .now = now};
  if (view.payload().empty()) return owner_.OnTrackPadding(*this, packet);
  if (last_timestamp_arrival_ == Timestamp{} || view.timestamp() != last_timestamp_) {
    last_timestamp_ = view.timestamp();
    last_timestamp_arrival_ = now;
  }
  if (is_video) {
    if (start.size.known()) frame_size_ = start.size;
    if (view.marker()) {
      ++counters_.frames;
      frame_rate_.OnFrame(now);
    }
    if (packet.can_start) {
      ++counters_.key_frames;
      key_frames_.OnKeyFrame();
    } else if (wanted_ && key_frames_.OnLive(now)) {
      source_->RequestKeyFrame(by_fir_, now);
    }
  }
  owner_.OnTrackPacket(*this, packet);
}

void LocalTrack::OnSourceBatchEnd() { owner_.OnTrackBatchEnd(*this); }

void LocalTrack::OnSourceReport(std::string_view clock, NtpTime ntp, uint32_t rtp_timestamp) {
  const SenderReportState previous = clock_ == clock ? report_ : SenderReportState{};
  clock_ = clock;
  report_.ntp = ntp;
  report_.rtp_timestamp = rtp_timestamp;
  report_.arrival = loop_.Now();
  ++report_.reports;
  owner_.OnTrackReport(*this, previous);
}

ClockPair LocalTrack::At(Timestamp now, const SenderClocks& clocks) const {
  if (const auto reported = clocks.At(now, clock_, report_, codec().clock_rate)) return *reported;
  const Duration since = now - last_timestamp_arrival_;
  return {NtpFromUnixMicros(loop_.UnixMicros()),
          last_timestamp_ + static_cast<uint32_t>(rtp::RtpUnits(since, codec().clock_rate))};
}

}  // namespace pcd::media

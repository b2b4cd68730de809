#include "engine/media/reference_times.h"

#include <algorithm>

#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {

std::optional<Duration> SentReferenceTimes::RoundTrip(const rtp::DelaySinceLastRr& answer,
                                                      Timestamp now) const {
  for (const std::optional<Sent>& sent : sent_) {
    if (!sent || sent->compact != answer.last_rr) continue;
    const Duration held(int64_t{answer.delay} * 1'000'000 / 65536);
    // The remote cannot have held it for longer than it is gone; clocks are not that exact.
    return std::max(now - sent->at - held, Duration(0));
  }
  return std::nullopt;
}

void ReceivedReferenceTimes::OnReferenceTime(uint32_t ssrc, NtpTime time, Timestamp now) {
  std::optional<Received>* place = nullptr;
  for (std::optional<Received>& each : received_) {
    if (each && each->ssrc == ssrc) {
      place = &each;
      break;
    }
    const bool older = place != nullptr && *place && each && each->arrival < (*place)->arrival;
    if (place == nullptr || (*place && !each) || older) place = &each;
  }
  *place = Received{ssrc, time.Compact(), now};
}

size_t ReceivedReferenceTimes::Delays(Timestamp now, std::span<rtp::DelaySinceLastRr> out) const {
  size_t count = 0;
  for (const std::optional<Received>& each : received_) {
    if (!each || now - each->arrival > kMaxAge || count == out.size()) continue;
    out[count++] = {.ssrc = each->ssrc,
                    .last_rr = each->compact,
                    .delay = rtp::CompactDelay(now - each->arrival)};
  }
  return count;
}

}  // namespace pcd::media

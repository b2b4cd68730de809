#include "engine/media/sender_clock.h"

#include <algorithm>

#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {

namespace {

bool HasStepped(const SenderReportState& report, const SenderReportState& previous) {
  if (previous.reports == 0) return false;
  const Duration remote_passed(rtp::NtpMicros(report.ntp) - rtp::NtpMicros(previous.ntp));
  const Duration step = remote_passed - (report.arrival - previous.arrival);
  return step > SenderClocks::kMaxStep || step < -SenderClocks::kMaxStep;
}

}  // namespace

const SenderClocks::Clock* SenderClocks::Find(std::string_view cname) const {
  const auto it = std::find_if(clocks_.begin(), clocks_.end(),
                               [&](const Clock& clock) { return clock.cname == cname; });
  return it != clocks_.end() ? &*it : nullptr;
}

void SenderClocks::OnReport(std::string_view cname, const SenderReportState& report,
                            const SenderReportState& previous, int64_t unix_micros) {
  // A sender without a wall clock sends zero (RFC 3550 section 6.4.1).
  if (report.ntp.value == 0) return;
  const int64_t local = rtp::NtpMicros(NtpFromUnixMicros(unix_micros));
  const Duration to_local(local - rtp::NtpMicros(report.ntp));
  auto* clock = const_cast<Clock*>(Find(cname));
  if (clock == nullptr) {
    if (clocks_.size() < kMaxClocks) {
      clocks_.push_back({std::string(cname), to_local, report.arrival});
    }
    return;
  }
  if (HasStepped(report, previous)) {
    clock->to_local = to_local;
    clock->set = report.arrival;
  } else if (report.arrival - clock->set <= kSettling) {
    clock->to_local = std::min(clock->to_local, to_local);
  }
}

std::optional<ClockPair> SenderClocks::At(Timestamp now, std::string_view cname,
                                          const SenderReportState& report,
                                          uint32_t clock_rate) const {
  const Clock* clock = Find(cname);
  if (report.reports == 0 || report.ntp.value == 0 || clock == nullptr) return std::nullopt;
  const Duration since = now - report.arrival;
  return ClockPair{rtp::NtpAdd(report.ntp, clock->to_local + since),
                   report.rtp_timestamp + static_cast<uint32_t>(rtp::RtpUnits(since, clock_rate))};
}

}  // namespace pcd::media

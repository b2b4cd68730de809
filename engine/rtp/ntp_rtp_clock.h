// Arithmetic between NTP time, durations and RTP timestamps.
#ifndef ENGINE_RTP_NTP_RTP_CLOCK_H_
#define ENGINE_RTP_NTP_RTP_CLOCK_H_

#include <cstdint>

#include "engine/base/time.h"

namespace pcd::rtp {

// Timestamp units that pass in `elapsed` (may be negative) at `clock_rate` Hz, rounded towards
// zero. Durations of up to a century at 90 kHz are exact.
constexpr int64_t RtpUnits(Duration elapsed, uint32_t clock_rate) {
  const int64_t micros = elapsed.count();
  const int64_t rate = clock_rate;
  return micros / 1'000'000 * rate + micros % 1'000'000 * rate / 1'000'000;
}

// The duration of `units` (may be negative); zero for a rate of zero.
constexpr Duration RtpDuration(int64_t units, uint32_t clock_rate) {
  if (clock_rate == 0) return Duration(0);
  const int64_t rate = clock_rate;
  return Duration(units / rate * 1'000'000 + units % rate * 1'000'000 / rate);
}

// Microseconds of `ntp` since 1900 and back. The lowest bits of the fraction are lost.
constexpr int64_t NtpMicros(NtpTime ntp) {
  return static_cast<int64_t>((ntp.value >> 32) * 1'000'000 +
                              (((ntp.value & 0xFFFFFFFF) * 1'000'000) >> 32));
}
constexpr NtpTime NtpFromMicros(int64_t micros) {
  const auto value = static_cast<uint64_t>(micros);
  // Rounded up by less than one unit, so that NtpMicros gives `micros` back.
  return NtpTime{((value / 1'000'000) << 32) |
                 ((((value % 1'000'000) << 32) + 999'999) / 1'000'000)};
}
// `ntp` moved by `by`.
constexpr NtpTime NtpAdd(NtpTime ntp, Duration by) {
  return NtpFromMicros(NtpMicros(ntp) + by.count());
}

// A duration as carried in the DLSR field: units of 1/65536 s, saturated.
constexpr uint32_t CompactDelay(Duration delay) {
  if (delay.count() <= 0) return 0;
  const int64_t seconds = delay.count() / 1'000'000;
  if (seconds > 0xFFFF) return 0xFFFFFFFF;
  return static_cast<uint32_t>((seconds << 16) | ((delay.count() % 1'000'000 << 16) / 1'000'000));
}

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_NTP_RTP_CLOCK_H_

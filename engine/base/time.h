// Time as a value. Cores never read a clock: they receive a Timestamp and return the
// Timestamp of their next deadline, so simulated and real time are the same to them.
#ifndef ENGINE_BASE_TIME_H_
#define ENGINE_BASE_TIME_H_

#include <chrono>
#include <cstdint>

namespace pcd {

using Duration = std::chrono::microseconds;

// A monotonic clock that deliberately has no now(): a Loop supplies the time.
struct EngineClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<EngineClock>;
  static constexpr bool is_steady = true;
};

using Timestamp = EngineClock::time_point;

// "No deadline": later than every real time.
inline constexpr Timestamp kNever = Timestamp::max();

// 64-bit NTP time (RFC 3550 section 4): seconds since 1900 in the upper half, the
// fraction of a second in the lower half.
struct NtpTime {
  uint64_t value = 0;
  // The middle 32 bits, as carried in the LSR field of a report block.
  uint32_t Compact() const { return static_cast<uint32_t>(value >> 16); }
  friend bool operator==(const NtpTime&, const NtpTime&) = default;
};

// Microseconds since 1970 to NTP time.
constexpr NtpTime NtpFromUnixMicros(int64_t unix_micros) {
  constexpr uint64_t kSecondsFrom1900To1970 = 2'208'988'800ULL;
  const uint64_t seconds = static_cast<uint64_t>(unix_micros) / 1'000'000 + kSecondsFrom1900To1970;
  const uint64_t micros = static_cast<uint64_t>(unix_micros) % 1'000'000;
  return NtpTime{(seconds << 32) | ((micros << 32) / 1'000'000)};
}

}  // namespace pcd

#endif  // ENGINE_BASE_TIME_H_

// From the clocks of remote senders to ours.
#ifndef ENGINE_MEDIA_SENDER_CLOCK_H_
#define ENGINE_MEDIA_SENDER_CLOCK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"

namespace pcd::media {

// What the last sender report of a source said. Threading: its owner's.
struct SenderReportState {
  NtpTime ntp{};
  uint32_t rtp_timestamp = 0;
  Timestamp arrival{};
  uint64_t packet_count = 0, octet_count = 0;
  uint64_t reports = 0;  // 0: none came yet.
};

// One instant as our NTP time and as a source's RTP timestamp.
struct ClockPair {
  NtpTime ntp{};
  uint32_t rtp_timestamp = 0;
};

// Moves the NTP time of remote sender reports into our NTP time. All sources with one CNAME
// share one clock (RFC 3550 section 6.5.1), hence one offset, so that their streams stay in
// sync to each other as their sender meant. The offset is that of the clock's quickest report of
// the first seconds (a sender that is busy starting reports late) and kept then, so that our
// reports do not jump; when the remote clock itself steps, it is set anew. Threading: its owner's.
class SenderClocks {
 public:
  // Sources with further CNAMEs have no clock: At() knows nothing of them.
  static constexpr size_t kMaxClocks = 16;
  // A step between two reports of one source that moves the clock.
  static constexpr Duration kMaxStep = std::chrono::seconds(1);
  // How long after it was set a clock still takes a quicker report.
  static constexpr Duration kSettling = std::chrono::seconds(10);

  // `report` came from a source with `cname` (may be empty); `previous` is its report before.
  // `unix_micros` is our Unix time at report.arrival.
  void OnReport(std::string_view cname, const SenderReportState& report,
                const SenderReportState& previous, int64_t unix_micros);

  // The instant `now` by the source's last report; nullopt while there is none, or
  // when the source has no wall clock.
  std::optional<ClockPair> At(Timestamp now, std::string_view cname,
                              const SenderReportState& report, uint32_t clock_rate) const;

 private:
  struct Clock {
    std::string cname{};
    Duration to_local{};  // Added to remote NTP time.
    Timestamp set{};      // Anew, not by a quicker report.
  };
  const Clock* Find(std::string_view cname) const;

  std::vector<Clock> clocks_;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDER_CLOCK_H_

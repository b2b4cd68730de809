// Round trips of who sends no media (RFC 3611 sections 4.4 and 4.5): a receiver tells its time, and
// a sender tells it back with how long it kept it.
#ifndef ENGINE_MEDIA_REFERENCE_TIMES_H_
#define ENGINE_MEDIA_REFERENCE_TIMES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/base/time.h"
#include "engine/rtp/rtcp/extended_report.h"

namespace pcd::media {

// The receiver's part. Threading: its owner's.
class SentReferenceTimes {
 public:
  static constexpr size_t kRemembered = 8;

  void OnSent(NtpTime time, Timestamp now) {
    sent_[next_++ % kRemembered] = Sent{time.Compact(), now};
  }
  // nullopt: it is no answer to what was sent lately.
  std::optional<Duration> RoundTrip(const rtp::DelaySinceLastRr& answer, Timestamp now) const;

 private:
  struct Sent {
    uint32_t compact = 0;
    Timestamp at{};
  };
  std::array<std::optional<Sent>, kRemembered> sent_{};
  size_t next_ = 0;
};

// The sender's part. Of further receivers than kMaxReceivers those that were silent longest are
// forgotten. Threading: its owner's.
class ReceivedReferenceTimes {
 public:
  static constexpr size_t kMaxReceivers = 16;
  // Told by each report of ours until then; receivers send one about every second.
  static constexpr Duration kMaxAge = std::chrono::seconds(2);

  void OnReferenceTime(uint32_t ssrc, NtpTime time, Timestamp now);
  // What a report that goes out now says of them; `out` has room for kMaxReceivers.
  size_t Delays(Timestamp now, std::span<rtp::DelaySinceLastRr> out) const;

 private:
  struct Received {
    uint32_t ssrc = 0;
    uint32_t compact = 0;
    Timestamp arrival{};
  };
  std::array<std::optional<Received>, kMaxReceivers> received_{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_REFERENCE_TIMES_H_

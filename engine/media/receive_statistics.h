#ifndef ENGINE_MEDIA_RECEIVE_STATISTICS_H_
#define ENGINE_MEDIA_RECEIVE_STATISTICS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "engine/base/time.h"
#include "engine/rtp/rtcp/report_block.h"

namespace pcd::media {

// Sequence, loss and jitter accounting of one source (RFC 3550 section 6.4.1 and appendices
// A.1, A.3, A.8). A core; no allocation. Threading: its owner's.
class ReceiveStatistics {
 public:
  // A forward step of this many or more, or a backward step beyond kMaxMisorder, is a jump.
  static constexpr int kMaxDropout = 3000;
  static constexpr int kMaxMisorder = 1000;

  enum class Arrival {
    kNew,        // The highest number so far.
    kLate,       // Between numbers seen; fills a gap.
    kDuplicate,  // Seen before. Told apart within the last 1024 numbers.
    kJump,       // Too far away to be believed; not taken in.
    kRestart     // Follows a jump: the source counts anew from here.
  };
  struct Result {
    Arrival arrival = Arrival::kNew;
    int64_t sequence = 0;  // Unwrapped; comparable until the next restart.
  };

  // `clock_rate` in Hz is that of the packet's codec; a change starts the jitter anew.
  Result OnPacket(uint16_t sequence, uint32_t timestamp, uint32_t clock_rate, Timestamp arrival);

  // The unwrapped form of a number that OnPacket did not see, such as one that a retransmission
  // repeats; nullopt before the first packet, or when it is too far away to be believed.
  std::optional<int64_t> Locate(uint16_t sequence) const;

  // Packets that should have come and did not; negative when duplicates outnumber losses.
  int64_t lost() const { return lost_before_restart_ + expected() - received_; }
  uint64_t duplicates() const { return duplicates_; }
  double jitter_seconds() const;
  // Whether a packet came since the last TakeReport.
  bool HasNews() const { return news_; }

  // Loss, sequence and jitter for a report block and the start of its next interval. The
  // caller adds SSRC, LSR and DLSR.
  rtp::ReportBlock TakeReport();

 private:
  static constexpr size_t kHistory = 1024;  // A power of two.

  Result Begin(uint16_t sequence, Arrival arrival);
  Result Advance(int64_t sequence);
  Result FillIn(int64_t sequence);
  void UpdateJitter(uint32_t timestamp, uint32_t clock_rate, Timestamp arrival);
  int64_t expected() const { return started_ ? highest_ - base_ + 1 : 0; }
  bool Seen(int64_t sequence) const;
  void SetSeen(int64_t sequence, bool seen);

  bool started_ = false;
  bool news_ = false;
  int64_t base_ = 0;
  int64_t highest_ = 0;
  int64_t received_ = 0;  // Since the start or restart, duplicates included (RFC 3550).
  int64_t lost_before_restart_ = 0;
  uint64_t duplicates_ = 0;
  std::optional<uint16_t> after_jump_{};  // The number that would prove a restart.
  std::array<uint64_t, kHistory / 64> seen_{};

  int64_t expected_prior_ = 0;
  int64_t received_prior_ = 0;

  uint32_t clock_rate_ = 0;
  bool has_transit_ = false;
  uint32_t transit_ = 0;
  uint32_t jitter_q4_ = 0;  // Timestamp units times 16.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_RECEIVE_STATISTICS_H_

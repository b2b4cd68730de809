#ifndef ENGINE_MEDIA_NACK_GENERATOR_H_
#define ENGINE_MEDIA_NACK_GENERATOR_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/time.h"

namespace pcd::media {

// Which packets of one source to ask for again, and when (RFC 4585 section 6.2.1). A number that
// is skipped is asked for once it cannot be mere reordering, then again each one and a half
// times of what recovery took so far, until it arrives or is given up. A core; no allocation
// after construction. Threading: its owner's.
class NackGenerator {
 public:
  // Numbers missing at a time; of a longer gap nothing is asked for.
  static constexpr size_t kMaxMissing = 256;
  // Before the first request; packets overtake each other by less, as a rule.
  static constexpr Duration kReorderTolerance = std::chrono::milliseconds(5);
  static constexpr Duration kFirstRetry = std::chrono::milliseconds(100);
  static constexpr Duration kMinRetry = std::chrono::milliseconds(20);
  static constexpr Duration kMaxRetry = std::chrono::milliseconds(300);
  static constexpr int kMaxTries = 10;
  // Of no use to any receiver after that.
  static constexpr Duration kMaxAge = std::chrono::seconds(1);

  NackGenerator() { missing_.reserve(kMaxMissing); }

  // A packet with this unwrapped number arrived, as sent or as a retransmission.
  void OnPacket(int64_t sequence, Timestamp now);
  // Goes on behind this packet: nothing before it is missing.
  void Follow(int64_t sequence);
  // The source counts anew.
  void Reset();

  // kNever: nothing is missing.
  Timestamp NextDeadline() const { return deadline_; }
  // Numbers to ask for at this moment, ascending, as many as fit; call it until it gives none.
  size_t TakeDue(Timestamp now, std::span<uint16_t> out);
  // Whether numbers were given up since the last call: the stream is damaged.
  bool TakeGivenUp();

  size_t missing() const { return missing_.size(); }

 private:
  struct Missing {
    int64_t sequence = 0;
    Timestamp since{};
    Timestamp next{};  // When to ask (again).
    Timestamp asked{};
    int tries = 0;
  };

  void AddGap(int64_t from, int64_t until, Timestamp now);
  void Arrived(int64_t sequence, Timestamp now);
  bool IsHopeless(const Missing& missing, Timestamp now) const;
  Duration RetryInterval() const;
  void GiveUpAll();

  bool started_ = false;
  int64_t highest_ = 0;
  std::vector<Missing> missing_;  // Ascending.
  Timestamp deadline_ = kNever;
  Duration recovery_{0};  // Smoothed, from request to arrival; 0: not known.
  bool given_up_ = false;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_NACK_GENERATOR_H_

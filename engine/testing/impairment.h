// What a bad network does to packets, as numbers; and the model that decides the fate of each
// packet from a seed. It holds no packet: ImpairmentLink and SimNetwork do.
#ifndef ENGINE_TESTING_IMPAIRMENT_H_
#define ENGINE_TESTING_IMPAIRMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

#include "engine/base/time.h"

namespace pcd::testing {

// One direction of a link. The default neither loses nor alters anything and takes no time.
struct ImpairmentOptions {
  double loss = 0;     // Probability 0..1 of losing a packet.
  Duration delay{0};   // Of every packet.
  Duration jitter{0};  // 0..jitter more, evenly; on its own it never changes the order.
  double reorder = 0;  // Probability that a packet is held back and overtaken.
  Duration reorder_delay = std::chrono::milliseconds(10);  // How long it is held back.
  double duplicate = 0;         // Probability that a packet arrives twice.
  int64_t rate_bps = 0;         // Bits per second of payload; 0: no cap.
  size_t queue_bytes = 65'536;  // Waiting for the capped link; more is dropped.
};

// Threading: a value of one thread.
class ImpairmentModel {
 public:
  struct Counters {
    uint64_t offered = 0, delivered = 0;  // `delivered` counts duplicates too.
    uint64_t lost = 0, queue_full = 0, blacked_out = 0;
    uint64_t duplicated = 0, reordered = 0;
  };
  struct Verdict {
    size_t copies = 0;  // 0: dropped.
    std::array<Timestamp, 2> deliver_at{};
  };

  ImpairmentModel(const ImpairmentOptions& options, uint64_t seed);

  // For packets to come; those on the way keep their time.
  void set_options(const ImpairmentOptions& options) { options_ = options; }
  const ImpairmentOptions& options() const { return options_; }
  // Packets offered in [from, until) are dropped. One blackout at a time.
  void SetBlackout(Timestamp from, Timestamp until);

  // Every call draws the same number of random values, so that changing one option does not
  // change what the others decide. `now` never goes back.
  Verdict Decide(size_t size, Timestamp now);
  const Counters& counters() const { return counters_; }

 private:
  struct Draws {
    double loss, jitter, reorder, duplicate;
  };
  Draws Draw();
  bool PassQueue(size_t size, Timestamp now);  // Advances link_free_at_; false: queue full.

  ImpairmentOptions options_;
  std::mt19937_64 random_;
  Timestamp blackout_from_ = kNever;
  Timestamp blackout_until_ = kNever;
  Timestamp link_free_at_{};   // When the capped link has sent what it holds.
  Timestamp last_in_order_{};  // Of packets that keep their order.
  Counters counters_;
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_IMPAIRMENT_H_

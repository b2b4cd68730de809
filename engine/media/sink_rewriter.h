#ifndef ENGINE_MEDIA_SINK_REWRITER_H_
#define ENGINE_MEDIA_SINK_REWRITER_H_

#include <array>
#include <cstdint>
#include <optional>

#include "engine/base/time.h"

namespace pcd::media {

// Sequence numbers and timestamps of what one sink sends. Numbers go on without a gap when the
// sink pauses, its source changes, or a packet is left out on purpose; numbers that the network
// lost stay missing. Timestamps keep the source's steps and go on from the last one, by the
// time that passed, when the source changes. A core; no allocation. Threading: its owner's.
class SinkRewriter {
 public:
  struct Out {
    uint16_t sequence = 0;
    uint32_t timestamp = 0;
  };

  // `first_sequence`: of the first packet ever sent.
  explicit SinkRewriter(uint16_t first_sequence) : last_out_(int64_t{first_sequence} - 1) {}

  // Sending begins, or begins again, with the packet given to Map next. `same_source`: its
  // numbers and timestamps continue those of the packets before.
  void Start(int64_t sequence, uint32_t timestamp, bool same_source, uint32_t clock_rate,
             Timestamp now);
  // What to send for this packet; nullopt when it is older than the start.
  std::optional<Out> Map(int64_t sequence, uint32_t timestamp, Timestamp now);
  // This packet of the source is not sent; the next one takes its number.
  void Skip(int64_t sequence);

  // The number and the time of a packet of our own. Until Start is called again none of the
  // source may be mapped: their numbers are taken.
  Out Insert(uint32_t clock_rate, Timestamp now);

  // Added to the source's timestamps.
  uint32_t timestamp_offset() const { return timestamp_offset_; }

 private:
  static constexpr size_t kSkipHistory = 64;

  int64_t SkippedBefore(int64_t sequence) const;

  int64_t last_out_;        // Highest number sent, or one below the first.
  int64_t start_in_ = 0;    // Source's number at the start, ...
  int64_t start_out_ = 0;   // ... which this one is sent for.
  int64_t highest_in_ = 0;  // Sent or skipped.
  // Numbers skipped since the start; the last kSkipHistory of them, for late packets.
  int64_t skipped_ = 0;
  std::array<int64_t, kSkipHistory> skips_{};

  bool ever_started_ = false;
  uint32_t timestamp_offset_ = 0;
  uint32_t last_timestamp_ = 0;  // As sent, ...
  Timestamp last_time_{};        // ... at this time.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SINK_REWRITER_H_

// One direction of an impaired link as a core: packets go in with the time, come out at
// theirs. For two packet pipes on loops see impaired_pipe.h; between the sockets of simulated
// loops see SimNetwork::SetLink.
#ifndef ENGINE_TESTING_IMPAIRMENT_LINK_H_
#define ENGINE_TESTING_IMPAIRMENT_LINK_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/testing/impairment.h"

namespace pcd::testing {

// Call HandlePacket as packets arrive; at NextDeadline call HandleTimeout, then PollOutput
// until it is empty. Threading: one thread.
class ImpairmentLink {
 public:
  explicit ImpairmentLink(const ImpairmentOptions& options, uint64_t seed = 1);

  // The dice: options, blackout, counters.
  ImpairmentModel& model() { return model_; }
  // True drops the packet, before all dice. For tests that lose a certain packet.
  void SetFilter(std::function<bool(ByteSpan packet)> drop) { drop_ = std::move(drop); }

  void HandlePacket(ByteSpan packet, Timestamp now);
  void HandleTimeout(Timestamp now);
  // What has arrived by the last HandlePacket or HandleTimeout, in order of arrival.
  std::optional<std::vector<uint8_t>> PollOutput();
  Timestamp NextDeadline() const;  // kNever: nothing on the way.

 private:
  struct InFlight {
    Timestamp at;
    uint64_t sequence;  // Packets of one instant stay in the order in which they were sent.
    std::vector<uint8_t> bytes;
  };
  static bool Later(const InFlight& a, const InFlight& b);

  ImpairmentModel model_;
  std::function<bool(ByteSpan)> drop_;
  std::vector<InFlight> heap_;
  uint64_t next_sequence_ = 0;
  Timestamp now_{};
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_IMPAIRMENT_LINK_H_

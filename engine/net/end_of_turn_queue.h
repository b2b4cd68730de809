// The handlers that asked to be called at the end of the turn.
#ifndef ENGINE_NET_END_OF_TURN_QUEUE_H_
#define ENGINE_NET_END_OF_TURN_QUEUE_H_

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <vector>

#include "engine/net/loop.h"

namespace pcd::net {

// Used by both loops, the real and the simulated one. Threading: one loop.
class EndOfTurnQueue {
 public:
  // Without effect while the handler is already waiting to be called.
  void Request(EndOfTurnHandler* handler);
  void Cancel(EndOfTurnHandler* handler);
  bool empty() const { return positions_.empty(); }

  // Calls the waiting handlers in the order of their requests, then in further rounds those
  // that were requested meanwhile. After `max_rounds` the rest keeps waiting.
  void Run(int max_rounds);

 private:
  void DropFront(size_t count);

  // Cancelled entries are null until their round has passed.
  std::vector<EndOfTurnHandler*> queue_;
  // Of those that wait; a handler that is being called is not here any more.
  absl::flat_hash_map<EndOfTurnHandler*, size_t> positions_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_END_OF_TURN_QUEUE_H_

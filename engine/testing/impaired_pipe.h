// An ImpairmentLink that a loop drives: what is sent comes out of `deliver` later, or never.
#ifndef ENGINE_TESTING_IMPAIRED_PIPE_H_
#define ENGINE_TESTING_IMPAIRED_PIPE_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/base/bytes.h"
#include "engine/net/loop.h"
#include "engine/testing/impairment_link.h"

namespace pcd::testing {

// `deliver` is always called from the loop, never from within Send; it may send, but not
// destroy the pipe. Threading: the loop's thread.
class ImpairedPipe {
 public:
  using Deliver = std::function<void(ByteSpan packet)>;
  ImpairedPipe(net::Loop& loop, const ImpairmentOptions& options, uint64_t seed, Deliver deliver);

  void Send(ByteSpan packet);
  ImpairmentLink& link() { return link_; }

 private:
  void OnTimer();

  net::Loop& loop_;
  ImpairmentLink link_;
  Deliver deliver_;
  std::unique_ptr<net::Timer> timer_;
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_IMPAIRED_PIPE_H_

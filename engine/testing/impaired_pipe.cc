#include "engine/testing/impaired_pipe.h"

#include <utility>

namespace pcd::testing {

ImpairedPipe::ImpairedPipe(net::Loop& loop, const ImpairmentOptions& options, uint64_t seed,
                           Deliver deliver)
    : loop_(loop),
      link_(options, seed),
      deliver_(std::move(deliver)),
      timer_(loop.CreateTimer([this] { OnTimer(); })) {}

void ImpairedPipe::Send(ByteSpan packet) {
  link_.HandlePacket(packet, loop_.Now());
  timer_->Set(link_.NextDeadline());
}

void ImpairedPipe::OnTimer() {
  link_.HandleTimeout(loop_.Now());
  // What deliver_ sends over a link without delay arrives in a later turn, not in this loop.
  std::vector<std::vector<uint8_t>> arrived;
  while (auto packet = link_.PollOutput()) arrived.push_back(std::move(*packet));
  for (const auto& packet : arrived) deliver_(packet);
  timer_->Set(link_.NextDeadline());
}

}  // namespace pcd::testing

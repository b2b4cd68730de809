// However a stream is cut, the same messages are found in it, and each of them may be sent on.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "engine/ice/turn/turn_framing.h"

namespace {

using pcd::ByteSpan;

struct Found {
  std::vector<std::vector<uint8_t>> messages;
  bool broken = false;
  uint64_t oversized = 0;
  bool operator==(const Found&) const = default;
};

Found Read(ByteSpan stream, size_t step) {
  pcd::ice::TurnFramer framer;
  Found found;
  while (!stream.empty() && !framer.broken()) {
    ByteSpan some = stream.first(std::min(step, stream.size()));
    stream = stream.subspan(some.size());
    while (const auto message = framer.Next(some)) {
      if (!pcd::ice::FrameOf(*message).has_value()) std::abort();
      found.messages.emplace_back(message->begin(), message->end());
    }
  }
  found.broken = framer.broken();
  found.oversized = framer.oversized();
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The first byte says how the rest is cut.
  if (size == 0) return 0;
  const ByteSpan stream(data + 1, size - 1);
  if (Read(stream, size_t{data[0]} + 1) != Read(stream, size)) std::abort();
  return 0;
}

// However a stream is cut, the same datagrams are found in it, and framing them gives them again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "engine/ice/tcp/tcp_frames.h"

namespace {

using pcd::ByteSpan;

struct Found {
  std::vector<std::vector<uint8_t>> datagrams;
  uint64_t oversized = 0;
  bool operator==(const Found&) const = default;
};

Found Read(ByteSpan stream, size_t step) {
  pcd::PacketPool pool;
  Found found;
  {
    pcd::ice::TcpFrameReader reader(pool);
    while (!stream.empty()) {
      ByteSpan some = stream.first(std::min(step, stream.size()));
      stream = stream.subspan(some.size());
      while (const pcd::PacketPtr packet = reader.Next(some)) {
        if (packet->size() == 0 || packet->size() > pcd::Packet::kMaxPayload) std::abort();
        found.datagrams.emplace_back(packet->bytes().begin(), packet->bytes().end());
      }
      if (!some.empty() || pool.outstanding() > 1) std::abort();
    }
    found.oversized = reader.oversized();
  }
  if (pool.outstanding() != 0) std::abort();
  return found;
}

std::vector<uint8_t> Framed(const std::vector<std::vector<uint8_t>>& datagrams) {
  std::vector<uint8_t> stream;
  for (const auto& datagram : datagrams) {
    const auto header = pcd::ice::TcpFrameHeader(datagram.size());
    stream.insert(stream.end(), header.begin(), header.end());
    stream.insert(stream.end(), datagram.begin(), datagram.end());
  }
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The first byte says how the rest is cut.
  if (size == 0) return 0;
  const ByteSpan stream(data + 1, size - 1);
  const Found whole = Read(stream, size);
  if (Read(stream, size_t{data[0]} + 1) != whole) std::abort();
  const std::vector<uint8_t> again = Framed(whole.datagrams);
  if (Read(again, again.size() + 1).datagrams != whole.datagrams) std::abort();
  return 0;
}

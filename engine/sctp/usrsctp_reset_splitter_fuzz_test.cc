#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/sctp/usrsctp_reset_splitter.h"

namespace {

void Expect(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

// A conversation: each packet behind a byte for its direction (odd: usrsctp's) and two for its
// length.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kPadding = 3;  // The last chunk may have lacked it.
  pcd::sctp::UsrsctpResetSplitter splitter;
  pcd::ByteReader in(pcd::ByteSpan(data, size));
  while (in.remaining() > kPadding) {
    const bool from_usrsctp = in.U8() % 2 != 0;
    const size_t wanted = in.U16();
    const pcd::ByteSpan packet = in.Bytes(wanted < in.remaining() ? wanted : in.remaining());
    if (from_usrsctp) {
      std::vector<uint8_t> out(packet.begin(), packet.end());
      if (splitter.OnOutput(out)) Expect(out.size() <= packet.size() + kPadding);
    } else if (const auto instead = splitter.OnInput(packet)) {
      Expect(instead->size() <= packet.size() + kPadding);
    }
    if (const auto piece = splitter.TakeNext()) {
      Expect(piece->size() <= 32 + 2 * pcd::sctp::UsrsctpResetSplitter::kMostStreams);
      Expect(!splitter.TakeNext());
    }
  }
  return 0;
}

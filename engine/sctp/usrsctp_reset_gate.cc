#include "engine/sctp/usrsctp_reset_gate.h"

#include <cstddef>
#include <utility>

#include "engine/sctp/sctp_chunks.h"

namespace pcd::sctp {
namespace {

// TSNs are compared in serial number arithmetic.
bool AtOrAfter(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) >= 0; }

// "Sender's Last Assigned TSN" of the chunk's outgoing reset request; absent without one.
std::optional<uint32_t> LastTsnOf(ByteSpan chunk) {
  ByteReader in(chunk.subspan(kSctpChunkHeader));
  while (in.remaining() >= kSctpParameterHeader) {
    const uint16_t type = in.U16();
    const size_t length = in.U16();
    if (length < kSctpParameterHeader) return std::nullopt;
    if (type == kOutgoingResetRequest) {
      in.Skip(8);  // Both sequence numbers.
      const uint32_t last_tsn = in.U32();
      if (!in.ok()) return std::nullopt;
      return last_tsn;
    }
    in.Skip(((length + 3) & ~size_t{3}) - kSctpParameterHeader);
  }
  return std::nullopt;
}

}  // namespace

void UsrsctpResetGate::OnOutput(ByteSpan packet) {
  ForEachSctpChunk(packet, [this](size_t, ByteSpan chunk) {
    if (chunk[0] != kSackChunk || chunk.size() < 8) return;
    const uint32_t cumulative = LoadU32(chunk.data() + 4);
    if (!acknowledged_ || AtOrAfter(cumulative, *acknowledged_)) acknowledged_ = cumulative;
  });
}

std::optional<std::vector<uint8_t>> UsrsctpResetGate::OnInput(ByteSpan packet) {
  std::optional<size_t> reset_at;
  size_t others = 0;
  ForEachSctpChunk(packet, [&](size_t at, ByteSpan chunk) {
    if ((chunk[0] == kInitChunk || chunk[0] == kInitAckChunk) && chunk.size() >= 20) {
      if (!acknowledged_) acknowledged_ = LoadU32(chunk.data() + 16) - 1;
    }
    const auto last_tsn = chunk[0] == kReConfigChunk ? LastTsnOf(chunk) : std::nullopt;
    if (!last_tsn || MayPass(*last_tsn)) {
      ++others;
      return;
    }
    reset_at = at;
    kept_last_tsn_ = *last_tsn;
  });
  if (!reset_at) return std::nullopt;
  kept_.assign(packet.begin(), packet.end());
  std::vector<uint8_t> rest;
  if (others == 0) return rest;
  rest.assign(packet.begin(), packet.end());
  rest[*reset_at] = kPadChunk;
  return rest;
}

std::optional<std::vector<uint8_t>> UsrsctpResetGate::TakeReleased() {
  if (kept_.empty() || !MayPass(kept_last_tsn_)) return std::nullopt;
  return std::exchange(kept_, {});
}

bool UsrsctpResetGate::MayPass(uint32_t last_tsn) const {
  return !acknowledged_ || AtOrAfter(*acknowledged_, last_tsn);
}

}  // namespace pcd::sctp

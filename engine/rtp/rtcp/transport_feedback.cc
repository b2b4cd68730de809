#include "engine/rtp/rtcp/transport_feedback.h"

#include <algorithm>

namespace pcd::rtp {
namespace {

constexpr size_t kFixedBytes = 16;
constexpr uint16_t kVectorBit = 0x8000;
constexpr uint16_t kTwoBitVectorBit = 0x4000;
constexpr size_t kMaxRun = 0x1FFF;
constexpr size_t kOneBitSymbols = 14;
constexpr size_t kTwoBitSymbols = 7;

enum Symbol : unsigned { kLost = 0, kSmallDelta = 1, kLargeDelta = 2, kReserved = 3 };

Symbol SymbolOf(int32_t delta) {
  if (delta == kTransportFeedbackLost) return kLost;
  return delta >= 0 && delta <= 255 ? kSmallDelta : kLargeDelta;
}

size_t SymbolsIn(uint16_t chunk) {
  if ((chunk & kVectorBit) == 0) return chunk & kMaxRun;
  return (chunk & kTwoBitVectorBit) == 0 ? kOneBitSymbols : kTwoBitSymbols;
}

// `left` symbols of the chunk are not read yet.
Symbol NextSymbol(uint16_t chunk, unsigned left) {
  if ((chunk & kVectorBit) == 0) return static_cast<Symbol>((chunk >> 13) & 3);
  if ((chunk & kTwoBitVectorBit) == 0) return static_cast<Symbol>((chunk >> (left - 1)) & 1);
  return static_cast<Symbol>((chunk >> (2 * (left - 1))) & 3);
}

size_t DeltaBytes(Symbol symbol) { return symbol; }  // None, one or two.

struct Chunk {
  uint16_t value = 0;
  size_t symbols = 0;
};

// The chunk that takes most of what begins at `deltas`.
Chunk NextChunk(std::span<const int32_t> deltas) {
  const Symbol first = SymbolOf(deltas[0]);
  size_t run = 1;
  while (run < deltas.size() && run < kMaxRun && SymbolOf(deltas[run]) == first) ++run;
  const size_t vector_length = std::min(deltas.size(), kOneBitSymbols);
  const bool one_bit =
      std::none_of(deltas.begin(), deltas.begin() + static_cast<ptrdiff_t>(vector_length),
                   [](int32_t delta) { return SymbolOf(delta) == kLargeDelta; });
  if (run >= (one_bit ? vector_length : std::min(deltas.size(), kTwoBitSymbols))) {
    return {static_cast<uint16_t>((first << 13) | run), run};
  }
  Chunk chunk;
  chunk.symbols = one_bit ? vector_length : std::min(deltas.size(), kTwoBitSymbols);
  chunk.value = one_bit ? kVectorBit : kVectorBit | kTwoBitVectorBit;
  for (size_t i = 0; i < chunk.symbols; ++i) {
    const Symbol symbol = SymbolOf(deltas[i]);
    const size_t shift = one_bit ? kOneBitSymbols - 1 - i : 2 * (kTwoBitSymbols - 1 - i);
    chunk.value = static_cast<uint16_t>(chunk.value | (symbol << shift));
  }
  return chunk;
}

}  // namespace

bool TransportFeedback::Reader::Next(Status& status) {
  if (left_ == 0) return false;
  while (in_chunk_ == 0) {
    chunk_ = LoadU16(chunks_.data());
    chunks_ = chunks_.subspan(2);
    in_chunk_ = static_cast<unsigned>(SymbolsIn(chunk_));
  }
  const Symbol symbol = NextSymbol(chunk_, in_chunk_);
  status = {sequence_, symbol != kLost, 0};
  if (symbol == kSmallDelta) status.delta = deltas_[0];
  if (symbol == kLargeDelta) status.delta = static_cast<int16_t>(LoadU16(deltas_.data()));
  deltas_ = deltas_.subspan(DeltaBytes(symbol));
  --in_chunk_;
  --left_;
  ++sequence_;
  return true;
}

std::optional<TransportFeedback> ParseTransportFeedback(const RtcpPacketView& packet) {
  if (!packet.IsFeedback(kRtcpTransportFeedback, kRtpfbTransportCc) ||
      packet.body.size() < kFixedBytes) {
    return std::nullopt;
  }
  ByteReader in(packet.body);
  TransportFeedback feedback;
  feedback.sender_ssrc = in.U32();
  feedback.media_ssrc = in.U32();
  feedback.base_sequence = in.U16();
  feedback.status_count = in.U16();
  const uint32_t reference = in.U24();
  feedback.reference_time =
      static_cast<int32_t>(reference) - ((reference & 0x800000) != 0 ? 0x1000000 : 0);
  feedback.feedback_count = in.U8();
  if (feedback.status_count == 0) return std::nullopt;

  // Walk the chunks to learn where the deltas begin and how many bytes they take, so that
  // the reader needs no checks.
  size_t delta_bytes = 0;
  for (size_t left = feedback.status_count; left > 0;) {
    const uint16_t chunk = in.U16();
    if (!in.ok()) return std::nullopt;
    const size_t symbols = std::min(SymbolsIn(chunk), left);
    for (size_t i = 0; i < symbols; ++i) {
      const Symbol symbol = NextSymbol(chunk, static_cast<unsigned>(SymbolsIn(chunk) - i));
      if (symbol == kReserved) return std::nullopt;
      delta_bytes += DeltaBytes(symbol);
    }
    left -= symbols;
  }
  feedback.chunks = packet.body.subspan(kFixedBytes, in.offset() - kFixedBytes);
  feedback.deltas = in.Bytes(delta_bytes);
  if (!in.ok()) return std::nullopt;
  return feedback;
}

void WriteTransportFeedback(ByteWriter& out, const TransportFeedback& header,
                            std::span<const int32_t> deltas) {
  size_t bytes = kFixedBytes;
  for (auto rest = deltas; !rest.empty(); rest = rest.subspan(NextChunk(rest).symbols)) bytes += 2;
  for (const int32_t delta : deltas) bytes += DeltaBytes(SymbolOf(delta));
  const size_t zeros = (4 - bytes % 4) % 4;

  WriteRtcpHeader(out, kRtcpTransportFeedback, kRtpfbTransportCc, bytes + zeros);
  out.U32(header.sender_ssrc);
  out.U32(header.media_ssrc);
  out.U16(header.base_sequence);
  out.U16(static_cast<uint16_t>(deltas.size()));
  out.U24(static_cast<uint32_t>(header.reference_time) & 0xFFFFFF);
  out.U8(header.feedback_count);
  for (auto rest = deltas; !rest.empty();) {
    const Chunk chunk = NextChunk(rest);
    out.U16(chunk.value);
    rest = rest.subspan(chunk.symbols);
  }
  for (const int32_t delta : deltas) {
    const Symbol symbol = SymbolOf(delta);
    if (symbol == kSmallDelta) out.U8(static_cast<uint8_t>(delta));
    if (symbol == kLargeDelta) out.U16(static_cast<uint16_t>(delta));
  }
  out.Zeros(zeros);
}

}  // namespace pcd::rtp

#include "engine/rtp/h264_payload.h"

namespace pcd::rtp {
namespace {

constexpr uint8_t kSlice = 1, kIdr = 5, kSps = 7, kPps = 8, kLastSingle = 23, kStapA = 24,
                  kFuA = 28;

// first_mb_in_slice, an Exp-Golomb number, is zero when its first bit is set.
bool IsFirstSlice(ByteSpan body) { return !body.empty() && (body[0] & 0x80) != 0; }

void TakeSlice(uint8_t type, ByteSpan body, bool begins, H264Payload& out) {
  const bool first = begins && IsFirstSlice(body);
  if (type == kIdr) {
    out.has_idr = true;
    out.starts_idr = out.starts_idr || first;
  }
  if (type >= kSlice && type <= kIdr) out.starts_frame = out.starts_frame || first;
}

void TakeNalUnit(ByteSpan unit, H264Payload& out) {
  const uint8_t type = unit[0] & 0x1F;
  if (type == kSps && out.sps.empty()) out.sps = unit;
  if (type == kPps && out.pps.empty()) out.pps = unit;
  TakeSlice(type, unit.subspan(1), true, out);
}

bool TakeAggregate(ByteSpan payload, H264Payload& out) {
  ByteReader in(payload.subspan(1));
  while (in.remaining() > 0) {
    const size_t size = in.U16();
    const ByteSpan unit = in.Bytes(size);
    if (!in.ok() || unit.empty()) return false;
    TakeNalUnit(unit, out);
  }
  return in.ok() && payload.size() > 1;
}

bool TakeFragment(ByteSpan payload, H264Payload& out) {
  if (payload.size() < 3) return false;
  const bool begins = (payload[1] & 0x80) != 0;
  TakeSlice(payload[1] & 0x1F, payload.subspan(2), begins, out);
  return true;
}

}  // namespace

std::optional<H264Payload> ParseH264Payload(ByteSpan payload) {
  if (payload.size() < 2) return std::nullopt;
  H264Payload out;
  const uint8_t type = payload[0] & 0x1F;
  bool ok = false;
  if (type > 0 && type <= kLastSingle) {
    TakeNalUnit(payload, out);
    ok = true;
  } else if (type == kStapA) {
    ok = TakeAggregate(payload, out);
  } else if (type == kFuA) {
    ok = TakeFragment(payload, out);
  }
  return ok ? std::optional(out) : std::nullopt;
}

}  // namespace pcd::rtp

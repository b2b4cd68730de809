#include "engine/rtp/h265_payload.h"

namespace pcd::rtp {
namespace {

constexpr uint8_t kFirstIrap = 16, kLastIrap = 23, kLastSlice = 31, kVps = 32, kSps = 33, kPps = 34,
                  kAggregate = 48, kFragment = 49, kLastSingle = 47;
constexpr size_t kHeaderBytes = 2;

uint8_t TypeOf(uint8_t first) { return static_cast<uint8_t>((first >> 1) & 0x3F); }

// `body` begins with first_slice_segment_in_pic_flag.
void TakeSlice(uint8_t type, ByteSpan body, bool begins, H265Payload& out) {
  if (type > kLastSlice) return;
  const bool first = begins && !body.empty() && (body[0] & 0x80) != 0;
  out.starts_frame = out.starts_frame || first;
  if (type < kFirstIrap || type > kLastIrap) return;
  out.has_irap = true;
  out.starts_irap = out.starts_irap || first;
}

void TakeNalUnit(ByteSpan unit, H265Payload& out) {
  const uint8_t type = TypeOf(unit[0]);
  if (type == kVps && out.vps.empty()) out.vps = unit;
  if (type == kSps && out.sps.empty()) out.sps = unit;
  if (type == kPps && out.pps.empty()) out.pps = unit;
  TakeSlice(type, unit.subspan(kHeaderBytes), true, out);
}

bool TakeAggregate(ByteSpan payload, H265Payload& out) {
  ByteReader in(payload.subspan(kHeaderBytes));
  while (in.remaining() > 0) {
    const ByteSpan unit = in.Bytes(in.U16());
    if (!in.ok() || unit.size() <= kHeaderBytes) return false;
    TakeNalUnit(unit, out);
  }
  return in.ok() && payload.size() > kHeaderBytes;
}

bool TakeFragment(ByteSpan payload, H265Payload& out) {
  if (payload.size() <= kHeaderBytes + 1) return false;
  const uint8_t head = payload[kHeaderBytes];
  TakeSlice(head & 0x3F, payload.subspan(kHeaderBytes + 1), (head & 0x80) != 0, out);
  return true;
}

}  // namespace

std::optional<H265Payload> ParseH265Payload(ByteSpan payload) {
  if (payload.size() <= kHeaderBytes) return std::nullopt;
  H265Payload out;
  const uint8_t type = TypeOf(payload[0]);
  bool ok = false;
  if (type <= kLastSingle) {
    TakeNalUnit(payload, out);
    ok = true;
  } else if (type == kAggregate) {
    ok = TakeAggregate(payload, out);
  } else if (type == kFragment) {
    ok = TakeFragment(payload, out);
  }
  return ok ? std::optional(out) : std::nullopt;
}

}  // namespace pcd::rtp

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

bool CompoundReader::Fail() {
  malformed_ = true;
  rest_ = {};
  return false;
}

bool CompoundReader::Next(RtcpPacketView& packet) {
  if (rest_.empty()) return false;
  if (rest_.size() < kRtcpHeaderBytes || (rest_[0] >> 6) != 2) return Fail();
  const size_t size = 4 * (size_t{LoadU16(&rest_[2])} + 1);
  if (size > rest_.size()) return Fail();
  ByteSpan body = rest_.subspan(kRtcpHeaderBytes, size - kRtcpHeaderBytes);
  if ((rest_[0] & 0x20) != 0) {
    // Padding is a multiple of 4 and includes its count byte.
    const size_t padding = body.empty() ? 0 : body.back();
    if (padding == 0 || padding % 4 != 0 || padding > body.size()) return Fail();
    body = body.first(body.size() - padding);
  }
  packet = {rest_[1], static_cast<uint8_t>(rest_[0] & 0x1F), body};
  rest_ = rest_.subspan(size);
  return true;
}

void WriteRtcpHeader(ByteWriter& out, uint8_t type, uint8_t count, size_t body_bytes) {
  out.U8(static_cast<uint8_t>(0x80 | (count & 0x1F)));
  out.U8(type);
  out.U16(static_cast<uint16_t>(body_bytes / 4));
}

}  // namespace pcd::rtp

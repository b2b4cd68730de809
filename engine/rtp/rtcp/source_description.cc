#include "engine/rtp/rtcp/source_description.h"

namespace pcd::rtp {
namespace {

constexpr uint8_t kItemEnd = 0;
constexpr uint8_t kItemCname = 1;

}  // namespace

SourceDescriptionReader::SourceDescriptionReader(const RtcpPacketView& packet)
    : rest_(packet.body), chunks_left_(packet.type == kRtcpSourceDescription ? packet.count : 0) {}

bool SourceDescriptionReader::Next(CnameChunk& chunk) {
  if (chunks_left_ == 0) return false;
  --chunks_left_;
  ByteReader in(rest_);
  chunk = {in.U32(), {}};
  while (in.ok()) {
    const uint8_t type = in.U8();
    if (type == kItemEnd) break;
    const ByteSpan text = in.Bytes(in.U8());
    if (in.ok() && type == kItemCname && chunk.cname.empty()) {
      chunk.cname = {reinterpret_cast<const char*>(text.data()), text.size()};
    }
  }
  // Chunks begin at multiples of 4; the body does too.
  in.Skip((4 - in.offset() % 4) % 4);
  if (!in.ok()) {
    chunks_left_ = 0;
    return false;
  }
  rest_ = rest_.subspan(in.offset());
  return true;
}

void WriteCname(ByteWriter& out, uint32_t ssrc, std::string_view cname) {
  cname = cname.substr(0, 255);
  // SSRC, item head, name, and one to four zeros that end the item list on a word.
  const size_t used = 4 + 2 + cname.size();
  const size_t zeros = 4 - used % 4;
  WriteRtcpHeader(out, kRtcpSourceDescription, 1, used + zeros);
  out.U32(ssrc);
  out.U8(kItemCname);
  out.U8(static_cast<uint8_t>(cname.size()));
  out.Bytes({reinterpret_cast<const uint8_t*>(cname.data()), cname.size()});
  out.Zeros(zeros);
}

}  // namespace pcd::rtp

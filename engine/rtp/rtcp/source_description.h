#ifndef ENGINE_RTP_RTCP_SOURCE_DESCRIPTION_H_
#define ENGINE_RTP_RTCP_SOURCE_DESCRIPTION_H_

#include <cstdint>
#include <string_view>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// The CNAME of one chunk of an SDES packet (RFC 3550 section 6.5); other items are skipped.
struct CnameChunk {
  uint32_t ssrc = 0;
  std::string_view cname{};  // Borrowed; empty when the chunk has none. Any bytes, unchecked.
};

// Walks the chunks. A truncated chunk ends the walk.
class SourceDescriptionReader {
 public:
  // A packet of another type has no chunks.
  explicit SourceDescriptionReader(const RtcpPacketView& packet);
  bool Next(CnameChunk& chunk);

 private:
  ByteSpan rest_;
  size_t chunks_left_;
};

// One chunk with one CNAME item; a name of more than 255 bytes is cut.
void WriteCname(ByteWriter& out, uint32_t ssrc, std::string_view cname);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_SOURCE_DESCRIPTION_H_

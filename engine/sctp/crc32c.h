// The checksum of SCTP packets (RFC 9260 section 6.8).
#ifndef ENGINE_SCTP_CRC32C_H_
#define ENGINE_SCTP_CRC32C_H_

#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::sctp {

// CRC-32C (Castagnoli), by the processor's instruction where it has one.
uint32_t Crc32c(ByteSpan bytes);

// Without that instruction; for tests and for other processors.
uint32_t Crc32cPortable(ByteSpan bytes);

// Of a whole packet of at least 12 bytes, its checksum field taken as zero.
bool HasSctpChecksum(ByteSpan packet);
void SetSctpChecksum(MutableByteSpan packet);

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_CRC32C_H_

// What one transport carried as media.
#ifndef ENGINE_TRANSPORT_MEDIA_COUNTERS_H_
#define ENGINE_TRANSPORT_MEDIA_COUNTERS_H_

#include <cstdint>

namespace pcd::transport {

// Packets and bytes as they travel (headers and SRTP trailer included). Received: what passed
// authentication. Sent: what was protected and given to ICE.
struct MediaCounters {
  uint64_t rtp_packets_received = 0, rtp_bytes_received = 0;
  uint64_t rtcp_packets_received = 0, rtcp_bytes_received = 0;
  uint64_t rtp_packets_sent = 0, rtp_bytes_sent = 0;
  uint64_t rtcp_packets_sent = 0, rtcp_bytes_sent = 0;
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_MEDIA_COUNTERS_H_

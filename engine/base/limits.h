// Every cap that keeps a peer or a caller from growing the process without bound. The
// service exposes each as a flag; one test per default.
#ifndef ENGINE_BASE_LIMITS_H_
#define ENGINE_BASE_LIMITS_H_

#include <cstddef>

#include "engine/base/time.h"

namespace pcd {

struct Limits {
  size_t max_peer_connections = 2000;  // In the process.
  size_t max_certificates = 1000;      // Generated ones, in the process.
  size_t max_sdp_bytes = 256 * 1024;   // One description.
  size_t max_media_sections = 64;      // m-lines of one description.
  size_t max_transports = 16;          // Per connection; sections that are not bundled.
  // In each direction: in the descriptions of a connection, and again in each ICE transport, by
  // generation.
  size_t max_candidates = 100;
  size_t max_candidate_pairs = 100;          // Checked and remembered, per ICE transport.
  size_t max_data_channels = 1024;           // Per connection.
  size_t max_label_bytes = 256;              // Data channel label and protocol, each.
  size_t max_message_bytes = 256 * 1024;     // One data channel message, both ways.
  size_t max_data_buffered_bytes = 4 << 20;  // Unsent data channel bytes per connection.
  size_t max_data_received_bytes = 1 << 20;  // Received, not yet taken by a paused consumer.
  size_t max_sinks = 16;                     // Per connection.
  size_t max_local_tracks = 16;              // Per connection, each with a source.
  size_t max_ssrcs = 64;                     // Signalled or learnt by mid, per connection.
  size_t max_unsignalled_ssrcs = 16;         // Learnt by payload type alone, per connection.
  size_t max_events = 1024;                  // Event ring per connection.
  size_t max_event_bytes = 64 * 1024;        // Event ring per connection.
  Duration dtls_handshake_timeout = std::chrono::seconds(30);
  // Zero: such connections stay until they are closed.
  Duration never_connected_timeout = std::chrono::seconds(60);  // From creation.
  Duration disconnected_timeout = std::chrono::seconds(60);     // Or failed, without a break.
};

}  // namespace pcd

#endif  // ENGINE_BASE_LIMITS_H_

// What the gRPC server is started with.
#ifndef SERVICE_SERVER_OPTIONS_H_
#define SERVICE_SERVER_OPTIONS_H_

#include <cstdint>
#include <string>

namespace pcd::service {

struct SecurityOptions {
  std::string certificate_file{};  // PEM, with its chain. Empty: plaintext.
  std::string key_file{};          // PEM.
  // PEM of the authorities whose client certificates are required and checked; empty: clients
  // need none, which is refused beyond loopback unless allowed.
  std::string client_ca_file{};
  bool allow_unauthenticated_clients = false;  // TLS beyond loopback without client_ca_file.
  bool allow_insecure = false;                 // Plaintext on other addresses than loopback.
};

struct ServerOptions {
  std::string listen_address = "127.0.0.1:50051";  // Port 0: the system chooses.
  SecurityOptions security{};
  int64_t max_receive_bytes = 1 << 20;
  int64_t max_send_bytes = 4 << 20;
  int64_t max_metadata_bytes = 16 << 10;
  int64_t max_concurrent_streams = 256;  // Of one client connection.
  int64_t max_connection_idle_seconds = 30 * 60;
  int64_t max_connection_age_seconds = 0;   // 0: no limit.
  int64_t keepalive_seconds = 60;           // Between pings of the server.
  int64_t max_threads = 64;                 // Of gRPC.
  int64_t max_watches = 256;                // WatchEvents streams at a time, of all clients.
  int64_t max_watch_bytes = 8 << 20;        // Events that wait for one reader.
  int64_t max_watches_bytes = 256 << 20;    // What waits for all readers of events.
  int64_t max_memory_bytes = 512 << 20;     // Of gRPC, for all calls.
  int64_t max_request_id_bytes = 32 << 20;  // Answers kept for repeats of requests.
  int64_t max_data_streams = 4096;          // Data channel streams at a time, of all clients.
};

}  // namespace pcd::service

#endif  // SERVICE_SERVER_OPTIONS_H_

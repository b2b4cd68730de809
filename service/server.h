// The gRPC server: the contract's services, health and reflection on one port.
#ifndef SERVICE_SERVER_H_
#define SERVICE_SERVER_H_

#include <absl/status/statusor.h>
#include <grpcpp/channel.h>
#include <grpcpp/server.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "engine/host/host.h"
#include "service/admin_service.h"
#include "service/data_channel_service.h"
#include "service/event_service.h"
#include "service/media_service.h"
#include "service/peer_connection_service.h"
#include "service/request_ids.h"
#include "service/server_options.h"

namespace pcd::service {

// Health names: "" is SERVING as long as the process works; "liveness" while all media loops turn
// (see loop_heartbeat.h); "readiness" while
// it takes new connections, that is, has room and does not drain; each service by its full name
// until the server stops, so that a draining node keeps its control planes.
//
// Threading: all methods but SetLive from one thread; the server has its own.
class Server {
 public:
  // `host` outlives the server. INVALID_ARGUMENT for options, UNAVAILABLE when the address
  // cannot be bound (another process has it).
  static absl::StatusOr<std::unique_ptr<Server>> Start(host::Host& host,
                                                       const ServerOptions& options);
  ~Server();

  int port() const { return port_; }
  // A channel to this server that uses no socket.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // The node takes no new connections: "readiness" becomes NOT_SERVING.
  void SetDraining();
  // "readiness" follows whether there is room for a connection. Any thread, before Shutdown.
  void UpdateReadiness();

  // Whether all media loops turn: "liveness" says so from now on, until the next call. Any thread,
  // before Shutdown.
  void SetLive(bool live);

  // Tells health watchers, then ends calls that are still open after `grace`. Idempotent.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  Server(host::Host& host, const ServerOptions& options);

  host::Host& host_;
  std::atomic<bool> draining_{false};
  RequestIds request_ids_;
  PeerConnectionService peer_connections_;
  MediaService media_;
  DataChannelService data_channels_;
  EventService events_;
  AdminService admin_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace pcd::service

#endif  // SERVICE_SERVER_H_

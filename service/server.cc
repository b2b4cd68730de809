#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "engine/base/status.h"
#include "service/reply_limit.h"
#include "service/server_credentials.h"
#include "service/write_queue.h"

namespace pcd::service {
namespace {

constexpr int kHandshakeTimeoutMs = 10'000;
constexpr int kMinPingIntervalMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int64_t kMillis = 1000;

void SetArguments(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_receive_bytes));
  builder.SetMaxSendMessageSize(static_cast<int>(options.max_send_bytes));
  const auto set = [&builder](const char* name, int64_t value) {
    builder.AddChannelArgument(name, static_cast<int>(value));
  };
  // Otherwise a second process shares the port in silence and gets half of the calls.
  set(GRPC_ARG_ALLOW_REUSEPORT, 0);
  set(GRPC_ARG_MAX_METADATA_SIZE, options.max_metadata_bytes);
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, options.max_connection_idle_seconds * kMillis);
  if (options.max_connection_age_seconds > 0) {
    set(GRPC_ARG_MAX_CONNECTION_AGE_MS, options.max_connection_age_seconds * kMillis);
  }
  // gRPC's defaults punish clients that ping more often than every five minutes; ours may
  // every 20 seconds, with or without calls.
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  set(GRPC_ARG_KEEPALIVE_TIME_MS, options.keepalive_seconds * kMillis);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  grpc::ResourceQuota quota("peerconnectiond");
  quota.Resize(static_cast<size_t>(options.max_memory_bytes));
  quota.SetMaxThreads(static_cast<int>(options.max_threads));
  builder.SetResourceQuota(quota);
}

WriteQueueLimits WatchLimits(const ServerOptions& options) {
  return {.max_bytes = static_cast<size_t>(options.max_watch_bytes),
          .budget = std::make_shared<ByteBudget>(static_cast<size_t>(options.max_watches_bytes))};
}

void SetHealth(grpc::Server& server) {
  grpc::HealthCheckServiceInterface& health = *server.GetHealthCheckService();
  health.SetServingStatus(true);
  for (const char* name :
       {"liveness", "readiness", v1::PeerConnectionService::service_full_name(),
        v1::MediaService::service_full_name(), v1::DataChannelService::service_full_name(),
        v1::EventService::service_full_name(), v1::AdminService::service_full_name()}) {
    health.SetServingStatus(name, true);
  }
}

}  // namespace

Server::Server(host::Host& host, const ServerOptions& options)
    : host_(host),
      request_ids_({.max_bytes = static_cast<size_t>(options.max_request_id_bytes)}),
      peer_connections_({host, request_ids_}),
      media_({host, request_ids_}),
      data_channels_({host, request_ids_}, options.max_data_streams),
      events_(host, options.max_watches, WatchLimits(options)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(host::Host& host,
                                                      const ServerOptions& options) {
  PCD_ASSIGN_OR_RETURN(auto credentials,
                       MakeServerCredentials(options.security, options.listen_address));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<Server> server(new Server(host, options));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen_address, std::move(credentials), &server->port_);
  MaxReplyBytes() = static_cast<size_t>(options.max_send_bytes);
  SetArguments(builder, options);
  builder.RegisterService(&server->peer_connections_);
  builder.RegisterService(&server->media_);
  builder.RegisterService(&server->data_channels_);
  builder.RegisterService(&server->events_);
  builder.RegisterService(&server->admin_);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return absl::UnavailableError("cannot listen on " + options.listen_address +
                                  ": the address is not ours or another process has the port");
  }
  SetHealth(*server->server_);
  return server;
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  return server_->InProcessChannel(grpc::ChannelArguments());
}

void Server::SetDraining() {
  draining_ = true;
  UpdateReadiness();
}

void Server::UpdateReadiness() {
  const bool full = host_.size() >= host_.options().limits.max_peer_connections;
  server_->GetHealthCheckService()->SetServingStatus("readiness", !draining_ && !full);
}

void Server::SetLive(bool live) {
  server_->GetHealthCheckService()->SetServingStatus("liveness", live);
}

void Server::Shutdown(std::chrono::milliseconds grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->Shutdown();
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
  server_.reset();
}

}  // namespace pcd::service

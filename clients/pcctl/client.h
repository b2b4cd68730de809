// The connection to the service and its stubs.
#ifndef CLIENTS_PCCTL_CLIENT_H_
#define CLIENTS_PCCTL_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "clients/pcctl/api.h"
#include "clients/pcctl/global_options.h"
#include "peerconnection/v1/data_channel_service.grpc.pb.h"
#include "peerconnection/v1/event_service.grpc.pb.h"
#include "peerconnection/v1/media_service.grpc.pb.h"
#include "peerconnection/v1/peer_connection_service.grpc.pb.h"

namespace pcd::pcctl {

// Threading: any thread.
class Client {
 public:
  // Connects when the first call is made. Null, with `error` set, if a TLS file cannot be read.
  static std::unique_ptr<Client> Make(const GlobalOptions& options, std::string* error);

  api::PeerConnectionService::StubInterface& connections() { return *connections_; }
  api::MediaService::StubInterface& media() { return *media_; }
  api::DataChannelService::StubInterface& data_channels() { return *data_channels_; }
  api::EventService::StubInterface& events() { return *events_; }

  // For one unary call: its deadline is set.
  std::unique_ptr<grpc::ClientContext> NewCall() const;
  // For one stream: its deadline is set only if the user asked for one.
  std::unique_ptr<grpc::ClientContext> NewStream() const;

 private:
  Client(const std::shared_ptr<grpc::Channel>& channel,
         std::optional<std::chrono::milliseconds> timeout);

  const std::unique_ptr<api::PeerConnectionService::StubInterface> connections_;
  const std::unique_ptr<api::MediaService::StubInterface> media_;
  const std::unique_ptr<api::DataChannelService::StubInterface> data_channels_;
  const std::unique_ptr<api::EventService::StubInterface> events_;
  const std::optional<std::chrono::milliseconds> timeout_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CLIENT_H_

// The whole service in the test's process: real loop, gRPC server and engine, over a fake ICE
// network and fake SCTP, called through an in-process channel.
#ifndef SERVICE_SERVICE_HARNESS_TESTING_H_
#define SERVICE_SERVICE_HARNESS_TESTING_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/host/host.h"
#include "engine/ice/fake_ice_network.h"
#include "engine/ice/shared_port_factory.h"
#include "engine/ice/shared_port_options.h"
#include "engine/net/address_policy.h"
#include "engine/net/event_loop_pool.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "google/rpc/error_details.pb.h"
#include "peerconnection/v1/admin_service.grpc.pb.h"
#include "peerconnection/v1/data_channel_service.grpc.pb.h"
#include "peerconnection/v1/event_service.grpc.pb.h"
#include "peerconnection/v1/media_service.grpc.pb.h"
#include "peerconnection/v1/peer_connection_service.grpc.pb.h"
#include "service/contract.h"
#include "service/server.h"
#include "service/server_options.h"

namespace pcd::service {

// The reason of an error, with the checks that every error of this API must pass. "" for OK.
std::string Reason(const grpc::Status& status);
google::rpc::ErrorInfo InfoOf(const grpc::Status& status);

// Contexts with a deadline: nothing in a test waits for ever.
std::unique_ptr<grpc::ClientContext> NewContext();

// Threading: the test's thread.
class ServiceHarness {
 public:
  // With `port` connections share a real port of the machine instead of the fake network.
  explicit ServiceHarness(Limits limits = {}, ServerOptions options = {},
                          const ice::SharedPortOptions* port = nullptr);
  ~ServiceHarness();

  // Calls a method of a stub: Call(&Stub::Create, stub, request, &response).
  template <typename Stub, typename Base, typename Request, typename Response>
  static grpc::Status Call(grpc::Status (Base::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           Stub& stub, const Request& request, Response* response) {
    const auto context = NewContext();
    return (stub.*method)(context.get(), request, response);
  }

  // Creates a connection and returns its id.
  std::string Create(const std::string& suffix = "");
  grpc::Status Close(const std::string& id);
  v1::PeerConnection Get(const std::string& id);

  // Offer and answer between two connections of this service, without candidates: the fake
  // network needs none.
  void Negotiate(const std::string& offerer, const std::string& answerer);

  Server& server() { return *server_; }
  host::Host& host() { return *host_; }
  int port() const { return server_->port(); }
  net::Loop& loop() { return loops_->loop(0); }
  uint16_t media_port() const { return shared_port_->ports().front(); }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  void StopServer();

  std::unique_ptr<v1::PeerConnectionService::Stub> connections;
  std::unique_ptr<v1::MediaService::Stub> media;
  std::unique_ptr<v1::DataChannelService::Stub> data;
  std::unique_ptr<v1::EventService::Stub> events;

 private:
  std::unique_ptr<net::EventLoopPool> loops_;
  ice::FakeIceNetwork ice_;
  std::unique_ptr<ice::SharedPortFactory> shared_port_;
  sctp::FakeSctpAssociationFactory sctp_;
  net::AddressPolicy sink_policy_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A WatchEvents stream that is read step by step.
class EventReader {
 public:
  EventReader(ServiceHarness& service, const v1::WatchEventsRequest& request);
  ~EventReader();

  // The next message; fails the test and returns an empty one when the stream has ended.
  v1::WatchEventsResponse Next();
  // Reads up to and including the first message that `wanted` accepts.
  v1::WatchEventsResponse Until(const std::function<bool(const v1::WatchEventsResponse&)>& wanted);
  // Reads up to `synced` and returns everything before it.
  std::vector<v1::WatchEventsResponse> Initial();
  // Reads to the end of the stream.
  grpc::Status Finish() { return Finish(nullptr); }
  // What it read goes to `rest`.
  grpc::Status Finish(std::vector<v1::WatchEventsResponse>* rest);
  void Cancel() { context_->TryCancel(); }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>> reader_;
  bool finished_ = false;
};

}  // namespace pcd::service

#endif  // SERVICE_SERVICE_HARNESS_TESTING_H_

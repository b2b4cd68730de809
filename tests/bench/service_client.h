// What the bench asks of the service, over gRPC, as any caller would.
#ifndef TESTS_BENCH_SERVICE_CLIENT_H_
#define TESTS_BENCH_SERVICE_CLIENT_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/model/session.h"
#include "peerconnection/v1/data_channel_service.grpc.pb.h"
#include "peerconnection/v1/peer_connection_service.grpc.pb.h"

namespace pcd::bench {

struct AcceptedOffer {
  std::string peer_connection_id{};
  SessionDescription answer{};
};

// Exits this program on any error: a benchmark of half a service is worthless.
// Threading: any thread.
class ServiceClient {
 public:
  explicit ServiceClient(const std::string& address);

  // `sink_port` 0: no sink. The sink takes the first video track; each has a loopback address of
  // its own, so that one socket on all addresses receives them all.
  AcceptedOffer AcceptOffer(const SessionDescription& offer, uint16_t sink_port);
  void Close(const std::string& peer_connection_id);
  ::peerconnection::v1::DataChannelService::Stub& data_channels() { return *data_channels_; }

 private:
  std::atomic<size_t> sinks_{0};
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<::peerconnection::v1::PeerConnectionService::Stub> connections_;
  std::unique_ptr<::peerconnection::v1::DataChannelService::Stub> data_channels_;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_SERVICE_CLIENT_H_

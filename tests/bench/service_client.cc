#include "tests/bench/service_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <cstdio>
#include <cstdlib>

namespace pcd::bench {
namespace v1 = ::peerconnection::v1;

namespace {

void Require(const grpc::Status& status, const char* call) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s: %d %s\n", call, status.error_code(),
               status.error_message().c_str());
  std::exit(1);
}

}  // namespace

ServiceClient::ServiceClient(const std::string& address)
    : channel_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
      connections_(v1::PeerConnectionService::NewStub(channel_)),
      data_channels_(v1::DataChannelService::NewStub(channel_)) {}

AcceptedOffer ServiceClient::AcceptOffer(const SessionDescription& offer, uint16_t sink_port) {
  v1::AcceptOfferRequest request;
  request.mutable_offer()->set_type(v1::SDP_TYPE_OFFER);
  request.mutable_offer()->set_sdp(offer.sdp);
  request.set_gathering(v1::GATHERING_MODE_COMPLETE);
  if (sink_port != 0) {
    v1::SinkSpec& sink = *request.add_sinks();
    sink.set_sink_id("video");
    auto& selector = *sink.mutable_selector()->mutable_kind_and_ordinal();
    selector.set_kind(v1::MEDIA_KIND_VIDEO);
    // No two sinks share a destination, but all of 127.0.0.0/8 is one machine's loopback.
    const size_t number = sinks_++;
    sink.mutable_destination()->set_host("127.0." + std::to_string(number / 250 % 250) + "." +
                                         std::to_string(number % 250 + 1));
    sink.mutable_destination()->set_port(sink_port);
  }
  v1::AcceptOfferResponse response;
  grpc::ClientContext context;
  Require(connections_->AcceptOffer(&context, request, &response), "AcceptOffer");
  return {.peer_connection_id = response.peer_connection().peer_connection_id(),
          .answer = {.type = SdpType::kAnswer, .sdp = response.answer().sdp()}};
}

void ServiceClient::Close(const std::string& peer_connection_id) {
  v1::CloseRequest request;
  request.set_peer_connection_id(peer_connection_id);
  v1::CloseResponse response;
  grpc::ClientContext context;
  Require(connections_->Close(&context, request, &response), "Close");
}

}  // namespace pcd::bench

// Every method of the contract answers: those that are built by what they do, the others with
// UNIMPLEMENTED and a reason.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <set>
#include <string>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

const std::set<std::string> kBuilt = {
    "PeerConnectionService.Create",
    "PeerConnectionService.Get",
    "PeerConnectionService.List",
    "PeerConnectionService.Close",
    "PeerConnectionService.GetConfiguration",
    "PeerConnectionService.SetConfiguration",
    "PeerConnectionService.CreateOffer",
    "PeerConnectionService.CreateAnswer",
    "PeerConnectionService.SetLocalDescription",
    "PeerConnectionService.SetRemoteDescription",
    "PeerConnectionService.AddIceCandidate",
    "PeerConnectionService.RestartIce",
    "PeerConnectionService.RemoveTrack",
    "PeerConnectionService.AddTransceiver",
    "PeerConnectionService.SetTransceiverDirection",
    "PeerConnectionService.StopTransceiver",
    "PeerConnectionService.SetCodecPreferences",
    "PeerConnectionService.ListTransceivers",
    "PeerConnectionService.ListSenders",
    "PeerConnectionService.ListReceivers",
    "PeerConnectionService.SetSenderStreams",
    "PeerConnectionService.GetCapabilities",
    "PeerConnectionService.GenerateCertificate",
    "PeerConnectionService.GetStats",
    "PeerConnectionService.AddTrack",
    "PeerConnectionService.ReplaceTrack",
    "PeerConnectionService.GetSenderParameters",
    "PeerConnectionService.SetSenderParameters",
    "PeerConnectionService.GetReceiverParameters",
    "PeerConnectionService.InsertDtmf",
    "PeerConnectionService.WriteRtcp",
    "PeerConnectionService.Negotiate",
    "PeerConnectionService.AcceptOffer",
    "MediaService.CreateSink",
    "MediaService.GetSink",
    "MediaService.UpdateSink",
    "MediaService.ListSinks",
    "MediaService.DeleteSink",
    "MediaService.GetSinkSdp",
    "MediaService.RequestKeyFrame",
    "MediaService.CreateLocalTrack",
    "MediaService.DeleteLocalTrack",
    "MediaService.GetTrack",
    "MediaService.ListTracks",
    "DataChannelService.CreateDataChannel",
    "DataChannelService.GetDataChannel",
    "DataChannelService.ListDataChannels",
    "DataChannelService.CloseDataChannel",
    "DataChannelService.SetBufferedAmountLowThreshold",
    "DataChannelService.Send",
    "DataChannelService.Stream",
    "EventService.WatchEvents",
};

// An empty request is valid for these.
const std::set<std::string> kTakesAnEmptyRequest = {
    "PeerConnectionService.Create",
    "PeerConnectionService.List",
    "PeerConnectionService.GenerateCertificate",
};

// Calls any method with an empty request, as a unary call; what matters is the error.
grpc::Status CallEmpty(ServiceHarness& service, const MethodDescriptor& method) {
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  const google::protobuf::Empty request;
  google::protobuf::Empty response;
  const auto context = NewContext();
  return grpc::internal::BlockingUnaryCall(
      service.channel().get(),
      grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC), context.get(),
      request, &response);
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"PeerConnectionService", "MediaService", "DataChannelService",
                           "EventService", "AdminService"}) {
    const ServiceDescriptor* service =
        pool.FindServiceByName(std::string("peerconnection.v1.") + name);
    if (service == nullptr) {
      ADD_FAILURE() << name;
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

std::string ShortName(const MethodDescriptor& method) {
  return method.service()->name() + "." + method.name();
}

TEST(ContractCoverage, AMethodThatIsNotBuiltSaysSo) {
  ServiceHarness service;
  size_t checked = 0;
  for (const MethodDescriptor* method : Methods()) {
    if (kBuilt.count(ShortName(*method)) > 0) continue;
    const grpc::Status status = CallEmpty(service, *method);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << ShortName(*method);
    EXPECT_EQ(Reason(status), "NOT_IMPLEMENTED") << ShortName(*method);
    ++checked;
  }
  EXPECT_EQ(checked + kBuilt.size(), Methods().size());
}

TEST(ContractCoverage, AMethodThatIsBuiltChecksItsRequest) {
  ServiceHarness service;
  std::set<std::string> seen;
  for (const MethodDescriptor* method : Methods()) {
    if (kBuilt.count(ShortName(*method)) == 0) continue;
    seen.insert(ShortName(*method));
    if (method->client_streaming() || method->server_streaming()) continue;
    const grpc::Status status = CallEmpty(service, *method);
    if (kTakesAnEmptyRequest.count(ShortName(*method)) > 0) {
      EXPECT_TRUE(status.ok()) << ShortName(*method) << ": " << status.error_message();
    } else {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << ShortName(*method);
      EXPECT_EQ(Reason(status), "INVALID_ARGUMENT") << ShortName(*method);
    }
  }
  EXPECT_EQ(seen, kBuilt);
}

}  // namespace
}  // namespace pcd::service

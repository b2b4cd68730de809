// Health and reflection, spoken by hand: no package carries their messages, and both are
// simple on the wire.
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <set>
#include <string>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using grpc::internal::RpcMethod;

constexpr int kServing = 1;
constexpr int kNotServing = 2;

// HealthCheckRequest has a string and HealthCheckResponse an enum as field 1, like wrappers.
grpc::Status Check(ServiceHarness& service, const std::string& name, int* status) {
  google::protobuf::StringValue request;
  request.set_value(name);
  google::protobuf::Int32Value response;
  const auto context = NewContext();
  const grpc::Status result = grpc::internal::BlockingUnaryCall(
      service.channel().get(), RpcMethod("/grpc.health.v1.Health/Check", RpcMethod::NORMAL_RPC),
      context.get(), request, &response);
  *status = response.value();
  return result;
}

const char* const kServices[] = {
    "peerconnection.v1.PeerConnectionService", "peerconnection.v1.MediaService",
    "peerconnection.v1.DataChannelService", "peerconnection.v1.EventService",
    "peerconnection.v1.AdminService"};

TEST(Health, EveryNameIsServing) {
  ServiceHarness service;
  std::set<std::string> names(std::begin(kServices), std::end(kServices));
  names.insert({"", "liveness", "readiness"});
  for (const std::string& name : names) {
    int status = 0;
    EXPECT_TRUE(Check(service, name, &status).ok()) << name;
    EXPECT_EQ(status, kServing) << name;
  }
  int status = 0;
  EXPECT_EQ(Check(service, "other", &status).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(Health, ADrainingNodeIsNotReadyButServesItsConnections) {
  ServiceHarness service;
  service.server().SetDraining();
  int status = 0;
  EXPECT_TRUE(Check(service, "readiness", &status).ok());
  EXPECT_EQ(status, kNotServing);
  for (const char* name : {"", "liveness", kServices[0]}) {
    EXPECT_TRUE(Check(service, name, &status).ok());
    EXPECT_EQ(status, kServing) << name;
  }
}

TEST(Health, AFullNodeIsNotReadyUntilThereIsRoom) {
  ServiceHarness service({.max_peer_connections = 1});
  const std::string id = service.Create();
  service.server().UpdateReadiness();
  int status = 0;
  EXPECT_TRUE(Check(service, "readiness", &status).ok());
  EXPECT_EQ(status, kNotServing);
  ASSERT_TRUE(service.Close(id).ok());
  service.server().UpdateReadiness();
  EXPECT_TRUE(Check(service, "readiness", &status).ok());
  EXPECT_EQ(status, kServing);
}

TEST(Health, LivenessFollowsTheLoops) {
  ServiceHarness service;
  int status = 0;
  service.server().SetLive(false);
  EXPECT_TRUE(Check(service, "liveness", &status).ok());
  EXPECT_EQ(status, kNotServing);
  EXPECT_TRUE(Check(service, "readiness", &status).ok());
  EXPECT_EQ(status, kServing);
  service.server().SetLive(true);
  EXPECT_TRUE(Check(service, "liveness", &status).ok());
  EXPECT_EQ(status, kServing);
}

TEST(Health, AWatcherSeesTheChange) {
  ServiceHarness service;
  google::protobuf::StringValue request;
  request.set_value("readiness");
  const auto context = NewContext();
  const std::unique_ptr<grpc::ClientReader<google::protobuf::Int32Value>> reader(
      grpc::internal::ClientReaderFactory<google::protobuf::Int32Value>::Create(
          service.channel().get(),
          RpcMethod("/grpc.health.v1.Health/Watch", RpcMethod::SERVER_STREAMING), context.get(),
          request));
  google::protobuf::Int32Value response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.value(), kServing);
  service.server().SetDraining();
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.value(), kNotServing);
  context->TryCancel();
  while (reader->Read(&response)) {
  }
  reader->Finish();
}

TEST(Reflection, AllServicesAreListed) {
  ServiceHarness service;
  const auto context = NewContext();
  using Any = google::protobuf::Empty;  // Keeps every field as an unknown one.
  const std::unique_ptr<grpc::ClientReaderWriter<Any, Any>> stream(
      grpc::internal::ClientReaderWriterFactory<Any, Any>::Create(
          service.channel().get(),
          RpcMethod("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                    RpcMethod::BIDI_STREAMING),
          context.get()));
  Any request;
  constexpr int kListServices = 7;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(kListServices, "*");
  ASSERT_TRUE(stream->Write(request));
  Any response;
  ASSERT_TRUE(stream->Read(&response));
  const std::string text = response.SerializeAsString();
  for (const char* name : kServices) EXPECT_NE(text.find(name), std::string::npos) << name;
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace pcd::service

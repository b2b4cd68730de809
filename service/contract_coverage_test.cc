// Every method of the contract answers: those that are built by what they do, the others with
// UNIMPLEMENTED and a reason. So does every field of a request.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;
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
    "PeerConnectionService.DeleteCertificate",
    "PeerConnectionService.GetStats",
    "PeerConnectionService.AddTrack",
    "PeerConnectionService.ReplaceTrack",
    "PeerConnectionService.GetSenderParameters",
    "PeerConnectionService.SetSenderParameters",
    "PeerConnectionService.GetReceiverParameters",
    "PeerConnectionService.ListReceiverSources",
    "PeerConnectionService.InsertDtmf",
    "PeerConnectionService.WriteRtcp",
    "PeerConnectionService.Negotiate",
    "PeerConnectionService.ExplainNegotiation",
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

// Calls any method as a unary call; what matters is the error.
grpc::Status Call(ServiceHarness& service, const MethodDescriptor& method,
                  const grpc::protobuf::MessageLite& request) {
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  google::protobuf::Empty response;
  const auto context = NewContext();
  return grpc::internal::BlockingUnaryCall<grpc::protobuf::MessageLite, google::protobuf::Empty>(
      service.channel().get(),
      grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC), context.get(),
      request, &response);
}

grpc::Status CallEmpty(ServiceHarness& service, const MethodDescriptor& method) {
  return Call(service, method, google::protobuf::Empty());
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

// What each built method refuses of its request, as "Method field", when that is all that is set;
// values that are refused in an otherwise whole request are tested with their methods. Whoever
// builds one takes it out here and out of the README's table.
const std::set<std::string> kUnbuiltFields = {
    "MediaService.CreateLocalTrack source.packet_stream",
    "MediaService.CreateLocalTrack source.relay",
    "MediaService.CreateLocalTrack source.udp.srtp",
    "MediaService.CreateSink spec.srtp",
    "PeerConnectionService.AcceptOffer lease_id",
    "PeerConnectionService.AcceptOffer local_tracks.source.packet_stream",
    "PeerConnectionService.AcceptOffer local_tracks.source.relay",
    "PeerConnectionService.AcceptOffer local_tracks.source.udp.srtp",
    "PeerConnectionService.AcceptOffer sinks.srtp",
    "PeerConnectionService.Create lease_id",
};

// Sets one field, or adds one element to it, to something that is not the default.
void SetAnything(Message& message, const FieldDescriptor& field) {
  const Reflection& of = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return many ? of.AddInt32(&message, &field, 1) : of.SetInt32(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_INT64:
      return many ? of.AddInt64(&message, &field, 1) : of.SetInt64(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_UINT32:
      return many ? of.AddUInt32(&message, &field, 1) : of.SetUInt32(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? of.AddUInt64(&message, &field, 1) : of.SetUInt64(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return many ? of.AddDouble(&message, &field, 1) : of.SetDouble(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return many ? of.AddFloat(&message, &field, 1) : of.SetFloat(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? of.AddBool(&message, &field, true) : of.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_ENUM:
      return many ? of.AddEnumValue(&message, &field, 1) : of.SetEnumValue(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? of.AddString(&message, &field, "x") : of.SetString(&message, &field, "x");
    case FieldDescriptor::CPPTYPE_MESSAGE:
      many ? of.AddMessage(&message, &field) : of.MutableMessage(&message, &field);
  }
}

// Calls `visit` for each way to set one field of the request, at any depth, and nothing else.
void ForEachField(Message& message, const std::function<void()>& visit) {
  const auto& type = *message.GetDescriptor();
  const Reflection& of = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    SetAnything(message, field);
    visit();
    const auto* values = field.is_repeated() ? nullptr : field.enum_type();
    for (int value = 2; values != nullptr && value < values->value_count(); ++value) {
      of.SetEnum(&message, &field, values->value(value));
      visit();
    }
    const bool ours = field.message_type() != nullptr && !field.is_map() &&
                      field.message_type()->file()->package() == "peerconnection.v1";
    if (ours) {
      ForEachField(field.is_repeated() ? *of.MutableRepeatedMessage(&message, &field, 0)
                                       : *of.MutableMessage(&message, &field),
                   visit);
    }
    of.ClearField(&message, &field);
  }
}

std::string WithoutIndexes(std::string path) {
  for (size_t at; (at = path.find("[0]")) != std::string::npos;) path.erase(at, 3);
  return path;
}

TEST(ContractCoverage, AFieldThatIsNotBuiltIsRefused) {
  ServiceHarness service;
  std::set<std::string> refused;
  size_t tried = 0;
  for (const MethodDescriptor* method : Methods()) {
    // Streams refuse fields, too: event_stream_test and data_stream_test.
    const bool streams = method->client_streaming() || method->server_streaming();
    if (streams || kBuilt.count(ShortName(*method)) == 0) continue;
    const std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
    ForEachField(*request, [&] {
      const grpc::Status status = Call(service, *method, *request);
      ++tried;
      if (Reason(status) != "FIELD_NOT_IMPLEMENTED") return;
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << ShortName(*method);
      const std::string field = WithoutIndexes(InfoOf(status).metadata().at("field"));
      refused.insert(ShortName(*method) + " " + field);
    });
  }
  EXPECT_EQ(refused, kUnbuiltFields);
  EXPECT_GT(tried, refused.size());
}

}  // namespace
}  // namespace pcd::service

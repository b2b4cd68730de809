// Methods of the contract that this build does not have: UNIMPLEMENTED with an ErrorInfo, so
// that a caller can tell them from a service that does not know the method at all.
#ifndef SERVICE_NOT_IMPLEMENTED_H_
#define SERVICE_NOT_IMPLEMENTED_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <string>

#include "service/contract.h"
#include "service/status_mapping.h"

namespace pcd::service {

inline grpc::Status MethodNotImplemented(const std::string& method) {
  return MakeGrpcStatus(grpc::StatusCode::UNIMPLEMENTED, v1::ERROR_REASON_NOT_IMPLEMENTED,
                        "this build does not have the method " + method,
                        {{"domException", "NotSupportedError"}});
}

inline grpc::ServerUnaryReactor* RefuseUnary(grpc::CallbackServerContext* context,
                                             const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

// One stream more than the flag `flag` allows.
inline grpc::Status TooManyStreams(const std::string& flag, int64_t most) {
  return MakeGrpcStatus(grpc::StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_REASON_LIMIT_EXCEEDED,
                        "this process has as many streams of this kind as --" + flag + " allows",
                        {{"limit", flag}, {"value", std::to_string(most)}});
}

// A server stream that ends before its first message.
template <typename Response>
class RefusedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

// A bidirectional stream that ends before its first message.
template <typename Request, typename Response>
class RefusedBidiStream final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit RefusedBidiStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace pcd::service

// Inside a CallbackService: overrides one method with its refusal. The names of request and
// response follow from the method's, as the contract's lint makes sure.
#define PCD_NOT_IMPLEMENTED_UNARY(method)                                                       \
  grpc::ServerUnaryReactor* method(grpc::CallbackServerContext* context,                        \
                                   const ::peerconnection::v1::method##Request*,                \
                                   ::peerconnection::v1::method##Response*) override {          \
    return ::pcd::service::RefuseUnary(context, ::pcd::service::MethodNotImplemented(#method)); \
  }

#define PCD_NOT_IMPLEMENTED_SERVER_STREAM(method)                                            \
  grpc::ServerWriteReactor<::peerconnection::v1::method##Response>* method(                  \
      grpc::CallbackServerContext*, const ::peerconnection::v1::method##Request*) override { \
    return new ::pcd::service::RefusedStream<::peerconnection::v1::method##Response>(        \
        ::pcd::service::MethodNotImplemented(#method));                                      \
  }

#define PCD_NOT_IMPLEMENTED_BIDI_STREAM(method)                                           \
  grpc::ServerBidiReactor<::peerconnection::v1::method##Request,                          \
                          ::peerconnection::v1::method##Response>*                        \
  method(grpc::CallbackServerContext*) override {                                         \
    return new ::pcd::service::RefusedBidiStream<::peerconnection::v1::method##Request,   \
                                                 ::peerconnection::v1::method##Response>( \
        ::pcd::service::MethodNotImplemented(#method));                                   \
  }

#endif  // SERVICE_NOT_IMPLEMENTED_H_

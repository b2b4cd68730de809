#include "clients/pcctl/fake_service_base.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace pcd::pcctl {
namespace {

// Never answers; ends when the caller gives up.
class SilentReactor : public grpc::ServerUnaryReactor {
 public:
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::Status ToStatus(const FakeError& error) {
  const auto code = static_cast<grpc::StatusCode>(error.code);
  if (error.reason.empty()) return {code, error.message};
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain("peerconnection.v1");
  info.mutable_metadata()->insert(error.metadata.begin(), error.metadata.end());
  google::rpc::Status details;
  details.set_code(error.code);
  details.set_message(error.message);
  details.add_details()->PackFrom(info);
  return {code, error.message, details.SerializeAsString()};
}

grpc::Status FakeServiceBase::ErrorOf(const std::string& method) const {
  const auto error = state_->errors.find(method);
  return error == state_->errors.end() ? grpc::Status::OK : ToStatus(error->second);
}

grpc::ServerUnaryReactor* FakeServiceBase::Reply(grpc::CallbackServerContext* context,
                                                 const std::string& method,
                                                 const grpc::Status& status) const {
  if (state_->silent.contains(method)) return new SilentReactor;
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const grpc::Status error = ErrorOf(method);
  reactor->Finish(error.ok() ? status : error);
  return reactor;
}

}  // namespace pcd::pcctl

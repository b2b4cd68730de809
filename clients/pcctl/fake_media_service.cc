#include "clients/pcctl/fake_media_service.h"

namespace pcd::pcctl {

grpc::Status FakeMediaService::Find(const std::string& id, api::Sink* sink) const {
  for (const api::Sink& each : state_->sinks) {
    if (each.sink_id() != id) continue;
    *sink = each;
    return grpc::Status::OK;
  }
  return ToStatus({.code = grpc::StatusCode::NOT_FOUND,
                   .reason = "SINK_NOT_FOUND",
                   .message = "no sink has the id " + id,
                   .metadata = {}});
}

grpc::ServerUnaryReactor* FakeMediaService::ListSinks(grpc::CallbackServerContext* context,
                                                      const api::ListSinksRequest*,
                                                      api::ListSinksResponse* response) {
  response->mutable_sinks()->Assign(state_->sinks.begin(), state_->sinks.end());
  return Reply(context, "ListSinks");
}

grpc::ServerUnaryReactor* FakeMediaService::CreateSink(grpc::CallbackServerContext* context,
                                                       const api::CreateSinkRequest* request,
                                                       api::CreateSinkResponse* response) {
  state_->create_sink_requests.push_back(*request);
  response->mutable_sink()->set_sink_id(
      request->spec().sink_id().empty() ? "made" : request->spec().sink_id());
  *response->mutable_sink()->mutable_spec() = request->spec();
  return Reply(context, "CreateSink");
}

grpc::ServerUnaryReactor* FakeMediaService::UpdateSink(grpc::CallbackServerContext* context,
                                                       const api::UpdateSinkRequest* request,
                                                       api::UpdateSinkResponse* response) {
  state_->update_sink_requests.push_back(*request);
  return Reply(context, "UpdateSink", Find(request->sink_id(), response->mutable_sink()));
}

grpc::ServerUnaryReactor* FakeMediaService::DeleteSink(grpc::CallbackServerContext* context,
                                                       const api::DeleteSinkRequest* request,
                                                       api::DeleteSinkResponse* response) {
  state_->delete_sink_requests.push_back(*request);
  return Reply(context, "DeleteSink", Find(request->sink_id(), response->mutable_sink()));
}

grpc::ServerUnaryReactor* FakeMediaService::GetSinkSdp(grpc::CallbackServerContext* context,
                                                       const api::GetSinkSdpRequest* request,
                                                       api::GetSinkSdpResponse* response) {
  state_->get_sink_sdp_requests.push_back(*request);
  response->set_sdp(state_->sink_sdp);
  return Reply(context, "GetSinkSdp");
}

}  // namespace pcd::pcctl

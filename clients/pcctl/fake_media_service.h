// MediaService of the fake.
#ifndef CLIENTS_PCCTL_FAKE_MEDIA_SERVICE_H_
#define CLIENTS_PCCTL_FAKE_MEDIA_SERVICE_H_

#include "clients/pcctl/fake_service_base.h"
#include "peerconnection/v1/media_service.grpc.pb.h"

namespace pcd::pcctl {

// Sinks, as FakeServiceState::sinks has them.
class FakeMediaService : public api::MediaService::CallbackService, private FakeServiceBase {
 public:
  using FakeServiceBase::FakeServiceBase;

  grpc::ServerUnaryReactor* ListSinks(grpc::CallbackServerContext* context,
                                      const api::ListSinksRequest* request,
                                      api::ListSinksResponse* response) override;
  grpc::ServerUnaryReactor* CreateSink(grpc::CallbackServerContext* context,
                                       const api::CreateSinkRequest* request,
                                       api::CreateSinkResponse* response) override;
  grpc::ServerUnaryReactor* UpdateSink(grpc::CallbackServerContext* context,
                                       const api::UpdateSinkRequest* request,
                                       api::UpdateSinkResponse* response) override;
  grpc::ServerUnaryReactor* DeleteSink(grpc::CallbackServerContext* context,
                                       const api::DeleteSinkRequest* request,
                                       api::DeleteSinkResponse* response) override;
  grpc::ServerUnaryReactor* GetSinkSdp(grpc::CallbackServerContext* context,
                                       const api::GetSinkSdpRequest* request,
                                       api::GetSinkSdpResponse* response) override;

 private:
  // The sink of this id into `sink`; NOT_FOUND if there is none.
  grpc::Status Find(const std::string& id, api::Sink* sink) const;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FAKE_MEDIA_SERVICE_H_

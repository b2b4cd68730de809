// DataChannelService of the fake.
#ifndef CLIENTS_PCCTL_FAKE_DATA_CHANNEL_SERVICE_H_
#define CLIENTS_PCCTL_FAKE_DATA_CHANNEL_SERVICE_H_

#include "clients/pcctl/fake_service_base.h"
#include "peerconnection/v1/data_channel_service.grpc.pb.h"

namespace pcd::pcctl {

// Channels as FakeServiceState::data_channels has them; streams deliver FakeServiceState::messages.
class FakeDataChannelService : public api::DataChannelService::CallbackService,
                               private FakeServiceBase {
 public:
  using FakeServiceBase::FakeServiceBase;

  grpc::ServerUnaryReactor* ListDataChannels(grpc::CallbackServerContext* context,
                                             const api::ListDataChannelsRequest* request,
                                             api::ListDataChannelsResponse* response) override;
  grpc::ServerUnaryReactor* CreateDataChannel(grpc::CallbackServerContext* context,
                                              const api::CreateDataChannelRequest* request,
                                              api::CreateDataChannelResponse* response) override;
  grpc::ServerUnaryReactor* CloseDataChannel(grpc::CallbackServerContext* context,
                                             const api::CloseDataChannelRequest* request,
                                             api::CloseDataChannelResponse* response) override;
  grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* context,
                                 const api::SendRequest* request,
                                 api::SendResponse* response) override;
  grpc::ServerBidiReactor<api::StreamRequest, api::StreamResponse>* Stream(
      grpc::CallbackServerContext* context) override;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FAKE_DATA_CHANNEL_SERVICE_H_

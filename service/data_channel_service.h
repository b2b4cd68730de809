// DataChannelService of the contract.
#ifndef SERVICE_DATA_CHANNEL_SERVICE_H_
#define SERVICE_DATA_CHANNEL_SERVICE_H_

#include <cstdint>

#include "peerconnection/v1/data_channel_service.grpc.pb.h"
#include "service/calls.h"
#include "service/contract.h"
#include "service/stream_cap.h"

namespace pcd::service {

// Threading: as PeerConnectionService.
class DataChannelService final : public v1::DataChannelService::CallbackService {
 public:
  DataChannelService(const Calls& calls, int64_t max_streams)
      : calls_(calls), streams_(max_streams) {}

  grpc::ServerUnaryReactor* CreateDataChannel(grpc::CallbackServerContext* context,
                                              const v1::CreateDataChannelRequest* request,
                                              v1::CreateDataChannelResponse* response) override;
  grpc::ServerUnaryReactor* GetDataChannel(grpc::CallbackServerContext* context,
                                           const v1::GetDataChannelRequest* request,
                                           v1::GetDataChannelResponse* response) override;
  grpc::ServerUnaryReactor* ListDataChannels(grpc::CallbackServerContext* context,
                                             const v1::ListDataChannelsRequest* request,
                                             v1::ListDataChannelsResponse* response) override;
  grpc::ServerUnaryReactor* CloseDataChannel(grpc::CallbackServerContext* context,
                                             const v1::CloseDataChannelRequest* request,
                                             v1::CloseDataChannelResponse* response) override;
  grpc::ServerUnaryReactor* SetBufferedAmountLowThreshold(
      grpc::CallbackServerContext* context, const v1::SetBufferedAmountLowThresholdRequest* request,
      v1::SetBufferedAmountLowThresholdResponse* response) override;
  grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* context,
                                 const v1::SendRequest* request,
                                 v1::SendResponse* response) override;
  grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse>* Stream(
      grpc::CallbackServerContext* context) override;

 private:
  const Calls calls_;
  StreamCap streams_;
};

}  // namespace pcd::service

#endif  // SERVICE_DATA_CHANNEL_SERVICE_H_

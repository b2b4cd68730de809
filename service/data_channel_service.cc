#include "service/data_channel_service.h"

#include <string>

#include "engine/base/status.h"
#include "service/call_order.h"
#include "service/connection_call.h"
#include "service/data_channel_mapping.h"
#include "service/data_stream_reactor.h"
#include "service/lease_guard.h"
#include "service/not_implemented.h"

namespace pcd::service {
namespace {

absl::Status RequireChannelId(const std::string& id) {
  return id.empty() ? InvalidArgument("the data channel is required", "data_channel_id")
                    : absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* DataChannelService::CreateDataChannel(
    grpc::CallbackServerContext* context, const v1::CreateDataChannelRequest* request,
    v1::CreateDataChannelResponse* response) {
  return CallOnConnection<v1::CreateDataChannelRequest, v1::CreateDataChannelResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "data_channel_id", "init", "revision"},
      [](host::PeerConnection& pc, const v1::CreateDataChannelRequest& in,
         v1::CreateDataChannelResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const DataChannelInit init, FromProto(in.init()));
        PCD_ASSIGN_OR_RETURN(const peerconnection::DataChannelView channel,
                             pc.CreateDataChannel(init, in.data_channel_id()));
        *out.mutable_data_channel() = ToProto(pc.id(), channel);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* DataChannelService::GetDataChannel(
    grpc::CallbackServerContext* context, const v1::GetDataChannelRequest* request,
    v1::GetDataChannelResponse* response) {
  return CallOnConnection<v1::GetDataChannelRequest, v1::GetDataChannelResponse>(
      calls_, context, request, response, {"peer_connection_id", "data_channel_id"},
      [](host::PeerConnection& pc, const v1::GetDataChannelRequest& in,
         v1::GetDataChannelResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireChannelId(in.data_channel_id()));
        PCD_ASSIGN_OR_RETURN(const peerconnection::DataChannelView channel,
                             pc.GetDataChannel(in.data_channel_id()));
        *out.mutable_data_channel() = ToProto(pc.id(), channel);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* DataChannelService::ListDataChannels(
    grpc::CallbackServerContext* context, const v1::ListDataChannelsRequest* request,
    v1::ListDataChannelsResponse* response) {
  return CallOnConnection<v1::ListDataChannelsRequest, v1::ListDataChannelsResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ListDataChannelsRequest&,
         v1::ListDataChannelsResponse& out) {
        for (const auto& channel : pc.ListDataChannels()) {
          *out.add_data_channels() = ToProto(pc.id(), channel);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* DataChannelService::CloseDataChannel(
    grpc::CallbackServerContext* context, const v1::CloseDataChannelRequest* request,
    v1::CloseDataChannelResponse* response) {
  return CallOnConnection<v1::CloseDataChannelRequest, v1::CloseDataChannelResponse>(
      calls_, context, request, response, {"peer_connection_id", "data_channel_id"},
      [](host::PeerConnection& pc, const v1::CloseDataChannelRequest& in,
         v1::CloseDataChannelResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireChannelId(in.data_channel_id()));
        PCD_ASSIGN_OR_RETURN(const peerconnection::DataChannelView channel,
                             pc.CloseDataChannel(in.data_channel_id()));
        *out.mutable_data_channel() = ToProto(pc.id(), channel);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* DataChannelService::SetBufferedAmountLowThreshold(
    grpc::CallbackServerContext* context, const v1::SetBufferedAmountLowThresholdRequest* request,
    v1::SetBufferedAmountLowThresholdResponse* response) {
  return CallOnConnection<v1::SetBufferedAmountLowThresholdRequest,
                          v1::SetBufferedAmountLowThresholdResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "data_channel_id", "buffered_amount_low_threshold"},
      [](host::PeerConnection& pc, const v1::SetBufferedAmountLowThresholdRequest& in,
         v1::SetBufferedAmountLowThresholdResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireChannelId(in.data_channel_id()));
        PCD_ASSIGN_OR_RETURN(const peerconnection::DataChannelView channel,
                             pc.SetBufferedAmountLowThreshold(in.data_channel_id(),
                                                              in.buffered_amount_low_threshold()));
        *out.mutable_data_channel() = ToProto(pc.id(), channel);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* DataChannelService::Send(grpc::CallbackServerContext* context,
                                                   const v1::SendRequest* request,
                                                   v1::SendResponse* response) {
  return CallOnConnection<v1::SendRequest, v1::SendResponse>(
      calls_, context, request, response, {"peer_connection_id", "data_channel_id", "message"},
      [](host::PeerConnection& pc, const v1::SendRequest& in,
         v1::SendResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireChannelId(in.data_channel_id()));
        PCD_ASSIGN_OR_RETURN(const MessageView message, FromProto(in.message(), "message"));
        PCD_ASSIGN_OR_RETURN(const uint64_t buffered_amount,
                             pc.Send(in.data_channel_id(), message.binary, message.bytes));
        out.set_buffered_amount(buffered_amount);
        return absl::OkStatus();
      });
}

grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse>* DataChannelService::Stream(
    grpc::CallbackServerContext* context) {
  absl::Status status = CheckLeaseToken(*context);
  if (status.ok()) status = CheckNotOrdered(*context);
  if (!status.ok()) {
    return new RefusedBidiStream<v1::StreamRequest, v1::StreamResponse>(ToGrpcStatus(status));
  }
  StreamCap::Permit permit = streams_.Take();
  if (permit == nullptr) {
    return new RefusedBidiStream<v1::StreamRequest, v1::StreamResponse>(
        TooManyStreams("max-data-streams", streams_.most()));
  }
  return DataStreamReactor::Start(calls_.host, std::move(permit));
}

}  // namespace pcd::service

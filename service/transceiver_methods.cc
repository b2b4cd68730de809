// PeerConnectionService: transceivers, senders and receivers, codec preferences, capabilities.
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/jsep/capabilities.h"
#include "service/connection_call.h"
#include "service/enum_mapping.h"
#include "service/peer_connection_mapping.h"
#include "service/peer_connection_service.h"
#include "service/rtp_mapping.h"

namespace pcd::service {
namespace {

absl::Status Require(const std::string& id, const char* field) {
  return id.empty() ? InvalidArgument("it is required", field) : absl::OkStatus();
}

template <typename Response>
absl::Status Fill(const absl::StatusOr<peerconnection::TransceiverInfo>& transceiver,
                  Response& out) {
  if (transceiver.ok()) *out.mutable_transceiver() = ToProto(*transceiver);
  return transceiver.status();
}

// In the codecs of which kind the preferences are written follows from the transceiver.
absl::StatusOr<MediaKind> KindOf(host::PeerConnection& pc, const std::string& transceiver_id) {
  for (const peerconnection::TransceiverInfo& transceiver : pc.ListTransceivers()) {
    if (transceiver.id == transceiver_id) return transceiver.kind;
  }
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::TRANSCEIVER_NOT_FOUND,
                   "there is no such transceiver", {.field = "transceiver_id"});
}

}  // namespace

grpc::ServerUnaryReactor* PeerConnectionService::SetTransceiverDirection(
    grpc::CallbackServerContext* context, const v1::SetTransceiverDirectionRequest* request,
    v1::SetTransceiverDirectionResponse* response) {
  return CallOnConnection<v1::SetTransceiverDirectionRequest, v1::SetTransceiverDirectionResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "transceiver_id", "direction", "revision"},
      [](host::PeerConnection& pc, const v1::SetTransceiverDirectionRequest& in,
         v1::SetTransceiverDirectionResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.transceiver_id(), "transceiver_id"));
        if (in.direction() == v1::RTP_TRANSCEIVER_DIRECTION_UNSPECIFIED) {
          return InvalidArgument("it is required", "direction");
        }
        PCD_ASSIGN_OR_RETURN(const Direction direction, FromProto(in.direction(), "direction"));
        return Fill(pc.SetTransceiverDirection(in.transceiver_id(), direction), out);
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::StopTransceiver(
    grpc::CallbackServerContext* context, const v1::StopTransceiverRequest* request,
    v1::StopTransceiverResponse* response) {
  return CallOnConnection<v1::StopTransceiverRequest, v1::StopTransceiverResponse>(
      calls_, context, request, response, {"peer_connection_id", "transceiver_id", "revision"},
      [](host::PeerConnection& pc, const v1::StopTransceiverRequest& in,
         v1::StopTransceiverResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.transceiver_id(), "transceiver_id"));
        return Fill(pc.StopTransceiver(in.transceiver_id()), out);
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::SetCodecPreferences(
    grpc::CallbackServerContext* context, const v1::SetCodecPreferencesRequest* request,
    v1::SetCodecPreferencesResponse* response) {
  return CallOnConnection<v1::SetCodecPreferencesRequest, v1::SetCodecPreferencesResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "transceiver_id", "codecs", "revision"},
      [](host::PeerConnection& pc, const v1::SetCodecPreferencesRequest& in,
         v1::SetCodecPreferencesResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.transceiver_id(), "transceiver_id"));
        PCD_ASSIGN_OR_RETURN(const MediaKind kind, KindOf(pc, in.transceiver_id()));
        std::vector<Codec> codecs;
        for (int i = 0; i < in.codecs_size(); ++i) {
          PCD_ASSIGN_OR_RETURN(Codec codec,
                               FromProto(in.codecs(i), kind, "codecs[" + std::to_string(i) + "]"));
          codecs.push_back(std::move(codec));
        }
        return Fill(pc.SetCodecPreferences(in.transceiver_id(), std::move(codecs)), out);
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::RemoveTrack(grpc::CallbackServerContext* context,
                                                             const v1::RemoveTrackRequest* request,
                                                             v1::RemoveTrackResponse* response) {
  return CallOnConnection<v1::RemoveTrackRequest, v1::RemoveTrackResponse>(
      calls_, context, request, response, {"peer_connection_id", "sender_id", "revision"},
      [](host::PeerConnection& pc, const v1::RemoveTrackRequest& in,
         v1::RemoveTrackResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.sender_id(), "sender_id"));
        return Fill(pc.RemoveTrack(in.sender_id()), out);
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::SetSenderStreams(
    grpc::CallbackServerContext* context, const v1::SetSenderStreamsRequest* request,
    v1::SetSenderStreamsResponse* response) {
  return CallOnConnection<v1::SetSenderStreamsRequest, v1::SetSenderStreamsResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "sender_id", "stream_ids", "revision"},
      [](host::PeerConnection& pc, const v1::SetSenderStreamsRequest& in,
         v1::SetSenderStreamsResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.sender_id(), "sender_id"));
        return Fill(
            pc.SetSenderStreams(in.sender_id(), {in.stream_ids().begin(), in.stream_ids().end()}),
            out);
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ListSenders(grpc::CallbackServerContext* context,
                                                             const v1::ListSendersRequest* request,
                                                             v1::ListSendersResponse* response) {
  return CallOnConnection<v1::ListSendersRequest, v1::ListSendersResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ListSendersRequest&, v1::ListSendersResponse& out) {
        for (const peerconnection::TransceiverInfo& transceiver : pc.ListTransceivers()) {
          if (transceiver.stopped) continue;
          *out.add_senders() = ToProto(transceiver).sender();
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ListReceivers(
    grpc::CallbackServerContext* context, const v1::ListReceiversRequest* request,
    v1::ListReceiversResponse* response) {
  return CallOnConnection<v1::ListReceiversRequest, v1::ListReceiversResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ListReceiversRequest&,
         v1::ListReceiversResponse& out) {
        for (const peerconnection::TransceiverInfo& transceiver : pc.ListTransceivers()) {
          if (transceiver.stopped) continue;
          *out.add_receivers() = ToProto(transceiver).receiver();
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::GetCapabilities(
    grpc::CallbackServerContext* context, const v1::GetCapabilitiesRequest* request,
    v1::GetCapabilitiesResponse* response) {
  UnaryReply<v1::GetCapabilitiesResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  const absl::Status status = [&]() -> absl::Status {
    PCD_RETURN_IF_ERROR(CheckLooseCall(*context, *request, {"kind"}));
    PCD_ASSIGN_OR_RETURN(const MediaKind kind, FromProto(request->kind(), "kind"));
    // What is not transcoded can be sent as well as received.
    *response->mutable_sender() = ToProto(*jsep::DefaultCapabilities(), kind);
    *response->mutable_receiver() = response->sender();
    return absl::OkStatus();
  }();
  std::move(reply).Finish(status);
  return reactor;
}

}  // namespace pcd::service

// PeerConnectionService: what senders send, and receivers' parameters.
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/media/rtp_source.h"
#include "service/connection_call.h"
#include "service/local_track_mapping.h"
#include "service/peer_connection_mapping.h"
#include "service/peer_connection_service.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

// W3C insertDTMF.
constexpr Duration kToneDuration = std::chrono::milliseconds(100);
constexpr Duration kMinToneDuration = std::chrono::milliseconds(40);
constexpr Duration kMaxToneDuration = std::chrono::seconds(6);
constexpr Duration kToneGap = std::chrono::milliseconds(70);
constexpr Duration kMinToneGap = std::chrono::milliseconds(30);
constexpr Duration kMaxToneGap = std::chrono::seconds(60);

absl::Status Require(const std::string& id, const char* field) {
  return id.empty() ? InvalidArgument("it is required", field) : absl::OkStatus();
}

v1::ReceiverSource ToProto(const media::RtpSource& source) {
  v1::ReceiverSource out;
  out.set_source(source.source);
  *out.mutable_timestamp() = TimestampFromUnixMicros(source.unix_us);
  out.set_rtp_timestamp(source.rtp_timestamp);
  if (source.audio_level) out.set_audio_level(LinearLevel(*source.audio_level));
  return out;
}

v1::ReceiverSources ToProto(const std::string& receiver_id, const media::RtpSources& sources) {
  v1::ReceiverSources out;
  out.set_receiver_id(receiver_id);
  *out.mutable_timestamp() = TimestampFromUnixMicros(sources.unix_us);
  for (const media::RtpSource& source : sources.synchronization) {
    *out.add_synchronization_sources() = ToProto(source);
  }
  for (const media::RtpSource& source : sources.contributing) {
    *out.add_contributing_sources() = ToProto(source);
  }
  return out;
}

}  // namespace

grpc::ServerUnaryReactor* PeerConnectionService::AddTrack(grpc::CallbackServerContext* context,
                                                          const v1::AddTrackRequest* request,
                                                          v1::AddTrackResponse* response) {
  return CallOnConnection<v1::AddTrackRequest, v1::AddTrackResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "track_id", "stream_ids", "transceiver_id", "revision",
       "transceiver_chosen", "sender_id", "receiver_id"},
      [](host::PeerConnection& pc, const v1::AddTrackRequest& in,
         v1::AddTrackResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.track_id(), "track_id"));
        PCD_ASSIGN_OR_RETURN(
            const peerconnection::TransceiverInfo transceiver,
            pc.AddTrack(in.track_id(), {in.stream_ids().begin(), in.stream_ids().end()},
                        in.transceiver_id(), in.transceiver_chosen(),
                        {.sender_id = in.sender_id(), .receiver_id = in.receiver_id()}));
        *out.mutable_transceiver() = ToProto(transceiver);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ReplaceTrack(
    grpc::CallbackServerContext* context, const v1::ReplaceTrackRequest* request,
    v1::ReplaceTrackResponse* response) {
  return CallOnConnection<v1::ReplaceTrackRequest, v1::ReplaceTrackResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "sender_id", "track_id", "revision"},
      [](host::PeerConnection& pc, const v1::ReplaceTrackRequest& in,
         v1::ReplaceTrackResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.sender_id(), "sender_id"));
        PCD_ASSIGN_OR_RETURN(const peerconnection::TransceiverInfo transceiver,
                             pc.ReplaceTrack(in.sender_id(), in.track_id()));
        *out.mutable_transceiver() = ToProto(transceiver);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::GetSenderParameters(
    grpc::CallbackServerContext* context, const v1::GetSenderParametersRequest* request,
    v1::GetSenderParametersResponse* response) {
  return CallOnConnection<v1::GetSenderParametersRequest, v1::GetSenderParametersResponse>(
      calls_, context, request, response, {"peer_connection_id", "sender_id"},
      [](host::PeerConnection& pc, const v1::GetSenderParametersRequest& in,
         v1::GetSenderParametersResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.sender_id(), "sender_id"));
        PCD_ASSIGN_OR_RETURN(const peerconnection::SenderParameters parameters,
                             pc.GetSenderParameters(in.sender_id()));
        *out.mutable_parameters() = ToProto(parameters);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::SetSenderParameters(
    grpc::CallbackServerContext* context, const v1::SetSenderParametersRequest* request,
    v1::SetSenderParametersResponse* response) {
  return CallOnConnection<v1::SetSenderParametersRequest, v1::SetSenderParametersResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "sender_id", "parameters", "revision"},
      [](host::PeerConnection& pc, const v1::SetSenderParametersRequest& in,
         v1::SetSenderParametersResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.sender_id(), "sender_id"));
        if (!in.has_parameters()) return InvalidArgument("they are required", "parameters");
        PCD_ASSIGN_OR_RETURN(
            const peerconnection::SenderParameters current,
            pc.PeekSenderParameters(in.sender_id(), in.parameters().transaction_id()));
        PCD_ASSIGN_OR_RETURN(const peerconnection::SenderParameters parameters,
                             FromProto(in.parameters(), current));
        PCD_ASSIGN_OR_RETURN(const peerconnection::SenderParameters applied,
                             pc.SetSenderParameters(in.sender_id(), parameters));
        *out.mutable_parameters() = ToProto(applied);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::GetReceiverParameters(
    grpc::CallbackServerContext* context, const v1::GetReceiverParametersRequest* request,
    v1::GetReceiverParametersResponse* response) {
  return CallOnConnection<v1::GetReceiverParametersRequest, v1::GetReceiverParametersResponse>(
      calls_, context, request, response, {"peer_connection_id", "receiver_id"},
      [](host::PeerConnection& pc, const v1::GetReceiverParametersRequest& in,
         v1::GetReceiverParametersResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.receiver_id(), "receiver_id"));
        PCD_ASSIGN_OR_RETURN(const peerconnection::ReceiverParameters parameters,
                             pc.GetReceiverParameters(in.receiver_id()));
        *out.mutable_parameters() = ToProto(parameters);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ListReceiverSources(
    grpc::CallbackServerContext* context, const v1::ListReceiverSourcesRequest* request,
    v1::ListReceiverSourcesResponse* response) {
  return CallOnConnection<v1::ListReceiverSourcesRequest, v1::ListReceiverSourcesResponse>(
      calls_, context, request, response, {"peer_connection_id", "receiver_id"},
      [](host::PeerConnection& pc, const v1::ListReceiverSourcesRequest& in,
         v1::ListReceiverSourcesResponse& out) -> absl::Status {
        std::vector<std::string> receiver_ids{in.receiver_id()};
        if (in.receiver_id().empty()) {
          receiver_ids.clear();
          for (const peerconnection::TransceiverInfo& transceiver : pc.ListTransceivers()) {
            receiver_ids.push_back(transceiver.receiver_id);
          }
        }
        for (const std::string& receiver_id : receiver_ids) {
          PCD_ASSIGN_OR_RETURN(const media::RtpSources sources, pc.GetReceiverSources(receiver_id));
          *out.add_receivers() = ToProto(receiver_id, sources);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::InsertDtmf(grpc::CallbackServerContext* context,
                                                            const v1::InsertDtmfRequest* request,
                                                            v1::InsertDtmfResponse* response) {
  return CallOnConnection<v1::InsertDtmfRequest, v1::InsertDtmfResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "sender_id", "tones", "duration", "inter_tone_gap"},
      [](host::PeerConnection& pc, const v1::InsertDtmfRequest& in,
         v1::InsertDtmfResponse&) -> absl::Status {
        PCD_RETURN_IF_ERROR(Require(in.sender_id(), "sender_id"));
        Duration duration = kToneDuration;
        if (in.has_duration()) {
          PCD_ASSIGN_OR_RETURN(duration, DurationFromProto(in.duration(), kMinToneDuration,
                                                           kMaxToneDuration, "duration"));
        }
        Duration gap = kToneGap;
        if (in.has_inter_tone_gap()) {
          PCD_ASSIGN_OR_RETURN(gap, DurationFromProto(in.inter_tone_gap(), kMinToneGap, kMaxToneGap,
                                                      "inter_tone_gap"));
        }
        return pc.InsertDtmf(in.sender_id(), in.tones(), duration, gap);
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::WriteRtcp(grpc::CallbackServerContext* context,
                                                           const v1::WriteRtcpRequest* request,
                                                           v1::WriteRtcpResponse* response) {
  return CallOnConnection<v1::WriteRtcpRequest, v1::WriteRtcpResponse>(
      calls_, context, request, response, {"peer_connection_id", "packets", "transport_id"},
      [](host::PeerConnection& pc, const v1::WriteRtcpRequest& in, v1::WriteRtcpResponse&) {
        std::vector<ByteSpan> packets;
        for (const std::string& packet : in.packets()) {
          packets.emplace_back(reinterpret_cast<const uint8_t*>(packet.data()), packet.size());
        }
        return pc.WriteRtcp(packets, in.transport_id());
      });
}

}  // namespace pcd::service

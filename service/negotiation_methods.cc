// PeerConnectionService: offer and answer, candidates, transceivers, statistics.
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/model/stats.h"
#include "engine/sdp/candidate.h"
#include "service/connection_call.h"
#include "service/enum_mapping.h"
#include "service/peer_connection_mapping.h"
#include "service/peer_connection_service.h"
#include "service/stats_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

// How many candidates of the remote the transports work with.
size_t RemoteCandidates(const host::PeerConnection& pc) {
  size_t count = 0;
  for (const StatsEntry& entry : pc.GetStats().entries) {
    const auto* candidate = std::get_if<IceCandidateStats>(&entry);
    if (candidate != nullptr && candidate->remote) ++count;
  }
  return count;
}

}  // namespace

grpc::ServerUnaryReactor* PeerConnectionService::CreateOffer(grpc::CallbackServerContext* context,
                                                             const v1::CreateOfferRequest* request,
                                                             v1::CreateOfferResponse* response) {
  return CallOnConnection<v1::CreateOfferRequest, v1::CreateOfferResponse>(
      host_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::CreateOfferRequest&,
         v1::CreateOfferResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const SessionDescription offer, pc.CreateOffer({}));
        *out.mutable_description() = ToProto(offer);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::CreateAnswer(
    grpc::CallbackServerContext* context, const v1::CreateAnswerRequest* request,
    v1::CreateAnswerResponse* response) {
  return CallOnConnection<v1::CreateAnswerRequest, v1::CreateAnswerResponse>(
      host_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::CreateAnswerRequest&,
         v1::CreateAnswerResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const SessionDescription answer, pc.CreateAnswer({}));
        *out.mutable_description() = ToProto(answer);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::SetLocalDescription(
    grpc::CallbackServerContext* context, const v1::SetLocalDescriptionRequest* request,
    v1::SetLocalDescriptionResponse* response) {
  return CallOnConnection<v1::SetLocalDescriptionRequest, v1::SetLocalDescriptionResponse>(
      host_, context, request, response, {"peer_connection_id", "description"},
      [](host::PeerConnection& pc, const v1::SetLocalDescriptionRequest& in,
         v1::SetLocalDescriptionResponse& out) -> absl::Status {
        std::optional<SessionDescription> description;
        if (in.has_description()) {
          PCD_ASSIGN_OR_RETURN(description, FromProto(in.description(), "description"));
        }
        PCD_RETURN_IF_ERROR(pc.SetLocalDescription(description).status());
        *out.mutable_peer_connection() = ToProto(pc.Info());
        FillTransceivers(pc.ListTransceivers(), out.mutable_transceivers());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::SetRemoteDescription(
    grpc::CallbackServerContext* context, const v1::SetRemoteDescriptionRequest* request,
    v1::SetRemoteDescriptionResponse* response) {
  return CallOnConnection<v1::SetRemoteDescriptionRequest, v1::SetRemoteDescriptionResponse>(
      host_, context, request, response, {"peer_connection_id", "description"},
      [](host::PeerConnection& pc, const v1::SetRemoteDescriptionRequest& in,
         v1::SetRemoteDescriptionResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const SessionDescription description,
                             FromProto(in.description(), "description"));
        PCD_RETURN_IF_ERROR(pc.SetRemoteDescription(description));
        *out.mutable_peer_connection() = ToProto(pc.Info());
        FillTransceivers(pc.ListTransceivers(), out.mutable_transceivers());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::AddIceCandidate(
    grpc::CallbackServerContext* context, const v1::AddIceCandidateRequest* request,
    v1::AddIceCandidateResponse* response) {
  return CallOnConnection<v1::AddIceCandidateRequest, v1::AddIceCandidateResponse>(
      host_, context, request, response, {"peer_connection_id", "candidate"},
      [](host::PeerConnection& pc, const v1::AddIceCandidateRequest& in,
         v1::AddIceCandidateResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const IceCandidateInit candidate,
                             FromProto(in.candidate(), "candidate"));
        const size_t before = RemoteCandidates(pc);
        PCD_RETURN_IF_ERROR(pc.AddIceCandidate(candidate));
        out.set_used(sdp::IsEndOfCandidates(candidate.candidate) || RemoteCandidates(pc) > before);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::AddTransceiver(
    grpc::CallbackServerContext* context, const v1::AddTransceiverRequest* request,
    v1::AddTransceiverResponse* response) {
  return CallOnConnection<v1::AddTransceiverRequest, v1::AddTransceiverResponse>(
      host_, context, request, response,
      {"peer_connection_id", "kind", "direction", "stream_ids", "transceiver_id"},
      [](host::PeerConnection& pc, const v1::AddTransceiverRequest& in,
         v1::AddTransceiverResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const MediaKind kind, FromProto(in.kind(), "kind"));
        TransceiverInit init;
        PCD_ASSIGN_OR_RETURN(init.direction, FromProto(in.direction(), "direction"));
        init.stream_ids.assign(in.stream_ids().begin(), in.stream_ids().end());
        PCD_ASSIGN_OR_RETURN(const jsep::Transceiver transceiver,
                             pc.AddTransceiver(kind, init, in.transceiver_id()));
        *out.mutable_transceiver() = ToProto(transceiver);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ListTransceivers(
    grpc::CallbackServerContext* context, const v1::ListTransceiversRequest* request,
    v1::ListTransceiversResponse* response) {
  return CallOnConnection<v1::ListTransceiversRequest, v1::ListTransceiversResponse>(
      host_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ListTransceiversRequest&,
         v1::ListTransceiversResponse& out) {
        FillTransceivers(pc.ListTransceivers(), out.mutable_transceivers());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::GetStats(grpc::CallbackServerContext* context,
                                                          const v1::GetStatsRequest* request,
                                                          v1::GetStatsResponse* response) {
  return CallOnConnection<v1::GetStatsRequest, v1::GetStatsResponse>(
      host_, context, request, response, {"peer_connection_id", "types"},
      [](host::PeerConnection& pc, const v1::GetStatsRequest& in,
         v1::GetStatsResponse& out) -> absl::Status {
        std::set<int> types;
        for (const int type : in.types()) {
          if (type == v1::STATS_TYPE_UNSPECIFIED || !v1::StatsType_IsValid(type)) {
            return InvalidArgument("there is no such type of statistics", "types");
          }
          const auto known = static_cast<v1::StatsType>(type);
          if (!IsProduced(known)) {
            return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::FIELD_NOT_IMPLEMENTED,
                             "this build has no statistics of " + v1::StatsType_Name(known),
                             {.dom_exception = "NotSupportedError", .field = "types"});
          }
          types.insert(type);
        }
        *out.mutable_report() = ToProto(pc.GetStats(), types);
        return absl::OkStatus();
      });
}

}  // namespace pcd::service

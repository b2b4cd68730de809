// PeerConnectionService: offer and answer, candidates, transceivers, statistics.
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/host/negotiate.h"
#include "engine/jsep/negotiation_record.h"
#include "service/connection_call.h"
#include "service/enum_mapping.h"
#include "service/gathering_options.h"
#include "service/peer_connection_mapping.h"
#include "service/peer_connection_service.h"
#include "service/rtp_mapping.h"
#include "service/stats_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

absl::StatusOr<host::NegotiateOptions> ToNegotiateOptions(const v1::NegotiateRequest& request) {
  host::NegotiateOptions options;
  options.step.ice_restart = request.ice_restart();
  if (request.has_description()) {
    PCD_ASSIGN_OR_RETURN(options.step.description, FromProto(request.description(), "description"));
    if (request.ice_restart()) {
      return InvalidArgument("only an offer of ours can restart ICE", "ice_restart");
    }
  }
  switch (request.glare_role()) {
    case v1::GLARE_ROLE_UNSPECIFIED:
    case v1::GLARE_ROLE_POLITE:
      break;
    case v1::GLARE_ROLE_IMPOLITE:
      options.step.polite = false;
      break;
    default:
      return InvalidArgument("the role is polite or impolite", "glare_role");
  }
  PCD_RETURN_IF_ERROR(
      ReadGathering(request, options.wait_for_gathering, options.gathering_timeout));
  return options;
}

void FillResponse(const host::NegotiateResult& result, v1::NegotiateResponse& response) {
  if (result.description) *response.mutable_description() = ToProto(*result.description);
  response.set_offer_ignored(result.offer_ignored);
  *response.mutable_peer_connection() = ToProto(result.info);
  FillTransceivers(result.transceivers, response.mutable_transceivers());
  response.set_gathering_complete(result.gathering_complete);
}

void Fill(const jsep::Decision& in, int sdp_line, v1::NegotiationDecision& out) {
  out.set_subject(in.subject);
  out.set_kept(in.kept);
  out.set_rule(in.rule);
  out.set_reference(in.reference);
  out.set_sdp_line_number(static_cast<uint32_t>(sdp_line));
}

void Fill(const jsep::SectionRecord& in, v1::MediaSectionExplanation& out) {
  out.set_mid(in.mid);
  if (in.kind.has_value()) out.set_kind(ToProto(*in.kind));
  out.set_transceiver_id(in.transceiver_id);
  Fill(in.section, in.sdp_line, *out.mutable_section());
  for (const jsep::Decision& codec : in.codecs) Fill(codec, in.sdp_line, *out.add_codecs());
  for (const jsep::Decision& extension : in.extensions) {
    Fill(extension, in.sdp_line, *out.add_header_extensions());
  }
}

}  // namespace

grpc::ServerUnaryReactor* PeerConnectionService::CreateOffer(grpc::CallbackServerContext* context,
                                                             const v1::CreateOfferRequest* request,
                                                             v1::CreateOfferResponse* response) {
  return CallOnConnection<v1::CreateOfferRequest, v1::CreateOfferResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "ice_restart", "offer_to_receive_audio", "offer_to_receive_video"},
      [](host::PeerConnection& pc, const v1::CreateOfferRequest& in,
         v1::CreateOfferResponse& out) -> absl::Status {
        jsep::OfferOptions options{.ice_restart = in.ice_restart()};
        if (in.has_offer_to_receive_audio()) {
          options.offer_to_receive_audio = in.offer_to_receive_audio();
        }
        if (in.has_offer_to_receive_video()) {
          options.offer_to_receive_video = in.offer_to_receive_video();
        }
        PCD_ASSIGN_OR_RETURN(const SessionDescription offer, pc.CreateOffer(options));
        *out.mutable_description() = ToProto(offer);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::CreateAnswer(
    grpc::CallbackServerContext* context, const v1::CreateAnswerRequest* request,
    v1::CreateAnswerResponse* response) {
  return CallOnConnection<v1::CreateAnswerRequest, v1::CreateAnswerResponse>(
      calls_, context, request, response, {"peer_connection_id"},
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
      calls_, context, request, response, {"peer_connection_id", "description", "revision"},
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
      calls_, context, request, response, {"peer_connection_id", "description", "revision"},
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
      calls_, context, request, response, {"peer_connection_id", "candidate"},
      [](host::PeerConnection& pc, const v1::AddIceCandidateRequest& in,
         v1::AddIceCandidateResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const IceCandidateInit candidate,
                             FromProto(in.candidate(), "candidate"));
        PCD_ASSIGN_OR_RETURN(const bool used, pc.AddIceCandidate(candidate));
        out.set_used(used);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::RestartIce(grpc::CallbackServerContext* context,
                                                            const v1::RestartIceRequest* request,
                                                            v1::RestartIceResponse* response) {
  return CallOnConnection<v1::RestartIceRequest, v1::RestartIceResponse>(
      calls_, context, request, response, {"peer_connection_id", "revision"},
      [](host::PeerConnection& pc, const v1::RestartIceRequest&,
         v1::RestartIceResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(pc.RestartIce());
        *out.mutable_peer_connection() = ToProto(pc.Info());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::Negotiate(grpc::CallbackServerContext* context,
                                                           const v1::NegotiateRequest* request,
                                                           v1::NegotiateResponse* response) {
  UnaryReply<v1::NegotiateResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  const auto order = ReadCallOrder(*context);
  absl::Status status = order.status();
  if (status.ok()) {
    status = CheckCall(*context, *request,
                       {"peer_connection_id", "description", "glare_role", "gathering",
                        "gathering_timeout", "ice_restart", "revision"});
  }
  if (status.ok()) status = RequireConnectionId(request->peer_connection_id());
  absl::StatusOr<host::NegotiateOptions> options = ToNegotiateOptions(*request);
  if (status.ok()) status = options.status();
  if (!status.ok()) {
    if (order.ok()) TakePlace(calls_.host, request->peer_connection_id(), *order);
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitOrderedCall(calls_, *request, *order, std::move(reply));
  if (!admitted.has_value()) return reactor;
  host::Host::VisitOptions visit{
      .chained = true,
      .order = *order,
      .bytes = order->has_value() ? request->ByteSizeLong() : 0,
  };
  auto visitor = [request, order = *order, options = *std::move(options),
                  reply = *std::move(admitted)](absl::StatusOr<host::PeerConnection*> pc) mutable {
    grpc::Status ready = ToGrpcStatus(pc.status());
    if (pc.ok()) ready = BeginTurn(order, reply) ? CheckRevision(**pc, *request) : CallerGone();
    if (!ready.ok()) {
      std::move(reply).Finish(ready);
      return;
    }
    host::Negotiate(
        **pc, options,
        [reply = std::move(reply)](absl::StatusOr<host::NegotiateResult> result) mutable {
          if (result.ok()) FillResponse(*result, reply.response());
          std::move(reply).Finish(result.status());
        });
  };
  calls_.host.Visit(request->peer_connection_id(), std::move(visit), std::move(visitor));
  return reactor;
}

grpc::ServerUnaryReactor* PeerConnectionService::AddTransceiver(
    grpc::CallbackServerContext* context, const v1::AddTransceiverRequest* request,
    v1::AddTransceiverResponse* response) {
  return CallOnConnection<v1::AddTransceiverRequest, v1::AddTransceiverResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "kind", "track_id", "direction", "stream_ids", "send_encodings",
       "transceiver_id", "sender_id", "receiver_id", "revision"},
      [](host::PeerConnection& pc, const v1::AddTransceiverRequest& in,
         v1::AddTransceiverResponse& out) -> absl::Status {
        TransceiverInit init;
        PCD_ASSIGN_OR_RETURN(init.direction, FromProto(in.direction(), "direction"));
        init.stream_ids.assign(in.stream_ids().begin(), in.stream_ids().end());
        PCD_ASSIGN_OR_RETURN(init.send_encodings, FromProto(in.send_encodings(), "send_encodings"));
        init.sender_id = in.sender_id();
        init.receiver_id = in.receiver_id();
        absl::StatusOr<peerconnection::TransceiverInfo> transceiver;
        if (in.kind_or_track_case() == v1::AddTransceiverRequest::kTrackId) {
          init.track_id = in.track_id();
          transceiver = pc.AddTransceiverOfTrack(init, in.transceiver_id());
        } else {
          PCD_ASSIGN_OR_RETURN(const MediaKind kind, FromProto(in.kind(), "kind"));
          transceiver = pc.AddTransceiver(kind, init, in.transceiver_id());
        }
        if (transceiver.ok()) *out.mutable_transceiver() = ToProto(*transceiver);
        return transceiver.status();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ListTransceivers(
    grpc::CallbackServerContext* context, const v1::ListTransceiversRequest* request,
    v1::ListTransceiversResponse* response) {
  return CallOnConnection<v1::ListTransceiversRequest, v1::ListTransceiversResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ListTransceiversRequest&,
         v1::ListTransceiversResponse& out) {
        FillTransceivers(pc.ListTransceivers(), out.mutable_transceivers());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::ExplainNegotiation(
    grpc::CallbackServerContext* context, const v1::ExplainNegotiationRequest* request,
    v1::ExplainNegotiationResponse* response) {
  return CallOnConnection<v1::ExplainNegotiationRequest, v1::ExplainNegotiationResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ExplainNegotiationRequest&,
         v1::ExplainNegotiationResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const host::PeerConnection::Explanation explanation,
                             pc.ExplainNegotiation());
        out.set_revision(explanation.revision);
        for (const jsep::SectionRecord& section : *explanation.record) {
          Fill(section, *out.add_sections());
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::GetStats(grpc::CallbackServerContext* context,
                                                          const v1::GetStatsRequest* request,
                                                          v1::GetStatsResponse* response) {
  return CallOnConnection<v1::GetStatsRequest, v1::GetStatsResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "sender_id", "receiver_id", "types"},
      [](host::PeerConnection& pc, const v1::GetStatsRequest& in,
         v1::GetStatsResponse& out) -> absl::Status {
        std::set<int> types;
        for (const int type : in.types()) {
          if (type == v1::STATS_TYPE_UNSPECIFIED || !v1::StatsType_IsValid(type)) {
            return InvalidArgument("there is no such type of statistics", "types");
          }
          types.insert(type);
        }
        absl::StatusOr<StatsReport> report;
        if (in.selector_case() == v1::GetStatsRequest::kSenderId) {
          report = pc.GetSenderStats(in.sender_id());
        } else if (in.selector_case() == v1::GetStatsRequest::kReceiverId) {
          report = pc.GetReceiverStats(in.receiver_id());
        } else {
          report = pc.GetStats();
        }
        if (report.ok()) *out.mutable_report() = ToProto(*report, types);
        PCD_RETURN_IF_ERROR(report.status());
        return absl::OkStatus();
      });
}

}  // namespace pcd::service

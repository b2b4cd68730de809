// PeerConnectionService: Create, Get, List, Close, AcceptOffer.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/host/accept_offer.h"
#include "service/certificate_mapping.h"
#include "service/connection_call.h"
#include "service/gathering_options.h"
#include "service/local_track_mapping.h"
#include "service/page_token.h"
#include "service/peer_connection_mapping.h"
#include "service/peer_connection_service.h"
#include "service/read_mask.h"
#include "service/sink_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;
constexpr size_t kMaxCloseMessageBytes = 256;
constexpr Duration kMaxGracefulTimeout = std::chrono::seconds(60);

// Create and AcceptOffer share these fields.
template <typename Request>
absl::StatusOr<host::CreateOptions> ToCreateOptions(const Request& request) {
  host::CreateOptions options{.id_suffix = request.peer_connection_id_suffix()};
  PCD_ASSIGN_OR_RETURN(options.configuration, FromProto(request.configuration()));
  PCD_ASSIGN_OR_RETURN(options.certificates, CertificatesFromProto(request.configuration()));
  options.labels.insert(request.labels().begin(), request.labels().end());
  return options;
}

absl::StatusOr<host::AcceptOfferOptions> ToAcceptOfferOptions(
    const v1::AcceptOfferRequest& request) {
  host::AcceptOfferOptions options;
  PCD_ASSIGN_OR_RETURN(options.create, ToCreateOptions(request));
  PCD_ASSIGN_OR_RETURN(options.offer, FromProto(request.offer(), "offer"));
  for (int i = 0; i < request.sinks_size(); ++i) {
    const std::string field = "sinks[" + std::to_string(i) + "]";
    PCD_ASSIGN_OR_RETURN(media::SinkConfig sink, FromProto(request.sinks(i), field));
    options.sinks.push_back(std::move(sink));
  }
  for (int i = 0; i < request.local_tracks_size(); ++i) {
    const v1::LocalTrackSpec& spec = request.local_tracks(i);
    absl::StatusOr<media::LocalTrackConfig> track = FromProto(spec);
    PCD_RETURN_IF_ERROR(WithFieldPrefix(track.status(), "local_tracks[" + std::to_string(i) + "]"));
    options.local_tracks.push_back(
        {.config = *std::move(track),
         .stream_ids = {spec.stream_ids().begin(), spec.stream_ids().end()}});
  }
  for (int i = 0; i < request.candidates_size(); ++i) {
    const std::string field = "candidates[" + std::to_string(i) + "]";
    PCD_ASSIGN_OR_RETURN(IceCandidateInit candidate, FromProto(request.candidates(i), field));
    options.candidates.push_back(std::move(candidate));
  }
  PCD_RETURN_IF_ERROR(
      ReadGathering(request, options.wait_for_gathering, options.gathering_timeout));
  return options;
}

void FillResponse(const host::AcceptOfferResult& result, v1::AcceptOfferResponse& response) {
  *response.mutable_peer_connection() = ToProto(result.info);
  *response.mutable_answer() = ToProto(result.answer);
  for (const media::SinkInfo& sink : result.sinks) {
    *response.add_sinks() = ToProto(result.info.id, sink);
  }
  FillTransceivers(result.transceivers, response.mutable_transceivers());
  response.set_gathering_complete(result.gathering_complete);
}

// The caller of the call that made it has gone and cannot ask again, so nobody will learn the id.
void CloseForgotten(host::Host& host, const std::string& id) {
  host.Close(id, {.message = "the caller went away"},
             [](absl::StatusOr<host::PeerConnectionInfo>) {});
}

}  // namespace

grpc::ServerUnaryReactor* PeerConnectionService::Create(grpc::CallbackServerContext* context,
                                                        const v1::CreateRequest* request,
                                                        v1::CreateResponse* response) {
  UnaryReply<v1::CreateResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  absl::Status status =
      CheckLooseCall(*context, *request,
                     {"peer_connection_id_suffix", "labels", "configuration.ice_servers",
                      "configuration.ice_transport_policy", "configuration.bundle_policy",
                      "configuration.rtcp_mux_policy", "configuration.ice_backend",
                      "configuration.certificates", "configuration.ice_candidate_pool_size"});
  absl::StatusOr<host::CreateOptions> options = ToCreateOptions(*request);
  if (status.ok()) status = options.status();
  if (!status.ok()) {
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitCall(calls_, *request, std::move(reply));
  if (!admitted.has_value()) return reactor;
  calls_.host.Create(*std::move(options),
                     [host = &calls_.host, reply = *std::move(admitted)](
                         absl::StatusOr<host::PeerConnectionInfo> info) mutable {
                       if (info.ok() && reply.IsCancelled() && !reply.IsRemembered()) {
                         CloseForgotten(*host, info->id);
                       } else if (info.ok()) {
                         *reply.response().mutable_peer_connection() = ToProto(*info);
                       }
                       std::move(reply).Finish(info.status());
                     });
  return reactor;
}

grpc::ServerUnaryReactor* PeerConnectionService::Get(grpc::CallbackServerContext* context,
                                                     const v1::GetRequest* request,
                                                     v1::GetResponse* response) {
  return CallOnConnection<v1::GetRequest, v1::GetResponse>(
      calls_, context, request, response, {"peer_connection_id", "read_mask"},
      [](host::PeerConnection& pc, const v1::GetRequest& in, v1::GetResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(CheckReadMask<v1::PeerConnection>(in.read_mask()));
        *out.mutable_peer_connection() = ToProto(pc.Info());
        ApplyReadMask(in.read_mask(), *out.mutable_peer_connection());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::List(grpc::CallbackServerContext* context,
                                                      const v1::ListRequest* request,
                                                      v1::ListResponse* response) {
  UnaryReply<v1::ListResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  host::ListOptions options;
  absl::Status status = [&]() -> absl::Status {
    PCD_RETURN_IF_ERROR(CheckLooseCall(*context, *request,
                                       {"page_size", "page_token", "label_selector", "read_mask"}));
    PCD_RETURN_IF_ERROR(CheckReadMask<v1::PeerConnection>(request->read_mask()));
    if (request->page_size() < 0) {
      return InvalidArgument("the page size is 1 to 1000", "page_size");
    }
    options.page_size = static_cast<size_t>(
        request->page_size() == 0 ? kDefaultPageSize
                                  : std::min<int>(request->page_size(), kMaxPageSize));
    PCD_ASSIGN_OR_RETURN(const std::string after,
                         ParsePageToken(request->page_token(), request->label_selector()));
    // The token carries a check, so what it holds is what MakePageToken was given.
    if (!after.empty()) options.after = std::strtoull(after.c_str(), nullptr, 10);
    PCD_ASSIGN_OR_RETURN(options.selector, host::LabelSelector::Parse(request->label_selector()));
    return absl::OkStatus();
  }();
  if (!status.ok()) {
    std::move(reply).Finish(status);
    return reactor;
  }
  calls_.host.List(std::move(options), [request, reply = std::move(reply)](
                                           absl::StatusOr<host::ListPage> page) mutable {
    if (page.ok()) {
      for (const auto& info : page->peer_connections) {
        v1::PeerConnection& listed = *reply.response().add_peer_connections();
        listed = request->has_read_mask() ? ToProto(info) : ToListedProto(info);
        ApplyReadMask(request->read_mask(), listed);
      }
      if (page->next != 0) {
        reply.response().set_next_page_token(
            MakePageToken(std::to_string(page->next), request->label_selector()));
      }
    }
    std::move(reply).Finish(page.status());
  });
  return reactor;
}

grpc::ServerUnaryReactor* PeerConnectionService::Close(grpc::CallbackServerContext* context,
                                                       const v1::CloseRequest* request,
                                                       v1::CloseResponse* response) {
  UnaryReply<v1::CloseResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  host::Host::CloseOptions options{.graceful = request->graceful(), .message = request->message()};
  const auto order = ReadCallOrder(*context);
  absl::Status status = [&]() -> absl::Status {
    PCD_RETURN_IF_ERROR(order.status());
    PCD_RETURN_IF_ERROR(
        CheckCall(*context, *request,
                  {"peer_connection_id", "graceful", "graceful_timeout", "message", "revision"}));
    PCD_RETURN_IF_ERROR(RequireConnectionId(request->peer_connection_id()));
    if (request->message().size() > kMaxCloseMessageBytes) {
      return InvalidArgument("the message is at most 256 bytes", "message");
    }
    if (!request->has_graceful_timeout()) return absl::OkStatus();
    if (!request->graceful()) {
      return InvalidArgument("a timeout goes with graceful only", "graceful_timeout");
    }
    PCD_ASSIGN_OR_RETURN(options.graceful_timeout,
                         DurationFromProto(request->graceful_timeout(), Duration::zero(),
                                           kMaxGracefulTimeout, "graceful_timeout"));
    return absl::OkStatus();
  }();
  if (!status.ok()) {
    if (order.ok()) TakePlace(calls_.host, request->peer_connection_id(), *order);
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitOrderedCall(calls_, *request, *order, std::move(reply));
  if (!admitted.has_value()) return reactor;
  // Either of the two callbacks answers.
  const auto shared = std::make_shared<UnaryReply<v1::CloseResponse>>(*std::move(admitted));
  options.order = *order;
  options.proceed = [shared, request, order = *order](host::PeerConnection& pc) {
    const grpc::Status current =
        BeginTurn(order, *shared) ? CheckRevision(pc, *request) : CallerGone();
    if (!current.ok()) std::move(*shared).Finish(current);
    return current.ok();
  };
  calls_.host.Close(request->peer_connection_id(), std::move(options),
                    [shared](absl::StatusOr<host::PeerConnectionInfo> info) {
                      if (info.ok()) *shared->response().mutable_peer_connection() = ToProto(*info);
                      std::move(*shared).Finish(info.status());
                    });
  return reactor;
}

grpc::ServerUnaryReactor* PeerConnectionService::AcceptOffer(grpc::CallbackServerContext* context,
                                                             const v1::AcceptOfferRequest* request,
                                                             v1::AcceptOfferResponse* response) {
  UnaryReply<v1::AcceptOfferResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  absl::Status status = CheckLooseCall(*context, *request,
                                       {"peer_connection_id_suffix",
                                        "labels",
                                        "configuration.ice_servers",
                                        "configuration.ice_transport_policy",
                                        "configuration.bundle_policy",
                                        "configuration.rtcp_mux_policy",
                                        "configuration.ice_backend",
                                        "configuration.certificates",
                                        "configuration.ice_candidate_pool_size",
                                        "offer",
                                        "sinks.sink_id",
                                        "sinks.selector",
                                        "sinks.destination",
                                        "sinks.rtcp_port",
                                        "sinks.payload_type",
                                        "sinks.ssrc",
                                        "sinks.paused",
                                        "sinks.rid",
                                        "sinks.max_reorder_delay",
                                        "local_tracks.track_id",
                                        "local_tracks.kind",
                                        "local_tracks.source.udp.bind",
                                        "local_tracks.source.udp.rtcp_port",
                                        "local_tracks.source.udp.codec",
                                        "local_tracks.source.udp.payload_type",
                                        "local_tracks.source.udp.ssrc",
                                        "local_tracks.source.udp.remote",
                                        "local_tracks.source.test",
                                        "local_tracks.stream_ids",
                                        "candidates",
                                        "gathering",
                                        "gathering_timeout"});
  absl::StatusOr<host::AcceptOfferOptions> options = ToAcceptOfferOptions(*request);
  if (status.ok()) status = options.status();
  if (!status.ok()) {
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitCall(calls_, *request, std::move(reply));
  if (!admitted.has_value()) return reactor;
  host::AcceptOffer(calls_.host, *std::move(options),
                    [host = &calls_.host, reply = *std::move(admitted)](
                        absl::StatusOr<host::AcceptOfferResult> result) mutable {
                      if (result.ok() && reply.IsCancelled() && !reply.IsRemembered()) {
                        CloseForgotten(*host, result->info.id);
                      } else if (result.ok()) {
                        FillResponse(*result, reply.response());
                      }
                      std::move(reply).Finish(result.status());
                    });
  return reactor;
}

}  // namespace pcd::service

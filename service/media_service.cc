#include "service/media_service.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "service/connection_call.h"
#include "service/sink_mapping.h"

namespace pcd::service {
namespace {

constexpr int kMaxSinkIds = 1024;  // What --max-sinks can be at most.

absl::Status RequireSinkId(const std::string& sink_id) {
  return sink_id.empty() ? InvalidArgument("the sink is required", "sink_id") : absl::OkStatus();
}

// A description has one section a sink, so more names than sinks, or one twice, is a mistake.
absl::Status CheckSinkIds(const v1::GetSinkSdpRequest& request) {
  if (request.sink_ids_size() > kMaxSinkIds) {
    return InvalidArgument("at most 1024 sinks can be named", "sink_ids");
  }
  const std::set<std::string_view> ids(request.sink_ids().begin(), request.sink_ids().end());
  if (ids.size() < static_cast<size_t>(request.sink_ids_size())) {
    return InvalidArgument("a sink is named twice", "sink_ids");
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> AskForKeyFrame(host::PeerConnection& pc,
                                    const v1::RequestKeyFrameRequest& request) {
  switch (request.target_case()) {
    case v1::RequestKeyFrameRequest::kTrack: {
      PCD_ASSIGN_OR_RETURN(const media::TrackSelector track, FromProto(request.track(), "track"));
      return pc.RequestKeyFrame(track, request.rid());
    }
    case v1::RequestKeyFrameRequest::kSinkId:
      return pc.RequestKeyFrameOfSink(request.sink_id(), request.rid());
    case v1::RequestKeyFrameRequest::TARGET_NOT_SET:
      break;
  }
  return InvalidArgument("a track or a sink is required", "target");
}

}  // namespace

grpc::ServerUnaryReactor* MediaService::CreateSink(grpc::CallbackServerContext* context,
                                                   const v1::CreateSinkRequest* request,
                                                   v1::CreateSinkResponse* response) {
  return CallOnConnection<v1::CreateSinkRequest, v1::CreateSinkResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "spec.sink_id", "spec.selector", "spec.destination", "spec.rtcp_port",
       "spec.payload_type", "spec.ssrc", "spec.paused", "spec.rid", "spec.max_reorder_delay",
       "revision"},
      [](host::PeerConnection& pc, const v1::CreateSinkRequest& in,
         v1::CreateSinkResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const media::SinkConfig config, FromProto(in.spec(), "spec"));
        const absl::StatusOr<media::SinkInfo> sink = pc.CreateSink(config);
        PCD_RETURN_IF_ERROR(WithFieldPrefix(sink.status(), "spec"));
        *out.mutable_sink() = ToProto(pc.id(), *sink);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::GetSink(grpc::CallbackServerContext* context,
                                                const v1::GetSinkRequest* request,
                                                v1::GetSinkResponse* response) {
  return CallOnConnection<v1::GetSinkRequest, v1::GetSinkResponse>(
      calls_, context, request, response, {"peer_connection_id", "sink_id"},
      [](host::PeerConnection& pc, const v1::GetSinkRequest& in,
         v1::GetSinkResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireSinkId(in.sink_id()));
        PCD_ASSIGN_OR_RETURN(const media::SinkInfo sink, pc.GetSink(in.sink_id()));
        *out.mutable_sink() = ToProto(pc.id(), sink);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::UpdateSink(grpc::CallbackServerContext* context,
                                                   const v1::UpdateSinkRequest* request,
                                                   v1::UpdateSinkResponse* response) {
  return CallOnConnection<v1::UpdateSinkRequest, v1::UpdateSinkResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "sink_id", "spec", "update_mask", "revision"},
      [](host::PeerConnection& pc, const v1::UpdateSinkRequest& in,
         v1::UpdateSinkResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireSinkId(in.sink_id()));
        if (!in.spec().sink_id().empty() && in.spec().sink_id() != in.sink_id()) {
          return InvalidArgument("the sink's id cannot be changed", "spec.sink_id");
        }
        PCD_ASSIGN_OR_RETURN(const media::SinkInfo current, pc.GetSink(in.sink_id()));
        PCD_ASSIGN_OR_RETURN(const media::SinkUpdate update,
                             FromProto(in.spec(), in.update_mask(), current.config));
        const absl::StatusOr<media::SinkInfo> sink = pc.UpdateSink(in.sink_id(), update);
        PCD_RETURN_IF_ERROR(WithFieldPrefix(sink.status(), "spec"));
        *out.mutable_sink() = ToProto(pc.id(), *sink);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::ListSinks(grpc::CallbackServerContext* context,
                                                  const v1::ListSinksRequest* request,
                                                  v1::ListSinksResponse* response) {
  return CallOnConnection<v1::ListSinksRequest, v1::ListSinksResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::ListSinksRequest&, v1::ListSinksResponse& out) {
        for (const media::SinkInfo& sink : pc.ListSinks()) {
          *out.add_sinks() = ToProto(pc.id(), sink);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::DeleteSink(grpc::CallbackServerContext* context,
                                                   const v1::DeleteSinkRequest* request,
                                                   v1::DeleteSinkResponse* response) {
  return CallOnConnection<v1::DeleteSinkRequest, v1::DeleteSinkResponse>(
      calls_, context, request, response, {"peer_connection_id", "sink_id", "revision"},
      [](host::PeerConnection& pc, const v1::DeleteSinkRequest& in,
         v1::DeleteSinkResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireSinkId(in.sink_id()));
        PCD_ASSIGN_OR_RETURN(const media::SinkInfo sink, pc.GetSink(in.sink_id()));
        PCD_RETURN_IF_ERROR(pc.DeleteSink(in.sink_id()));
        *out.mutable_sink() = ToProto(pc.id(), sink);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::GetSinkSdp(grpc::CallbackServerContext* context,
                                                   const v1::GetSinkSdpRequest* request,
                                                   v1::GetSinkSdpResponse* response) {
  return CallOnConnection<v1::GetSinkSdpRequest, v1::GetSinkSdpResponse>(
      calls_, context, request, response, {"peer_connection_id", "sink_ids"},
      [](host::PeerConnection& pc, const v1::GetSinkSdpRequest& in,
         v1::GetSinkSdpResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(CheckSinkIds(in));
        const std::vector<std::string> ids(in.sink_ids().begin(), in.sink_ids().end());
        PCD_ASSIGN_OR_RETURN(std::string sdp, pc.GetSinkSdp(ids));
        out.set_sdp(std::move(sdp));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::RequestKeyFrame(grpc::CallbackServerContext* context,
                                                        const v1::RequestKeyFrameRequest* request,
                                                        v1::RequestKeyFrameResponse* response) {
  return CallOnConnection<v1::RequestKeyFrameRequest, v1::RequestKeyFrameResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "track", "sink_id", "rid", "method"},
      [](host::PeerConnection& pc, const v1::RequestKeyFrameRequest& in,
         v1::RequestKeyFrameResponse& out) -> absl::Status {
        if (!v1::KeyFrameRequestMethod_IsValid(in.method())) {
          return InvalidArgument("the method is auto, PLI or FIR", "method");
        }
        if (in.method() > v1::KEY_FRAME_REQUEST_METHOD_AUTO) return FieldNotImplemented("method");
        PCD_ASSIGN_OR_RETURN(const bool sent, AskForKeyFrame(pc, in));
        out.set_sent(sent);
        return absl::OkStatus();
      });
}

}  // namespace pcd::service

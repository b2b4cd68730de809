// MediaService: tracks, local and remote.
#include <string>

#include "engine/base/status.h"
#include "service/connection_call.h"
#include "service/local_track_mapping.h"
#include "service/media_service.h"
#include "service/peer_connection_mapping.h"

namespace pcd::service {
namespace {

absl::Status RequireTrackId(const std::string& track_id) {
  return track_id.empty() ? InvalidArgument("the track is required", "track_id") : absl::OkStatus();
}

// With all that is known of it now.
v1::Track CurrentTrack(const host::PeerConnection& pc, const jsep::Transceiver& transceiver) {
  return RemoteTrack(pc.id(), transceiver, pc.IsMuted(transceiver), pc.LayersOf(transceiver));
}

}  // namespace

grpc::ServerUnaryReactor* MediaService::CreateLocalTrack(grpc::CallbackServerContext* context,
                                                         const v1::CreateLocalTrackRequest* request,
                                                         v1::CreateLocalTrackResponse* response) {
  return CallOnConnection<v1::CreateLocalTrackRequest, v1::CreateLocalTrackResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "track_id", "kind", "source.udp.bind", "source.udp.rtcp_port",
       "source.udp.codec", "source.udp.payload_type", "source.udp.ssrc", "source.udp.remote",
       "source.test", "revision"},
      [](host::PeerConnection& pc, const v1::CreateLocalTrackRequest& in,
         v1::CreateLocalTrackResponse& out) -> absl::Status {
        PCD_ASSIGN_OR_RETURN(const media::LocalTrackConfig config, FromProto(in));
        PCD_ASSIGN_OR_RETURN(const media::LocalTrackInfo track, pc.CreateLocalTrack(config));
        *out.mutable_track() = ToProto(pc.id(), track);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::DeleteLocalTrack(grpc::CallbackServerContext* context,
                                                         const v1::DeleteLocalTrackRequest* request,
                                                         v1::DeleteLocalTrackResponse* response) {
  return CallOnConnection<v1::DeleteLocalTrackRequest, v1::DeleteLocalTrackResponse>(
      calls_, context, request, response, {"peer_connection_id", "track_id", "revision"},
      [](host::PeerConnection& pc, const v1::DeleteLocalTrackRequest& in,
         v1::DeleteLocalTrackResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireTrackId(in.track_id()));
        PCD_ASSIGN_OR_RETURN(const media::LocalTrackInfo track, pc.DeleteLocalTrack(in.track_id()));
        *out.mutable_track() = ToProto(pc.id(), track);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::GetTrack(grpc::CallbackServerContext* context,
                                                 const v1::GetTrackRequest* request,
                                                 v1::GetTrackResponse* response) {
  return CallOnConnection<v1::GetTrackRequest, v1::GetTrackResponse>(
      calls_, context, request, response, {"peer_connection_id", "track_id"},
      [](host::PeerConnection& pc, const v1::GetTrackRequest& in,
         v1::GetTrackResponse& out) -> absl::Status {
        PCD_RETURN_IF_ERROR(RequireTrackId(in.track_id()));
        for (const jsep::Transceiver& transceiver : pc.ListTransceivers()) {
          if (transceiver.track_id != in.track_id()) continue;
          *out.mutable_track() = CurrentTrack(pc, transceiver);
          return absl::OkStatus();
        }
        PCD_ASSIGN_OR_RETURN(const media::LocalTrackInfo track, pc.GetLocalTrack(in.track_id()));
        *out.mutable_track() = ToProto(pc.id(), track);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MediaService::ListTracks(grpc::CallbackServerContext* context,
                                                   const v1::ListTracksRequest* request,
                                                   v1::ListTracksResponse* response) {
  return CallOnConnection<v1::ListTracksRequest, v1::ListTracksResponse>(
      calls_, context, request, response, {"peer_connection_id", "origin"},
      [](host::PeerConnection& pc, const v1::ListTracksRequest& in,
         v1::ListTracksResponse& out) -> absl::Status {
        if (!v1::TrackOrigin_IsValid(in.origin())) {
          return InvalidArgument("the origin is remote or local", "origin");
        }
        if (in.origin() != v1::TRACK_ORIGIN_LOCAL) {
          for (const jsep::Transceiver& transceiver : pc.ListTransceivers()) {
            *out.add_tracks() = CurrentTrack(pc, transceiver);
          }
        }
        if (in.origin() != v1::TRACK_ORIGIN_REMOTE) {
          for (const media::LocalTrackInfo& track : pc.ListLocalTracks()) {
            *out.add_tracks() = ToProto(pc.id(), track);
          }
        }
        return absl::OkStatus();
      });
}

}  // namespace pcd::service

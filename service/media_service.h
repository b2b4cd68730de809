// MediaService of the contract: sinks, key frames, tracks.
#ifndef SERVICE_MEDIA_SERVICE_H_
#define SERVICE_MEDIA_SERVICE_H_

#include "peerconnection/v1/media_service.grpc.pb.h"
#include "service/calls.h"
#include "service/contract.h"
#include "service/not_implemented.h"

namespace pcd::service {

// Threading: as PeerConnectionService.
class MediaService final : public v1::MediaService::CallbackService {
 public:
  explicit MediaService(const Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* CreateSink(grpc::CallbackServerContext* context,
                                       const v1::CreateSinkRequest* request,
                                       v1::CreateSinkResponse* response) override;
  grpc::ServerUnaryReactor* GetSink(grpc::CallbackServerContext* context,
                                    const v1::GetSinkRequest* request,
                                    v1::GetSinkResponse* response) override;
  grpc::ServerUnaryReactor* UpdateSink(grpc::CallbackServerContext* context,
                                       const v1::UpdateSinkRequest* request,
                                       v1::UpdateSinkResponse* response) override;
  grpc::ServerUnaryReactor* ListSinks(grpc::CallbackServerContext* context,
                                      const v1::ListSinksRequest* request,
                                      v1::ListSinksResponse* response) override;
  grpc::ServerUnaryReactor* DeleteSink(grpc::CallbackServerContext* context,
                                       const v1::DeleteSinkRequest* request,
                                       v1::DeleteSinkResponse* response) override;
  grpc::ServerUnaryReactor* GetSinkSdp(grpc::CallbackServerContext* context,
                                       const v1::GetSinkSdpRequest* request,
                                       v1::GetSinkSdpResponse* response) override;
  grpc::ServerUnaryReactor* RequestKeyFrame(grpc::CallbackServerContext* context,
                                            const v1::RequestKeyFrameRequest* request,
                                            v1::RequestKeyFrameResponse* response) override;

  // track_methods.cc
  grpc::ServerUnaryReactor* CreateLocalTrack(grpc::CallbackServerContext* context,
                                             const v1::CreateLocalTrackRequest* request,
                                             v1::CreateLocalTrackResponse* response) override;
  grpc::ServerUnaryReactor* DeleteLocalTrack(grpc::CallbackServerContext* context,
                                             const v1::DeleteLocalTrackRequest* request,
                                             v1::DeleteLocalTrackResponse* response) override;
  grpc::ServerUnaryReactor* GetTrack(grpc::CallbackServerContext* context,
                                     const v1::GetTrackRequest* request,
                                     v1::GetTrackResponse* response) override;
  grpc::ServerUnaryReactor* ListTracks(grpc::CallbackServerContext* context,
                                       const v1::ListTracksRequest* request,
                                       v1::ListTracksResponse* response) override;

  PCD_NOT_IMPLEMENTED_BIDI_STREAM(StreamPackets)

 private:
  const Calls calls_;
};

}  // namespace pcd::service

#endif  // SERVICE_MEDIA_SERVICE_H_

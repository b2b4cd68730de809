// PeerConnectionService: GetConfiguration, SetConfiguration.
#include <vector>

#include "engine/base/status.h"
#include "service/certificate_mapping.h"
#include "service/connection_call.h"
#include "service/peer_connection_mapping.h"
#include "service/peer_connection_service.h"

namespace pcd::service {

grpc::ServerUnaryReactor* PeerConnectionService::GetConfiguration(
    grpc::CallbackServerContext* context, const v1::GetConfigurationRequest* request,
    v1::GetConfigurationResponse* response) {
  return CallOnConnection<v1::GetConfigurationRequest, v1::GetConfigurationResponse>(
      calls_, context, request, response, {"peer_connection_id"},
      [](host::PeerConnection& pc, const v1::GetConfigurationRequest&,
         v1::GetConfigurationResponse& out) {
        const host::PeerConnectionInfo info = pc.Info();
        *out.mutable_configuration() = ToProto(info.configuration);
        FillSources(info.certificates, *out.mutable_configuration());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PeerConnectionService::SetConfiguration(
    grpc::CallbackServerContext* context, const v1::SetConfigurationRequest* request,
    v1::SetConfigurationResponse* response) {
  return CallOnConnection<v1::SetConfigurationRequest, v1::SetConfigurationResponse>(
      calls_, context, request, response,
      {"peer_connection_id", "configuration.ice_servers", "configuration.ice_transport_policy",
       "configuration.bundle_policy", "configuration.rtcp_mux_policy", "configuration.ice_backend",
       "configuration.certificates", "configuration.ice_candidate_pool_size", "revision"},
      [](host::PeerConnection& pc, const v1::SetConfigurationRequest& in,
         v1::SetConfigurationResponse& out) -> absl::Status {
        if (!in.has_configuration()) return InvalidArgument("it is required", "configuration");
        PCD_ASSIGN_OR_RETURN(const Configuration configuration, FromProto(in.configuration()));
        PCD_ASSIGN_OR_RETURN(const std::vector<CertificateSource> certificates,
                             CertificatesFromProto(in.configuration()));
        PCD_RETURN_IF_ERROR(pc.SetConfiguration(configuration, certificates));
        *out.mutable_peer_connection() = ToProto(pc.Info());
        return absl::OkStatus();
      });
}

}  // namespace pcd::service

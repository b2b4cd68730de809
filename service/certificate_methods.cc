// PeerConnectionService: GenerateCertificate and DeleteCertificate.
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/base/status.h"
#include "service/certificate_mapping.h"
#include "service/connection_call.h"
#include "service/peer_connection_service.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr Duration kMaxValidity = std::chrono::hours(365 * 24);
constexpr Duration kLongestDuration = std::chrono::seconds(1'000'000'000);

absl::StatusOr<host::GenerateCertificateOptions> ToOptions(
    const v1::GenerateCertificateRequest& request) {
  host::GenerateCertificateOptions options;
  PCD_ASSIGN_OR_RETURN(options.algorithm, FromProto(request.key_algorithm(), "key_algorithm"));
  if (!request.has_validity()) return options;
  PCD_ASSIGN_OR_RETURN(
      const Duration validity,
      DurationFromProto(request.validity(), Duration::zero(), kLongestDuration, "validity"));
  options.validity = std::min(validity, kMaxValidity);
  return options;
}

}  // namespace

grpc::ServerUnaryReactor* PeerConnectionService::GenerateCertificate(
    grpc::CallbackServerContext* context, const v1::GenerateCertificateRequest* request,
    v1::GenerateCertificateResponse* response) {
  UnaryReply<v1::GenerateCertificateResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  absl::Status status = CheckLooseCall(*context, *request, {"key_algorithm", "validity"});
  const absl::StatusOr<host::GenerateCertificateOptions> options = ToOptions(*request);
  if (status.ok()) status = options.status();
  if (!status.ok()) {
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitCall(calls_, *request, std::move(reply));
  if (!admitted.has_value()) return reactor;
  calls_.host.GenerateCertificate(
      *options, [reply = *std::move(admitted)](
                    absl::StatusOr<peerconnection::CertificateInfo> certificate) mutable {
        if (certificate.ok()) *reply.response().mutable_certificate() = ToProto(*certificate);
        std::move(reply).Finish(certificate.status());
      });
  return reactor;
}

grpc::ServerUnaryReactor* PeerConnectionService::DeleteCertificate(
    grpc::CallbackServerContext* context, const v1::DeleteCertificateRequest* request,
    v1::DeleteCertificateResponse* response) {
  UnaryReply<v1::DeleteCertificateResponse> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  absl::Status status = CheckLooseCall(*context, *request, {"certificate_id"});
  if (status.ok() && request->certificate_id().empty()) {
    status = InvalidArgument("certificate_id is required", "certificate_id");
  }
  if (!status.ok()) {
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitCall(calls_, *request, std::move(reply));
  if (!admitted.has_value()) return reactor;
  std::move(*admitted).Finish(calls_.host.DeleteCertificate(request->certificate_id()));
  return reactor;
}

}  // namespace pcd::service

// Certificates of the contract. A private key only ever comes in.
#ifndef SERVICE_CERTIFICATE_MAPPING_H_
#define SERVICE_CERTIFICATE_MAPPING_H_

#include <absl/status/statusor.h>

#include <string_view>
#include <vector>

#include "engine/model/session.h"
#include "engine/peerconnection/info.h"
#include "peerconnection/v1/certificate.pb.h"
#include "peerconnection/v1/configuration.pb.h"
#include "service/contract.h"

namespace pcd::service {

v1::Certificate ToProto(const peerconnection::CertificateInfo& certificate);

// As GetConfiguration shows those that the caller chose.
void FillSources(const std::vector<peerconnection::CertificateInfoPtr>& certificates,
                 v1::Configuration& out);

// INVALID_ARGUMENT for a source that names nothing.
absl::StatusOr<std::vector<CertificateSource>> CertificatesFromProto(
    const v1::Configuration& configuration);

// UNSPECIFIED is ECDSA on P-256.
absl::StatusOr<KeyAlgorithm> FromProto(v1::KeyAlgorithm algorithm, std::string_view field);

}  // namespace pcd::service

#endif  // SERVICE_CERTIFICATE_MAPPING_H_

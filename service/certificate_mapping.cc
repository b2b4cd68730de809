#include "service/certificate_mapping.h"

#include <string>
#include <utility>

#include "engine/base/status.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

v1::KeyAlgorithm ToProto(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEcdsaP256:
      return v1::KEY_ALGORITHM_ECDSA_P256;
    case KeyAlgorithm::kRsa2048:
      return v1::KEY_ALGORITHM_RSA_2048;
    case KeyAlgorithm::kRsa3072:
      return v1::KEY_ALGORITHM_RSA_3072;
  }
  return v1::KEY_ALGORITHM_UNSPECIFIED;
}

}  // namespace

v1::Certificate ToProto(const peerconnection::CertificateInfo& certificate) {
  v1::Certificate out;
  out.set_certificate_id(certificate.id);
  *out.mutable_expires() = TimestampFromUnixMicros(certificate.expires_unix_us);
  out.set_key_algorithm(ToProto(certificate.key_algorithm));
  for (const Fingerprint& fingerprint : certificate.fingerprints) {
    v1::DtlsFingerprint& added = *out.add_fingerprints();
    added.set_algorithm(fingerprint.algorithm);
    added.set_value(fingerprint.value);
  }
  return out;
}

void FillSources(const std::vector<peerconnection::CertificateInfoPtr>& certificates,
                 v1::Configuration& out) {
  for (const peerconnection::CertificateInfoPtr& certificate : certificates) {
    if (!certificate->configured) continue;
    v1::CertificateSource& source = *out.add_certificates();
    if (certificate->id.empty()) {
      source.mutable_pem()->set_certificate_pem(certificate->pem);
    } else {
      source.set_certificate_id(certificate->id);
    }
  }
}

absl::StatusOr<std::vector<CertificateSource>> CertificatesFromProto(
    const v1::Configuration& configuration) {
  std::vector<CertificateSource> out;
  for (const v1::CertificateSource& source : configuration.certificates()) {
    const bool has_id = !source.certificate_id().empty();
    if (!has_id && !source.has_pem()) {
      return InvalidArgument("a certificate has an id or PEM texts", "configuration.certificates");
    }
    out.push_back({.id = source.certificate_id(),
                   .certificate_pem = source.pem().certificate_pem(),
                   .private_key_pem = source.pem().private_key_pem()});
  }
  return out;
}

absl::StatusOr<KeyAlgorithm> FromProto(v1::KeyAlgorithm algorithm, std::string_view field) {
  switch (algorithm) {
    case v1::KEY_ALGORITHM_UNSPECIFIED:
    case v1::KEY_ALGORITHM_ECDSA_P256:
      return KeyAlgorithm::kEcdsaP256;
    case v1::KEY_ALGORITHM_RSA_2048:
      return KeyAlgorithm::kRsa2048;
    case v1::KEY_ALGORITHM_RSA_3072:
      return KeyAlgorithm::kRsa3072;
    default:
      return InvalidArgument("there is no such kind of key", field);
  }
}

}  // namespace pcd::service

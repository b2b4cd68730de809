// A certificate that a caller chose for a connection.
#ifndef ENGINE_PEERCONNECTION_OWN_CERTIFICATE_H_
#define ENGINE_PEERCONNECTION_OWN_CERTIFICATE_H_

#include <memory>
#include <string>
#include <utility>

#include "engine/dtls/certificate.h"
#include "engine/peerconnection/info.h"

namespace pcd::peerconnection {

struct OwnCertificate {
  std::string id{};  // Of a generated one; empty: brought along.
  std::shared_ptr<const dtls::Certificate> certificate{};
};

// Nothing in it is secret.
inline CertificateInfo Describe(const OwnCertificate& own, bool configured) {
  const dtls::Certificate& certificate = *own.certificate;
  return {.id = own.id,
          .configured = configured,
          .expires_unix_us = certificate.expires_unix_us(),
          .key_algorithm = certificate.key_algorithm(),
          .fingerprints = certificate.fingerprints(),
          .pem = configured ? certificate.CertificatePem() : std::string()};
}

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_OWN_CERTIFICATE_H_

#include "engine/host/certificate_store.h"

#include <utility>

#include "engine/base/status.h"

namespace pcd::host {
namespace {

// With one thread: some ten seconds of RSA keys at most.
constexpr size_t kMaxWaiting = 64;

absl::Status Invalid(std::string_view message, std::string_view field = {}) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CERTIFICATE, message,
                   {.dom_exception = "InvalidAccessError", .field = std::string(field)});
}

absl::Status Full(std::string_view message) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED, message,
                   {.dom_exception = "OperationError"});
}

absl::Status NotFound(const std::string& id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::CERTIFICATE_NOT_FOUND,
                   "no certificate \"" + id.substr(0, 64) + "\"", {.field = "certificate_id"});
}

}  // namespace

CertificateStore::CertificateStore(size_t max_certificates)
    : max_certificates_(max_certificates), workers_({.threads = 1, .max_queue = kMaxWaiting}) {}

bool CertificateStore::Reserve(int64_t now_unix_us) {
  const std::lock_guard lock(mutex_);
  if (certificates_.size() + being_made_ >= max_certificates_) {
    std::erase_if(certificates_, [now_unix_us](const auto& entry) {
      return entry.second->expires_unix_us() <= now_unix_us;
    });
  }
  if (certificates_.size() + being_made_ >= max_certificates_) return false;
  ++being_made_;
  return true;
}

void CertificateStore::Keep(const std::string& id, const absl::StatusOr<CertificatePtr>& made) {
  const std::lock_guard lock(mutex_);
  --being_made_;
  if (made.ok()) certificates_[id] = *made;
}

void CertificateStore::Generate(std::string id, const GenerateCertificateOptions& options,
                                int64_t now_unix_us, Made made) {
  if (!Reserve(now_unix_us)) {
    made(Full("this node keeps its " + std::to_string(max_certificates_) +
              " generated certificates already, and none has expired"));
    return;
  }
  // The task that is not taken is destroyed, and what it holds with it.
  const auto shared = std::make_shared<Made>(std::move(made));
  const bool taken = workers_.Run([this, id, options, now_unix_us, shared] {
    absl::StatusOr<CertificatePtr> certificate =
        dtls::Certificate::Generate(now_unix_us, options.algorithm, options.validity);
    Keep(id, certificate);
    if (!certificate.ok()) {
      (*shared)(certificate.status());
    } else {
      (*shared)(peerconnection::OwnCertificate{.id = id, .certificate = *std::move(certificate)});
    }
  });
  if (taken) return;
  Keep(id, absl::UnavailableError("not made"));
  (*shared)(Full("too many certificates are waiting to be made"));
}

absl::Status CertificateStore::Delete(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return certificates_.erase(id) > 0 ? absl::OkStatus() : NotFound(id);
}

absl::StatusOr<CertificateStore::CertificatePtr> CertificateStore::ResolveOne(
    const CertificateSource& source, int64_t now_unix_us) {
  CertificatePtr certificate;
  if (!source.id.empty()) {
    const std::lock_guard lock(mutex_);
    const auto it = certificates_.find(source.id);
    if (it == certificates_.end()) return NotFound(source.id);
    certificate = it->second;
  } else {
    if (source.certificate_pem.size() > kMaxPemBytes) {
      return Invalid("a PEM text is at most 16 KiB", "pem.certificate_pem");
    }
    if (source.private_key_pem.size() > kMaxPemBytes) {
      return Invalid("a PEM text is at most 16 KiB", "pem.private_key_pem");
    }
    auto read = dtls::Certificate::FromPem(source.private_key_pem + "\n" + source.certificate_pem);
    if (!read.ok()) return Invalid(std::string(read.status().message()), "pem");
    certificate = *std::move(read);
  }
  if (certificate->expires_unix_us() <= now_unix_us) return Invalid("the certificate is expired");
  return certificate;
}

absl::StatusOr<std::vector<peerconnection::OwnCertificate>> CertificateStore::Resolve(
    const std::vector<CertificateSource>& sources, int64_t now_unix_us) {
  if (sources.size() > kMaxPerConnection) {
    return InvalidArgument("a connection has at most 4 certificates", "configuration.certificates");
  }
  std::vector<peerconnection::OwnCertificate> found;
  for (size_t i = 0; i < sources.size(); ++i) {
    auto certificate = ResolveOne(sources[i], now_unix_us);
    if (!certificate.ok()) {
      return WithFieldPrefix(certificate.status(),
                             "configuration.certificates[" + std::to_string(i) + "]");
    }
    found.push_back({.id = sources[i].id, .certificate = *std::move(certificate)});
  }
  return found;
}

}  // namespace pcd::host

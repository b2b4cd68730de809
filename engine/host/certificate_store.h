// Certificates that callers had generated for later connections (W3C generateCertificate).
#ifndef ENGINE_HOST_CERTIFICATE_STORE_H_
#define ENGINE_HOST_CERTIFICATE_STORE_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/dtls/certificate.h"
#include "engine/model/session.h"
#include "engine/net/worker_pool.h"
#include "engine/peerconnection/own_certificate.h"

namespace pcd::host {

struct GenerateCertificateOptions {
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  Duration validity = dtls::kDefaultValidity;
};

// A certificate is kept until it is deleted, has expired and its room is needed, or the process
// ends; its key never leaves this process. Connections keep what they were created with.
// Threading: any thread. Keys are made on one worker thread, since an RSA key may take seconds.
class CertificateStore {
 public:
  // W3C: a connection has at most as many as its browser allows; here 4.
  static constexpr size_t kMaxPerConnection = 4;
  static constexpr size_t kMaxPemBytes = size_t{16} * 1024;  // Each text.

  // Keeps at most `max_certificates`.
  explicit CertificateStore(size_t max_certificates);

  // Called once, on the worker thread or, where the call fails at once, before the method
  // returns. Destroyed uncalled when the store goes away before.
  using Made = absl::AnyInvocable<void(absl::StatusOr<peerconnection::OwnCertificate>)>;
  // `id` is new. LIMIT_EXCEEDED: as many are kept, or are waiting to be made.
  void Generate(std::string id, const GenerateCertificateOptions& options, int64_t now_unix_us,
                Made made);

  // CERTIFICATE_NOT_FOUND: there is none of this id, or it is still being made.
  absl::Status Delete(const std::string& id);

  // Waits for the key that is being made; those that wait are given up. Idempotent.
  void Stop() { workers_.Stop(); }

  // What a new connection uses. CERTIFICATE_NOT_FOUND, INVALID_CERTIFICATE (InvalidAccessError:
  // expired, unreadable, of another key or an unknown kind), INVALID_ARGUMENT (too many). The
  // error's field begins with "configuration.certificates".
  absl::StatusOr<std::vector<peerconnection::OwnCertificate>> Resolve(
      const std::vector<CertificateSource>& sources, int64_t now_unix_us);

 private:
  using CertificatePtr = std::shared_ptr<const dtls::Certificate>;

  absl::StatusOr<CertificatePtr> ResolveOne(const CertificateSource& source, int64_t now_unix_us);
  bool Reserve(int64_t now_unix_us);
  void Keep(const std::string& id, const absl::StatusOr<CertificatePtr>& made);

  const size_t max_certificates_;
  std::mutex mutex_;
  std::map<std::string, CertificatePtr> certificates_;  // Guarded by mutex_.
  size_t being_made_ = 0;                               // Guarded by mutex_.
  net::WorkerPool workers_;  // The last member: it stops before the others go.
};

}  // namespace pcd::host

#endif  // ENGINE_HOST_CERTIFICATE_STORE_H_

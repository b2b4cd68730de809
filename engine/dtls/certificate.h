// Our identity in DTLS: a certificate, self-signed if made here, and its private key (RFC 8827
// section 6.5).
#ifndef ENGINE_DTLS_CERTIFICATE_H_
#define ENGINE_DTLS_CERTIFICATE_H_

#include <absl/status/statusor.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/model/session.h"
#include "engine/model/stats.h"

// BoringSSL's own names, so that its headers stay inside this room.
struct crypto_buffer_st;
struct evp_pkey_st;

namespace pcd::dtls {

// W3C's recommendation.
inline constexpr Duration kDefaultValidity = std::chrono::hours(30 * 24);

// Threading: immutable, may be shared by connections of all loops. Generate takes about 0.1 ms
// for ECDSA and up to seconds for RSA, and may run on any thread.
class Certificate {
 public:
  // Valid from one day before `now_unix_us` (clocks differ) until `validity` after it, in whole
  // seconds. Error: INTERNAL only.
  static absl::StatusOr<std::shared_ptr<const Certificate>> Generate(
      int64_t now_unix_us, KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256,
      Duration validity = kDefaultValidity);
  // Takes one PRIVATE KEY and one CERTIFICATE block, in either order. INVALID_ARGUMENT when
  // either is missing or unreadable, there is a second certificate, the key is neither ECDSA
  // P-256 nor RSA of 2048 or 3072 bits, or the two do not belong together.
  static absl::StatusOr<std::shared_ptr<const Certificate>> FromPem(std::string_view pem);

  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  // What FromPem takes. Contains the private key: never log it.
  std::string ToPem() const;
  // The CERTIFICATE block alone.
  std::string CertificatePem() const;
  ByteSpan der() const { return der_; }
  const Fingerprint& fingerprint() const { return fingerprints_.front(); }  // sha-256.
  // sha-256, sha-384, sha-512.
  const std::vector<Fingerprint>& fingerprints() const { return fingerprints_; }
  int64_t expires_unix_us() const { return expires_unix_us_; }
  KeyAlgorithm key_algorithm() const { return key_algorithm_; }

  // For DtlsTransport.
  evp_pkey_st* native_key() const { return key_; }
  crypto_buffer_st* native_certificate() const { return buffer_; }

 private:
  Certificate() = default;
  static absl::StatusOr<std::shared_ptr<const Certificate>> Make(evp_pkey_st* key,
                                                                 std::vector<uint8_t> der);

  evp_pkey_st* key_ = nullptr;
  crypto_buffer_st* buffer_ = nullptr;
  std::vector<uint8_t> der_;
  std::vector<Fingerprint> fingerprints_;
  int64_t expires_unix_us_ = 0;
  KeyAlgorithm key_algorithm_ = KeyAlgorithm::kEcdsaP256;
};

// The DER of the one CERTIFICATE block of `pem`; empty when there is none or it is unreadable.
std::vector<uint8_t> CertificateDerOf(std::string_view pem);

// The webrtc-stats entry of any certificate, ours or the peer's.
CertificateStats MakeCertificateStats(std::string id, ByteSpan certificate_der);

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_CERTIFICATE_H_

// Our identity in DTLS: a self-signed ECDSA P-256 certificate and its private key (RFC 8827
// section 6.5).
#ifndef ENGINE_DTLS_CERTIFICATE_H_
#define ENGINE_DTLS_CERTIFICATE_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/model/session.h"
#include "engine/model/stats.h"

// BoringSSL's own names, so that its headers stay inside this room.
struct crypto_buffer_st;
struct evp_pkey_st;

namespace pcd::dtls {

// Threading: immutable, may be shared by connections of all loops. Generate takes about 0.1 ms
// and may run on any thread.
class Certificate {
 public:
  // Valid from one day before `now_unix_us` (clocks differ) for 30 days after it, as W3C
  // recommends. Error: INTERNAL only.
  static absl::StatusOr<std::shared_ptr<const Certificate>> Generate(int64_t now_unix_us);
  // Takes a PRIVATE KEY and a CERTIFICATE block, in either order. INVALID_ARGUMENT when either
  // is missing or unreadable, the key is not ECDSA P-256, or the two do not belong together.
  static absl::StatusOr<std::shared_ptr<const Certificate>> FromPem(std::string_view pem);

  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  // What FromPem takes. Contains the private key: never log it.
  std::string ToPem() const;
  ByteSpan der() const { return der_; }
  const Fingerprint& fingerprint() const { return fingerprint_; }  // sha-256.
  int64_t expires_unix_us() const { return expires_unix_us_; }

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
  Fingerprint fingerprint_;
  int64_t expires_unix_us_ = 0;
};

// The webrtc-stats entry of any certificate, ours or the peer's.
CertificateStats MakeCertificateStats(std::string id, ByteSpan certificate_der);

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_CERTIFICATE_H_

#include "engine/dtls/certificate.h"

#include <openssl/asn1.h>
#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/pool.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <optional>
#include <utility>

#include "engine/base/status.h"
#include "engine/dtls/fingerprint.h"

namespace pcd::dtls {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;

absl::Status CryptoError(const char* what) {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL, what);
}

bssl::UniquePtr<EVP_PKEY> GenerateKey() {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (!ec || !key || !EC_KEY_generate_key(ec.get()) || !EVP_PKEY_set1_EC_KEY(key.get(), ec.get())) {
    return nullptr;
  }
  return key;
}

bool SetSerial(X509* certificate) {
  uint8_t bytes[8];
  RAND_bytes(bytes, sizeof(bytes));
  bytes[0] &= 0x7f;  // Positive, and never zero.
  bytes[7] |= 1;
  bssl::UniquePtr<BIGNUM> number(BN_bin2bn(bytes, sizeof(bytes), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bssl::UniquePtr<X509> SelfSign(EVP_PKEY* key, int64_t now_seconds) {
  bssl::UniquePtr<X509> certificate(X509_new());
  if (!certificate) return nullptr;
  X509_NAME* name = X509_get_subject_name(certificate.get());
  // The name means nothing: the fingerprint is the identity.
  const auto* common_name = reinterpret_cast<const uint8_t*>("WebRTC");
  const bool ok =
      X509_set_version(certificate.get(), X509_VERSION_3) && SetSerial(certificate.get()) &&
      X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, common_name, -1, -1, 0) &&
      X509_set_issuer_name(certificate.get(), name) &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now_seconds - kSecondsPerDay) &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now_seconds + 30 * kSecondsPerDay) &&
      X509_set_pubkey(certificate.get(), key) && X509_sign(certificate.get(), key, EVP_sha256());
  return ok ? std::move(certificate) : nullptr;
}

std::vector<uint8_t> ToDer(X509* certificate) {
  uint8_t* encoded = nullptr;
  const int length = i2d_X509(certificate, &encoded);
  if (length <= 0) return {};
  std::vector<uint8_t> der(encoded, encoded + length);
  OPENSSL_free(encoded);
  return der;
}

bssl::UniquePtr<X509> ParseDer(ByteSpan der) {
  const uint8_t* at = der.data();
  return bssl::UniquePtr<X509>(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

std::optional<int64_t> NotAfterSeconds(const X509* certificate) {
  bssl::UniquePtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  if (!epoch || !ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(certificate))) {
    return std::nullopt;
  }
  return days * kSecondsPerDay + seconds;
}

bool IsP256(const EVP_PKEY* key) {
  const EC_KEY* ec = EVP_PKEY_get0_EC_KEY(key);
  return ec != nullptr && EC_GROUP_get_curve_name(EC_KEY_get0_group(ec)) == NID_X9_62_prime256v1;
}

// An encrypted key would ask for a password; there is nobody to answer.
int NoPassword(char*, int, int, void*) { return -1; }

bssl::UniquePtr<BIO> ReadOnly(std::string_view text) {
  return bssl::UniquePtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string Base64(ByteSpan data) {
  std::string text((data.size() + 2) / 3 * 4 + 1, '\0');
  text.resize(EVP_EncodeBlock(reinterpret_cast<uint8_t*>(text.data()), data.data(), data.size()));
  return text;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Certificate>> Certificate::Make(evp_pkey_st* key,
                                                                     std::vector<uint8_t> der) {
  bssl::UniquePtr<EVP_PKEY> owned_key(key);
  bssl::UniquePtr<X509> parsed = ParseDer(der);
  const std::optional<int64_t> expiry = parsed ? NotAfterSeconds(parsed.get()) : std::nullopt;
  const std::optional<Fingerprint> fingerprint = ComputeFingerprint(der, "sha-256");
  bssl::UniquePtr<CRYPTO_BUFFER> buffer(CRYPTO_BUFFER_new(der.data(), der.size(), nullptr));
  if (!expiry || !fingerprint || !buffer) return CryptoError("cannot encode a certificate");
  std::shared_ptr<Certificate> result(new Certificate);
  result->key_ = owned_key.release();
  result->buffer_ = buffer.release();
  result->der_ = std::move(der);
  result->fingerprint_ = *fingerprint;
  result->expires_unix_us_ = *expiry * 1'000'000;
  return std::shared_ptr<const Certificate>(std::move(result));
}

absl::StatusOr<std::shared_ptr<const Certificate>> Certificate::Generate(int64_t now_unix_us) {
  bssl::UniquePtr<EVP_PKEY> key = GenerateKey();
  bssl::UniquePtr<X509> certificate = key ? SelfSign(key.get(), now_unix_us / 1'000'000) : nullptr;
  if (!certificate) return CryptoError("cannot generate a certificate");
  return Make(key.release(), ToDer(certificate.get()));
}

absl::StatusOr<std::shared_ptr<const Certificate>> Certificate::FromPem(std::string_view pem) {
  // Each reader skips blocks of other types, so the order does not matter.
  bssl::UniquePtr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(ReadOnly(pem).get(), nullptr, NoPassword, nullptr));
  bssl::UniquePtr<X509> certificate(
      PEM_read_bio_X509(ReadOnly(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  if (!key) return InvalidArgument("the PEM text has no readable private key");
  if (!certificate) return InvalidArgument("the PEM text has no readable certificate");
  if (!IsP256(key.get())) return InvalidArgument("the private key is not ECDSA P-256");
  if (!X509_check_private_key(certificate.get(), key.get())) {
    ERR_clear_error();
    return InvalidArgument("the private key does not belong to the certificate");
  }
  return Make(key.release(), ToDer(certificate.get()));
}

Certificate::~Certificate() {
  EVP_PKEY_free(key_);
  CRYPTO_BUFFER_free(buffer_);
}

std::string Certificate::ToPem() const {
  bssl::UniquePtr<BIO> out(BIO_new(BIO_s_mem()));
  bssl::UniquePtr<X509> certificate = ParseDer(der_);
  if (!out || !certificate ||
      !PEM_write_bio_PKCS8PrivateKey(out.get(), key_, nullptr, nullptr, 0, nullptr, nullptr) ||
      !PEM_write_bio_X509(out.get(), certificate.get())) {
    ERR_clear_error();
    return {};
  }
  const uint8_t* content = nullptr;
  size_t length = 0;
  if (!BIO_mem_contents(out.get(), &content, &length)) return {};
  return std::string(reinterpret_cast<const char*>(content), length);
}

CertificateStats MakeCertificateStats(std::string id, ByteSpan certificate_der) {
  CertificateStats stats;
  stats.id = std::move(id);
  if (std::optional<Fingerprint> fingerprint = ComputeFingerprint(certificate_der, "sha-256")) {
    stats.fingerprint = std::move(fingerprint->value);
    stats.fingerprint_algorithm = std::move(fingerprint->algorithm);
  }
  stats.base64_certificate = Base64(certificate_der);
  return stats;
}

}  // namespace pcd::dtls

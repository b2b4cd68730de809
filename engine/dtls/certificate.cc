#include "engine/dtls/certificate.h"

#include <openssl/asn1.h>
#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/pool.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <optional>
#include <utility>

#include "engine/base/status.h"
#include "engine/dtls/fingerprint.h"

namespace pcd::dtls {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int kRsa2048Bits = 2048;
constexpr int kRsa3072Bits = 3072;

absl::Status CryptoError(const char* what) {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL, what);
}

bssl::UniquePtr<EVP_PKEY> GenerateRsaKey(int bits) {
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<BIGNUM> exponent(BN_new());
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (!rsa || !exponent || !key || !BN_set_word(exponent.get(), RSA_F4) ||
      !RSA_generate_key_ex(rsa.get(), bits, exponent.get(), nullptr) ||
      !EVP_PKEY_set1_RSA(key.get(), rsa.get())) {
    return nullptr;
  }
  return key;
}

bssl::UniquePtr<EVP_PKEY> GenerateKey(KeyAlgorithm algorithm) {
  if (algorithm == KeyAlgorithm::kRsa2048) return GenerateRsaKey(kRsa2048Bits);
  if (algorithm == KeyAlgorithm::kRsa3072) return GenerateRsaKey(kRsa3072Bits);
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

bssl::UniquePtr<X509> SelfSign(EVP_PKEY* key, int64_t now_seconds, int64_t valid_seconds) {
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
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now_seconds + valid_seconds) &&
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

// Null: a kind that is not supported. Longer RSA keys would hold a loop up with each signature.
std::optional<KeyAlgorithm> AlgorithmOf(const EVP_PKEY* key) {
  const EC_KEY* ec = EVP_PKEY_get0_EC_KEY(key);
  if (ec != nullptr && EC_GROUP_get_curve_name(EC_KEY_get0_group(ec)) == NID_X9_62_prime256v1) {
    return KeyAlgorithm::kEcdsaP256;
  }
  if (EVP_PKEY_id(key) != EVP_PKEY_RSA) return std::nullopt;
  if (EVP_PKEY_bits(key) == kRsa2048Bits) return KeyAlgorithm::kRsa2048;
  if (EVP_PKEY_bits(key) == kRsa3072Bits) return KeyAlgorithm::kRsa3072;
  return std::nullopt;
}

// An encrypted key would ask for a password; there is nobody to answer.
int NoPassword(char*, int, int, void*) { return -1; }

bssl::UniquePtr<BIO> ReadOnly(std::string_view text) {
  return bssl::UniquePtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string TextOf(BIO* written) {
  const uint8_t* content = nullptr;
  size_t length = 0;
  if (!BIO_mem_contents(written, &content, &length)) return {};
  return std::string(reinterpret_cast<const char*>(content), length);
}

std::vector<Fingerprint> Fingerprints(ByteSpan der) {
  std::vector<Fingerprint> fingerprints;
  for (const char* hash : {"sha-256", "sha-384", "sha-512"}) {
    if (auto one = ComputeFingerprint(der, hash)) fingerprints.push_back(std::move(*one));
  }
  return fingerprints;
}

// Null: none, or more than one.
bssl::UniquePtr<X509> ReadCertificate(std::string_view pem) {
  const bssl::UniquePtr<BIO> in = ReadOnly(pem);
  bssl::UniquePtr<X509> certificate(PEM_read_bio_X509(in.get(), nullptr, NoPassword, nullptr));
  const bssl::UniquePtr<X509> second(PEM_read_bio_X509(in.get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return second ? nullptr : std::move(certificate);
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
  std::vector<Fingerprint> fingerprints = Fingerprints(der);
  const std::optional<KeyAlgorithm> algorithm = AlgorithmOf(owned_key.get());
  bssl::UniquePtr<CRYPTO_BUFFER> buffer(CRYPTO_BUFFER_new(der.data(), der.size(), nullptr));
  if (!expiry || fingerprints.empty() || !algorithm || !buffer)
    return CryptoError("cannot encode a certificate");
  std::shared_ptr<Certificate> result(new Certificate);
  result->key_ = owned_key.release();
  result->buffer_ = buffer.release();
  result->der_ = std::move(der);
  result->fingerprints_ = std::move(fingerprints);
  result->key_algorithm_ = *algorithm;
  result->expires_unix_us_ = *expiry * 1'000'000;
  return std::shared_ptr<const Certificate>(std::move(result));
}

absl::StatusOr<std::shared_ptr<const Certificate>> Certificate::Generate(int64_t now_unix_us,
                                                                         KeyAlgorithm algorithm,
                                                                         Duration validity) {
  bssl::UniquePtr<EVP_PKEY> key = GenerateKey(algorithm);
  const int64_t valid_seconds = std::chrono::duration_cast<std::chrono::seconds>(validity).count();
  bssl::UniquePtr<X509> certificate =
      key ? SelfSign(key.get(), now_unix_us / 1'000'000, valid_seconds) : nullptr;
  if (!certificate) return CryptoError("cannot generate a certificate");
  return Make(key.release(), ToDer(certificate.get()));
}

absl::StatusOr<std::shared_ptr<const Certificate>> Certificate::FromPem(std::string_view pem) {
  // Each reader skips blocks of other types, so the order does not matter.
  bssl::UniquePtr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(ReadOnly(pem).get(), nullptr, NoPassword, nullptr));
  bssl::UniquePtr<X509> certificate = ReadCertificate(pem);
  ERR_clear_error();
  if (!key) return InvalidArgument("the PEM text has no readable private key");
  if (!certificate) return InvalidArgument("the PEM text does not have one readable certificate");
  if (!AlgorithmOf(key.get())) {
    return InvalidArgument("the private key is neither ECDSA P-256 nor RSA of 2048 or 3072 bits");
  }
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
  return TextOf(out.get());
}

std::string Certificate::CertificatePem() const {
  bssl::UniquePtr<BIO> out(BIO_new(BIO_s_mem()));
  bssl::UniquePtr<X509> certificate = ParseDer(der_);
  if (!out || !certificate || !PEM_write_bio_X509(out.get(), certificate.get())) {
    ERR_clear_error();
    return {};
  }
  return TextOf(out.get());
}

std::vector<uint8_t> CertificateDerOf(std::string_view pem) {
  const bssl::UniquePtr<X509> certificate = ReadCertificate(pem);
  return certificate ? ToDer(certificate.get()) : std::vector<uint8_t>();
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

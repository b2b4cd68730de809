#include "engine/dtls/ssl_context.h"

#include <openssl/ssl.h>

#include <array>

namespace pcd::dtls {
namespace {

// Any time will do that is not zero, which BoringSSL takes for "no timer".
void StandingClock(const SSL*, timeval* out) {
  out->tv_sec = 1'000'000'000;
  out->tv_usec = 0;
}

// Forward secrecy and AEAD only (RFC 8827 section 6.5). The RSA suites are for peers with RSA
// certificates while we are client.
constexpr char kCipherSuites[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

constexpr std::array<uint16_t, 9> kVerifyAlgorithms = {
    SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_RSA_PSS_RSAE_SHA256, SSL_SIGN_RSA_PKCS1_SHA256,
    SSL_SIGN_ECDSA_SECP384R1_SHA384, SSL_SIGN_RSA_PSS_RSAE_SHA384, SSL_SIGN_RSA_PKCS1_SHA384,
    SSL_SIGN_RSA_PSS_RSAE_SHA512,    SSL_SIGN_RSA_PKCS1_SHA512,    SSL_SIGN_ED25519};

// Peers have one small self-signed certificate; the default would allow 100 KB.
constexpr size_t kMaxCertificateChain = size_t{16} * 1024;

SSL_CTX* NewContext() {
  SSL_CTX* context = SSL_CTX_new(DTLS_with_buffers_method());
  SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_strict_cipher_list(context, kCipherSuites);
  SSL_CTX_set_verify_algorithm_prefs(context, kVerifyAlgorithms.data(), kVerifyAlgorithms.size());
  // A resumed session would skip the certificate, and with it the fingerprint.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU);
  SSL_CTX_set_max_cert_list(context, kMaxCertificateChain);
  SSL_CTX_set_current_time_cb(context, StandingClock);
  return context;
}

}  // namespace

SSL_CTX* SharedSslContext() {
  static SSL_CTX* const context = NewContext();
  return context;
}

SSL_CTX* KeyLogSslContext(void (*log)(const SSL* ssl, const char* line)) {
  static SSL_CTX* const context = [log] {
    SSL_CTX* made = NewContext();
    SSL_CTX_set_keylog_callback(made, log);
    return made;
  }();
  return context;
}

}  // namespace pcd::dtls

// Puts BoringSSL's ciphers into libsrtp. Debian's libsrtp comes with ciphers on NSS that set up
// a context for every packet, which costs several times the encryption itself.
#ifndef ENGINE_SRTP_BORINGSSL_SRTP_CRYPTO_H_
#define ENGINE_SRTP_BORINGSSL_SRTP_CRYPTO_H_

#include <absl/status/status.h>

namespace pcd::srtp {

// Initialises libsrtp and replaces its ciphers, once per process; libsrtp runs the known-answer
// tests of both sides. Later calls return the first result. Threading: any thread.
absl::Status InitializeSrtp();

}  // namespace pcd::srtp

#endif  // ENGINE_SRTP_BORINGSSL_SRTP_CRYPTO_H_

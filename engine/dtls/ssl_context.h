// The one BoringSSL context of the process: everything that is the same for each connection.
#ifndef ENGINE_DTLS_SSL_CONTEXT_H_
#define ENGINE_DTLS_SSL_CONTEXT_H_

#include <openssl/base.h>

#include "engine/base/time.h"

namespace pcd::dtls {

// DTLS 1.2, forward-secret AEAD suites, no resumption, peer certificate required.
// Threading: thread safe.
SSL_CTX* SharedSslContext();

// BoringSSL asks a callback for the time without saying for which connection, so the time of
// the call in progress is kept per thread. Hold one around each call that may look at timers.
class ScopedSslTime {
 public:
  explicit ScopedSslTime(Timestamp now);
  ~ScopedSslTime();
  ScopedSslTime(const ScopedSslTime&) = delete;
  ScopedSslTime& operator=(const ScopedSslTime&) = delete;

 private:
  Timestamp outer_;
};

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_SSL_CONTEXT_H_

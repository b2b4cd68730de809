// The BoringSSL contexts of the process: everything that is the same for each connection.
#ifndef ENGINE_DTLS_SSL_CONTEXT_H_
#define ENGINE_DTLS_SSL_CONTEXT_H_

#include <openssl/base.h>

namespace pcd::dtls {

// DTLS 1.2, forward-secret AEAD suites, no resumption. Its clock stands still: with an initial
// timeout of zero, DTLSv1_get_timeout only says whether a flight waits for its answer, and
// DTLSv1_handle_timeout sends it again whenever it is called. When to do so is up to the caller.
// Threading: thread safe.
SSL_CTX* SharedSslContext();

// The same for connections whose secrets are told, to `log`: one function for the whole process.
SSL_CTX* KeyLogSslContext(void (*log)(const SSL* ssl, const char* line));

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_SSL_CONTEXT_H_

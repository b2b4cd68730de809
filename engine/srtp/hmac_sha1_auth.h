// HMAC-SHA1 for libsrtp (RFC 3711 section 4.2.1).
#ifndef ENGINE_SRTP_HMAC_SHA1_AUTH_H_
#define ENGINE_SRTP_HMAC_SHA1_AUTH_H_

#include <srtp2/auth.h>

namespace pcd::srtp {

// Keys and tags of at most 20 octets. The table is static. Threading: an authenticator belongs
// to one thread.
const srtp_auth_type_t* HmacSha1();

}  // namespace pcd::srtp

#endif  // ENGINE_SRTP_HMAC_SHA1_AUTH_H_

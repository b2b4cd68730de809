// AES in counter mode as libsrtp's "integer counter mode" (RFC 3711 section 4.1.1, RFC 6188).
#ifndef ENGINE_SRTP_AES_ICM_CIPHER_H_
#define ENGINE_SRTP_AES_ICM_CIPHER_H_

#include <srtp2/cipher.h>

namespace pcd::srtp {

// 128 or 256 bit keys. The tables are static. Threading: a cipher belongs to one thread.
const srtp_cipher_type_t* AesIcm128();
const srtp_cipher_type_t* AesIcm256();

}  // namespace pcd::srtp

#endif  // ENGINE_SRTP_AES_ICM_CIPHER_H_

// AES-GCM for libsrtp (RFC 7714).
#ifndef ENGINE_SRTP_AES_GCM_CIPHER_H_
#define ENGINE_SRTP_AES_GCM_CIPHER_H_

#include <srtp2/cipher.h>

namespace pcd::srtp {

// 128 or 256 bit keys, tags of 8 or 16 octets. The tables are static. Threading: a cipher
// belongs to one thread.
const srtp_cipher_type_t* AesGcm128();
const srtp_cipher_type_t* AesGcm256();

}  // namespace pcd::srtp

#endif  // ENGINE_SRTP_AES_GCM_CIPHER_H_

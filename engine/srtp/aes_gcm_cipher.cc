#include "engine/srtp/aes_gcm_cipher.h"

#include <openssl/aead.h>
#include <openssl/err.h>
#include <openssl/mem.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace pcd::srtp {
namespace {

constexpr size_t kNonce = 12;
constexpr size_t kLongestTag = 16;

// The key schedule and the GHASH table are made once per key. libsrtp hands over a packet in
// steps (IV, associated data, text, tag); they are gathered so that BoringSSL does all of it in
// one call, which interleaves encryption with hashing.
struct GcmCipher {
  srtp_cipher_t base{};  // First: libsrtp holds a pointer to it.
  bssl::ScopedEVP_AEAD_CTX context;
  size_t tag_length = 0;
  std::array<uint8_t, kNonce> nonce{};
  const uint8_t* aad = nullptr;
  size_t aad_length = 0;
  std::vector<uint8_t> gathered;  // Keeps its capacity; stays empty in ciphers for RTP.
  std::array<uint8_t, kLongestTag> tag{};
};

GcmCipher* Self(void* state) { return static_cast<GcmCipher*>(state); }

template <const EVP_AEAD* (*kAead)(), size_t kKeyLength>
srtp_err_status_t Init(void* state, const uint8_t* key) {
  GcmCipher* cipher = Self(state);
  cipher->context.Reset();
  if (!EVP_AEAD_CTX_init(cipher->context.get(), kAead(), key, kKeyLength, cipher->tag_length,
                         nullptr)) {
    ERR_clear_error();
    return srtp_err_status_init_fail;
  }
  cipher->aad_length = 0;
  return srtp_err_status_ok;
}

srtp_err_status_t SetIv(void* state, uint8_t* iv, srtp_cipher_direction_t) {
  GcmCipher* cipher = Self(state);
  std::memcpy(cipher->nonce.data(), iv, kNonce);
  cipher->aad_length = 0;
  return srtp_err_status_ok;
}

// One piece (the RTP header) is used where it lies. RTCP comes in two, of which the second lies
// on libsrtp's stack: both are copied.
srtp_err_status_t SetAad(void* state, const uint8_t* aad, uint32_t length) {
  GcmCipher* cipher = Self(state);
  if (cipher->aad_length == 0) {
    cipher->aad = aad;
    cipher->aad_length = length;
    return srtp_err_status_ok;
  }
  if (cipher->aad != cipher->gathered.data()) {
    cipher->gathered.assign(cipher->aad, cipher->aad + cipher->aad_length);
  }
  cipher->gathered.insert(cipher->gathered.end(), aad, aad + length);
  cipher->aad = cipher->gathered.data();
  cipher->aad_length += length;
  return srtp_err_status_ok;
}

srtp_err_status_t Encrypt(void* state, uint8_t* buffer, unsigned int* length) {
  GcmCipher* cipher = Self(state);
  size_t tag_length = 0;
  if (!EVP_AEAD_CTX_seal_scatter(cipher->context.get(), buffer, cipher->tag.data(), &tag_length,
                                 cipher->tag.size(), cipher->nonce.data(), kNonce, buffer, *length,
                                 nullptr, 0, cipher->aad, cipher->aad_length)) {
    ERR_clear_error();
    return srtp_err_status_cipher_fail;
  }
  return srtp_err_status_ok;
}

srtp_err_status_t GetTag(void* state, uint8_t* out, uint32_t* length) {
  GcmCipher* cipher = Self(state);
  std::memcpy(out, cipher->tag.data(), cipher->tag_length);
  *length = static_cast<uint32_t>(cipher->tag_length);
  return srtp_err_status_ok;
}

// The tag stands behind the text.
srtp_err_status_t Decrypt(void* state, uint8_t* buffer, unsigned int* length) {
  GcmCipher* cipher = Self(state);
  if (*length < cipher->tag_length) return srtp_err_status_bad_param;
  const size_t text_length = *length - cipher->tag_length;
  if (!EVP_AEAD_CTX_open_gather(cipher->context.get(), buffer, cipher->nonce.data(), kNonce, buffer,
                                text_length, buffer + text_length, cipher->tag_length, cipher->aad,
                                cipher->aad_length)) {
    ERR_clear_error();
    return srtp_err_status_auth_fail;
  }
  *length = static_cast<unsigned int>(text_length);
  return srtp_err_status_ok;
}

srtp_err_status_t Dealloc(srtp_cipher_pointer_t base) {
  delete Self(base->state);  // BoringSSL wipes the context.
  return srtp_err_status_ok;
}

srtp_err_status_t Allocate(const srtp_cipher_type_t* type, int expected_key_length,
                           srtp_cipher_pointer_t* out, int key_length, int tag_length) {
  if (key_length != expected_key_length || (tag_length != 8 && tag_length != 16)) {
    return srtp_err_status_bad_param;
  }
  auto cipher = std::make_unique<GcmCipher>();
  cipher->tag_length = static_cast<size_t>(tag_length);
  cipher->base.type = type;
  cipher->base.state = cipher.get();
  cipher->base.key_len = key_length;
  cipher->base.algorithm = static_cast<int>(type->id);
  *out = &cipher.release()->base;
  return srtp_err_status_ok;
}

srtp_err_status_t Alloc128(srtp_cipher_pointer_t* out, int key_length, int tag_length) {
  return Allocate(AesGcm128(), SRTP_AES_GCM_128_KEY_LEN_WSALT, out, key_length, tag_length);
}
srtp_err_status_t Alloc256(srtp_cipher_pointer_t* out, int key_length, int tag_length) {
  return Allocate(AesGcm256(), SRTP_AES_GCM_256_KEY_LEN_WSALT, out, key_length, tag_length);
}

// Test cases 4 and 16 of the GCM specification (McGrew and Viega, 2005); the last twelve octets
// of each key are the salt, which the cipher does not use.
constexpr uint8_t kKey128[] = {0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a,
                               0x8f, 0x94, 0x67, 0x30, 0x83, 0x08, 0,    0,    0,    0,
                               0,    0,    0,    0,    0,    0,    0,    0};
constexpr uint8_t kKey256[] = {0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f,
                               0x94, 0x67, 0x30, 0x83, 0x08, 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65,
                               0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08, 0,
                               0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0};
uint8_t test_nonce[kNonce] = {0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce,
                              0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};  // Mutable for libsrtp only.
constexpr uint8_t kText[] = {
    0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26,
    0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31,
    0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49,
    0xa6, 0xb5, 0x25, 0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39};
constexpr uint8_t kAad[] = {0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                            0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
constexpr uint8_t kSealed128[] = {
    0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74, 0x24, 0x4b, 0x72, 0x21, 0xb7, 0x84, 0xd0, 0xd4, 0x9c,
    0xe3, 0xaa, 0x21, 0x2f, 0x2c, 0x02, 0xa4, 0xe0, 0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1, 0x2e,
    0x21, 0xd5, 0x14, 0xb2, 0x54, 0x66, 0x93, 0x1c, 0x7d, 0x8f, 0x6a, 0x5a, 0xac, 0x84, 0xaa, 0x05,
    0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac, 0x97, 0x3d, 0x58, 0xe0, 0x91, 0x5b, 0xc9, 0x4f, 0xbc,
    0x32, 0x21, 0xa5, 0xdb, 0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47};
constexpr uint8_t kSealed256[] = {
    0x52, 0x2d, 0xc1, 0xf0, 0x99, 0x56, 0x7d, 0x07, 0xf4, 0x7f, 0x37, 0xa3, 0x2a, 0x84, 0x42, 0x7d,
    0x64, 0x3a, 0x8c, 0xdc, 0xbf, 0xe5, 0xc0, 0xc9, 0x75, 0x98, 0xa2, 0xbd, 0x25, 0x55, 0xd1, 0xaa,
    0x8c, 0xb0, 0x8e, 0x48, 0x59, 0x0d, 0xbb, 0x3d, 0xa7, 0xb0, 0x8b, 0x10, 0x56, 0x82, 0x88, 0x38,
    0xc5, 0xf6, 0x1e, 0x63, 0x93, 0xba, 0x7a, 0x0a, 0xbc, 0xc9, 0xf6, 0x62, 0x76, 0xfc, 0x6e, 0xce,
    0x0f, 0x4e, 0x17, 0x68, 0xcd, 0xdf, 0x88, 0x53, 0xbb, 0x2d, 0x55, 0x1b};

const srtp_cipher_test_case_t kTest128 = {.key_length_octets = sizeof(kKey128),
                                          .key = kKey128,
                                          .idx = test_nonce,
                                          .plaintext_length_octets = sizeof(kText),
                                          .plaintext = kText,
                                          .ciphertext_length_octets = sizeof(kSealed128),
                                          .ciphertext = kSealed128,
                                          .aad_length_octets = sizeof(kAad),
                                          .aad = kAad,
                                          .tag_length_octets = kLongestTag,
                                          .next_test_case = nullptr};
const srtp_cipher_test_case_t kTest256 = {.key_length_octets = sizeof(kKey256),
                                          .key = kKey256,
                                          .idx = test_nonce,
                                          .plaintext_length_octets = sizeof(kText),
                                          .plaintext = kText,
                                          .ciphertext_length_octets = sizeof(kSealed256),
                                          .ciphertext = kSealed256,
                                          .aad_length_octets = sizeof(kAad),
                                          .aad = kAad,
                                          .tag_length_octets = kLongestTag,
                                          .next_test_case = nullptr};

constexpr srtp_cipher_type_t kType128 = {.alloc = Alloc128,
                                         .dealloc = Dealloc,
                                         .init = Init<EVP_aead_aes_128_gcm, 16>,
                                         .set_aad = SetAad,
                                         .encrypt = Encrypt,
                                         .decrypt = Decrypt,
                                         .set_iv = SetIv,
                                         .get_tag = GetTag,
                                         .description = "AES-128 GCM, BoringSSL",
                                         .test_data = &kTest128,
                                         .id = SRTP_AES_GCM_128};
constexpr srtp_cipher_type_t kType256 = {.alloc = Alloc256,
                                         .dealloc = Dealloc,
                                         .init = Init<EVP_aead_aes_256_gcm, 32>,
                                         .set_aad = SetAad,
                                         .encrypt = Encrypt,
                                         .decrypt = Decrypt,
                                         .set_iv = SetIv,
                                         .get_tag = GetTag,
                                         .description = "AES-256 GCM, BoringSSL",
                                         .test_data = &kTest256,
                                         .id = SRTP_AES_GCM_256};

}  // namespace

const srtp_cipher_type_t* AesGcm128() { return &kType128; }
const srtp_cipher_type_t* AesGcm256() { return &kType256; }

}  // namespace pcd::srtp

#include "engine/srtp/aes_icm_cipher.h"

#include <openssl/aes.h>
#include <openssl/mem.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

namespace pcd::srtp {
namespace {

constexpr size_t kBlock = 16;
constexpr size_t kSalt = 14;

// The key schedule is made once per key; per packet only the counter changes.
struct IcmCipher {
  srtp_cipher_t base{};  // First: libsrtp holds a pointer to it.
  AES_KEY schedule{};
  std::array<uint8_t, kBlock> offset{};   // The salt, two zero octets behind.
  std::array<uint8_t, kBlock> counter{};  // offset xor the packet's nonce, then counting.
  std::array<uint8_t, kBlock> keystream{};
  unsigned used = 0;  // Octets of `keystream` already used.
};

IcmCipher* Self(void* state) { return static_cast<IcmCipher*>(state); }

template <int kKeyBits>
srtp_err_status_t Init(void* state, const uint8_t* key) {
  IcmCipher* cipher = Self(state);
  if (AES_set_encrypt_key(key, kKeyBits, &cipher->schedule) != 0) return srtp_err_status_init_fail;
  cipher->offset.fill(0);
  std::memcpy(cipher->offset.data(), key + kKeyBits / 8, kSalt);
  cipher->counter = cipher->offset;
  cipher->used = 0;
  return srtp_err_status_ok;
}

srtp_err_status_t SetIv(void* state, uint8_t* iv, srtp_cipher_direction_t) {
  IcmCipher* cipher = Self(state);
  for (size_t i = 0; i < kBlock; ++i) cipher->counter[i] = cipher->offset[i] ^ iv[i];
  cipher->used = 0;
  return srtp_err_status_ok;
}

srtp_err_status_t Crypt(void* state, uint8_t* buffer, unsigned int* length) {
  IcmCipher* cipher = Self(state);
  AES_ctr128_encrypt(buffer, buffer, *length, &cipher->schedule, cipher->counter.data(),
                     cipher->keystream.data(), &cipher->used);
  return srtp_err_status_ok;
}

srtp_err_status_t Dealloc(srtp_cipher_pointer_t base) {
  IcmCipher* cipher = Self(base->state);
  OPENSSL_cleanse(&cipher->schedule, sizeof(cipher->schedule));
  OPENSSL_cleanse(cipher->keystream.data(), cipher->keystream.size());
  delete cipher;
  return srtp_err_status_ok;
}

srtp_err_status_t Allocate(const srtp_cipher_type_t* type, int key_bits, srtp_cipher_pointer_t* out,
                           int key_length) {
  if (key_length != key_bits / 8 + static_cast<int>(kSalt)) return srtp_err_status_bad_param;
  auto cipher = std::make_unique<IcmCipher>();
  cipher->base.type = type;
  cipher->base.state = cipher.get();
  cipher->base.key_len = key_length;
  cipher->base.algorithm = static_cast<int>(type->id);
  *out = &cipher.release()->base;
  return srtp_err_status_ok;
}

srtp_err_status_t Alloc128(srtp_cipher_pointer_t* out, int key_length, int) {
  return Allocate(AesIcm128(), 128, out, key_length);
}
srtp_err_status_t Alloc256(srtp_cipher_pointer_t* out, int key_length, int) {
  return Allocate(AesIcm256(), 256, out, key_length);
}

// RFC 3711 appendix B.2: the keystream is what zeros become.
constexpr uint8_t kKey128[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7,
                               0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c, 0xf0, 0xf1, 0xf2, 0xf3,
                               0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
constexpr uint8_t kKeystream128[] = {
    0xe0, 0x3e, 0xad, 0x09, 0x35, 0xc9, 0x5e, 0x80, 0xe1, 0x66, 0xb1, 0x6d, 0xd9, 0x2b, 0x4e, 0xb4,
    0xd2, 0x35, 0x13, 0x16, 0x2b, 0x02, 0xd0, 0xf7, 0x2a, 0x43, 0xa2, 0xfe, 0x4a, 0x5f, 0x97, 0xab};
// RFC 6188 section 7.1.
constexpr uint8_t kKey256[] = {
    0x57, 0xf8, 0x2f, 0xe3, 0x61, 0x3f, 0xd1, 0x70, 0xa8, 0x5e, 0xc9, 0x3c, 0x40, 0xb1, 0xf0, 0x92,
    0x2e, 0xc4, 0xcb, 0x0d, 0xc0, 0x25, 0xb5, 0x82, 0x72, 0x14, 0x7c, 0xc4, 0x38, 0x94, 0x4a, 0x98,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
constexpr uint8_t kKeystream256[] = {
    0x92, 0xbd, 0xd2, 0x8a, 0x93, 0xc3, 0xf5, 0x25, 0x11, 0xc6, 0x77, 0xd0, 0x8b, 0x55, 0x15, 0xa4,
    0x9d, 0xa7, 0x1b, 0x23, 0x78, 0xa8, 0x54, 0xf6, 0x70, 0x50, 0x75, 0x6d, 0xed, 0x16, 0x5b, 0xac};
constexpr uint8_t kZeros[32] = {};
uint8_t zero_nonce[kBlock] = {};  // libsrtp's table wants it mutable; nobody writes it.

const srtp_cipher_test_case_t kTest128 = {.key_length_octets = sizeof(kKey128),
                                          .key = kKey128,
                                          .idx = zero_nonce,
                                          .plaintext_length_octets = sizeof(kZeros),
                                          .plaintext = kZeros,
                                          .ciphertext_length_octets = sizeof(kKeystream128),
                                          .ciphertext = kKeystream128,
                                          .aad_length_octets = 0,
                                          .aad = nullptr,
                                          .tag_length_octets = 0,
                                          .next_test_case = nullptr};
const srtp_cipher_test_case_t kTest256 = {.key_length_octets = sizeof(kKey256),
                                          .key = kKey256,
                                          .idx = zero_nonce,
                                          .plaintext_length_octets = sizeof(kZeros),
                                          .plaintext = kZeros,
                                          .ciphertext_length_octets = sizeof(kKeystream256),
                                          .ciphertext = kKeystream256,
                                          .aad_length_octets = 0,
                                          .aad = nullptr,
                                          .tag_length_octets = 0,
                                          .next_test_case = nullptr};

constexpr srtp_cipher_type_t kType128 = {.alloc = Alloc128,
                                         .dealloc = Dealloc,
                                         .init = Init<128>,
                                         .set_aad = nullptr,
                                         .encrypt = Crypt,
                                         .decrypt = Crypt,
                                         .set_iv = SetIv,
                                         .get_tag = nullptr,
                                         .description = "AES-128 counter mode, BoringSSL",
                                         .test_data = &kTest128,
                                         .id = SRTP_AES_ICM_128};
constexpr srtp_cipher_type_t kType256 = {.alloc = Alloc256,
                                         .dealloc = Dealloc,
                                         .init = Init<256>,
                                         .set_aad = nullptr,
                                         .encrypt = Crypt,
                                         .decrypt = Crypt,
                                         .set_iv = SetIv,
                                         .get_tag = nullptr,
                                         .description = "AES-256 counter mode, BoringSSL",
                                         .test_data = &kTest256,
                                         .id = SRTP_AES_ICM_256};

}  // namespace

const srtp_cipher_type_t* AesIcm128() { return &kType128; }
const srtp_cipher_type_t* AesIcm256() { return &kType256; }

}  // namespace pcd::srtp

#include "engine/srtp/hmac_sha1_auth.h"

#include <openssl/mem.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

namespace pcd::srtp {
namespace {

constexpr int kLongest = SHA_DIGEST_LENGTH;

// Both padded key blocks are hashed once per key (RFC 2104 section 4): a packet costs its own
// length and one block more.
struct HmacAuth {
  srtp_auth_t base{};  // First: libsrtp holds a pointer to it.
  SHA_CTX inner{};     // After key xor ipad.
  SHA_CTX outer{};     // After key xor opad.
  SHA_CTX running{};
};

HmacAuth* Self(void* state) { return static_cast<HmacAuth*>(state); }

void HashPaddedKey(SHA_CTX* context, const uint8_t* key, size_t length, uint8_t pad) {
  std::array<uint8_t, SHA_CBLOCK> block;
  block.fill(pad);
  for (size_t i = 0; i < length; ++i) block[i] ^= key[i];
  SHA1_Init(context);
  SHA1_Update(context, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
}

srtp_err_status_t Init(void* state, const uint8_t* key, int length) {
  if (length < 0 || length > kLongest) return srtp_err_status_bad_param;
  HmacAuth* auth = Self(state);
  HashPaddedKey(&auth->inner, key, static_cast<size_t>(length), 0x36);
  HashPaddedKey(&auth->outer, key, static_cast<size_t>(length), 0x5c);
  auth->running = auth->inner;
  return srtp_err_status_ok;
}

srtp_err_status_t Start(void* state) {
  HmacAuth* auth = Self(state);
  auth->running = auth->inner;
  return srtp_err_status_ok;
}

srtp_err_status_t Update(void* state, const uint8_t* data, int length) {
  SHA1_Update(&Self(state)->running, data, static_cast<size_t>(length));
  return srtp_err_status_ok;
}

srtp_err_status_t Compute(void* state, const uint8_t* data, int length, int tag_length,
                          uint8_t* tag) {
  if (tag_length < 0 || tag_length > kLongest) return srtp_err_status_bad_param;
  HmacAuth* auth = Self(state);
  std::array<uint8_t, SHA_DIGEST_LENGTH> digest;
  SHA1_Update(&auth->running, data, static_cast<size_t>(length));
  SHA1_Final(digest.data(), &auth->running);
  auth->running = auth->outer;
  SHA1_Update(&auth->running, digest.data(), digest.size());
  SHA1_Final(digest.data(), &auth->running);
  std::memcpy(tag, digest.data(), static_cast<size_t>(tag_length));
  return srtp_err_status_ok;
}

srtp_err_status_t Dealloc(srtp_auth_pointer_t base) {
  HmacAuth* auth = Self(base->state);
  OPENSSL_cleanse(&auth->inner, sizeof(auth->inner));
  OPENSSL_cleanse(&auth->outer, sizeof(auth->outer));
  delete auth;
  return srtp_err_status_ok;
}

srtp_err_status_t Alloc(srtp_auth_pointer_t* out, int key_length, int tag_length) {
  if (key_length > kLongest || tag_length > kLongest) return srtp_err_status_bad_param;
  auto auth = std::make_unique<HmacAuth>();
  auth->base.type = HmacSha1();
  auth->base.state = auth.get();
  auth->base.key_len = key_length;
  auth->base.out_len = tag_length;
  *out = &auth.release()->base;
  return srtp_err_status_ok;
}

// RFC 2202 section 3, test case 1.
constexpr uint8_t kKey[] = {0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
                            0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b};
constexpr uint8_t kData[] = {'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};
constexpr uint8_t kTag[] = {0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b,
                            0xc0, 0xb6, 0xfb, 0x37, 0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00};
constexpr srtp_auth_test_case_t kTest = {.key_length_octets = sizeof(kKey),
                                         .key = kKey,
                                         .data_length_octets = sizeof(kData),
                                         .data = kData,
                                         .tag_length_octets = sizeof(kTag),
                                         .tag = kTag,
                                         .next_test_case = nullptr};
constexpr srtp_auth_type_t kType = {.alloc = Alloc,
                                    .dealloc = Dealloc,
                                    .init = Init,
                                    .compute = Compute,
                                    .update = Update,
                                    .start = Start,
                                    .description = "HMAC-SHA1, BoringSSL",
                                    .test_data = &kTest,
                                    .id = SRTP_HMAC_SHA1};

}  // namespace

const srtp_auth_type_t* HmacSha1() { return &kType; }

}  // namespace pcd::srtp

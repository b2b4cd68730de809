#include "engine/dtls/fingerprint.h"

#include <openssl/digest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace pcd::dtls {
namespace {

struct Hash {
  std::string_view name;
  const EVP_MD* (*digest)();
};

// Strongest first.
constexpr std::array<Hash, 5> kHashes = {{{"sha-512", EVP_sha512},
                                          {"sha-384", EVP_sha384},
                                          {"sha-256", EVP_sha256},
                                          {"sha-224", EVP_sha224},
                                          {"sha-1", EVP_sha1}}};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string HexWithColons(ByteSpan bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 3);
  for (uint8_t byte : bytes) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

std::optional<Fingerprint> ComputeFingerprint(ByteSpan certificate_der,
                                              std::string_view algorithm) {
  for (const Hash& hash : kHashes) {
    if (!EqualsIgnoringCase(hash.name, algorithm)) continue;
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned length = 0;
    if (EVP_Digest(certificate_der.data(), certificate_der.size(), digest.data(), &length,
                   hash.digest(), nullptr) != 1) {
      return std::nullopt;
    }
    return Fingerprint{.algorithm = std::string(hash.name),
                       .value = HexWithColons(ByteSpan(digest.data(), length))};
  }
  return std::nullopt;
}

bool IsSupportedHash(std::string_view algorithm) {
  return std::any_of(kHashes.begin(), kHashes.end(),
                     [&](const Hash& hash) { return EqualsIgnoringCase(hash.name, algorithm); });
}

bool MatchesFingerprint(ByteSpan certificate_der, std::span<const Fingerprint> allowed) {
  for (const Hash& hash : kHashes) {
    std::optional<Fingerprint> ours;
    for (const Fingerprint& candidate : allowed) {
      if (!EqualsIgnoringCase(candidate.algorithm, hash.name)) continue;
      if (!ours) ours = ComputeFingerprint(certificate_der, hash.name);
      if (ours && EqualsIgnoringCase(ours->value, candidate.value)) return true;
    }
    // Weaker hashes do not count once a stronger one was announced.
    if (ours) return false;
  }
  return false;
}

}  // namespace pcd::dtls

#include "engine/dtls/srtp_keys.h"

#include <openssl/mem.h>
#include <openssl/ssl.h>

#include <array>
#include <string_view>
#include <utility>

#include "engine/base/bytes.h"

namespace pcd::dtls {
namespace {

struct ProfileInfo {
  SrtpProfile profile;
  std::string_view name;  // BoringSSL's.
  size_t key_length;
  size_t salt_length;
};

constexpr std::array<ProfileInfo, 4> kProfiles = {{
    {SrtpProfile::kAes128CmSha1_80, "SRTP_AES128_CM_SHA1_80", 16, 14},
    {SrtpProfile::kAes128CmSha1_32, "SRTP_AES128_CM_SHA1_32", 16, 14},
    {SrtpProfile::kAeadAes128Gcm, "SRTP_AEAD_AES_128_GCM", 16, 12},
    {SrtpProfile::kAeadAes256Gcm, "SRTP_AEAD_AES_256_GCM", 32, 12},
}};
constexpr size_t kLongestMaterial = size_t{2} * (32 + 14);
constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";

const ProfileInfo* Find(SrtpProfile profile) {
  for (const ProfileInfo& info : kProfiles) {
    if (info.profile == profile) return &info;
  }
  return nullptr;
}

std::vector<uint8_t> Take(ByteReader& reader, size_t count) {
  const ByteSpan bytes = reader.Bytes(count);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string SrtpProfileList(std::span<const SrtpProfile> profiles) {
  std::string list;
  for (SrtpProfile profile : profiles) {
    const ProfileInfo* info = Find(profile);
    if (info == nullptr) continue;
    if (!list.empty()) list += ':';
    list += info->name;
  }
  return list;
}

std::optional<SrtpKeyingMaterial> ExportSrtpKeys(SSL* ssl, SrtpProfile profile, DtlsRole our_role) {
  const ProfileInfo* info = Find(profile);
  if (info == nullptr) return std::nullopt;
  std::array<uint8_t, kLongestMaterial> material;
  const size_t length = 2 * (info->key_length + info->salt_length);
  if (SSL_export_keying_material(ssl, material.data(), length, kLabel.data(), kLabel.size(),
                                 nullptr, 0, 0) != 1) {
    return std::nullopt;
  }
  ByteReader reader(ByteSpan(material.data(), length));
  SrtpMasterKey client, server;
  client.key = Take(reader, info->key_length);
  server.key = Take(reader, info->key_length);
  client.salt = Take(reader, info->salt_length);
  server.salt = Take(reader, info->salt_length);
  OPENSSL_cleanse(material.data(), material.size());
  if (our_role == DtlsRole::kServer) std::swap(client, server);
  return SrtpKeyingMaterial{.profile = profile, .local = client, .remote = server};
}

}  // namespace pcd::dtls

// SRTP keys out of a finished DTLS handshake (RFC 5764 section 4.2).
#ifndef ENGINE_DTLS_SRTP_KEYS_H_
#define ENGINE_DTLS_SRTP_KEYS_H_

#include <openssl/base.h>

#include <optional>
#include <span>
#include <string>

#include "engine/dtls/dtls_events.h"
#include "engine/model/enums.h"

namespace pcd::dtls {

// The list as SSL_set_srtp_profiles wants it: names with colons.
std::string SrtpProfileList(std::span<const SrtpProfile> profiles);

// `our_role` decides which half is ours. Nullopt when BoringSSL refuses or the profile is unknown.
std::optional<SrtpKeyingMaterial> ExportSrtpKeys(SSL* ssl, SrtpProfile profile, DtlsRole our_role);

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_SRTP_KEYS_H_

// Certificate fingerprints (RFC 8122 section 5): what ties a DTLS connection to the
// signalling that announced it.
#ifndef ENGINE_DTLS_FINGERPRINT_H_
#define ENGINE_DTLS_FINGERPRINT_H_

#include <optional>
#include <span>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/model/session.h"

namespace pcd::dtls {

// `algorithm` without case: "sha-1", "sha-224", "sha-256", "sha-384" or "sha-512". Nullopt for
// every other one (RFC 8122 forbids md2 and md5). The result's algorithm is lower case.
std::optional<Fingerprint> ComputeFingerprint(ByteSpan certificate_der, std::string_view algorithm);

// Whether ComputeFingerprint knows `algorithm`.
bool IsSupportedHash(std::string_view algorithm);

// True when `certificate_der` matches one of the `allowed` fingerprints that use the strongest
// supported hash among them (RFC 8122 section 5.1). Hex compares without case. False when no
// entry uses a supported hash, and for an empty list.
bool MatchesFingerprint(ByteSpan certificate_der, std::span<const Fingerprint> allowed);

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_FINGERPRINT_H_

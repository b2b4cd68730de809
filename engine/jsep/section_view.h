// A remote description read the way RFC 8866 means it: a section's value, else the session's,
// and for ICE and DTLS else that of the section that leads its BUNDLE group.
#ifndef ENGINE_JSEP_SECTION_VIEW_H_
#define ENGINE_JSEP_SECTION_VIEW_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/session.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

inline constexpr char kApplication[] = "application";

std::optional<MediaKind> KindOf(const sdp::MediaSection& section);  // Null: neither.
bool IsData(const sdp::MediaSection& section);                      // An SCTP section.
// Media and proto are ones we can carry at all. The profile names of old peers count too,
// but only ever with DTLS (RFC 9429 section 5.1.2).
bool IsSupported(const sdp::MediaSection& section);

std::optional<size_t> FindSection(const sdp::Description& description, std::string_view mid);
// Of those without a field of their own.
bool HasAttribute(const sdp::CommonFields& fields, std::string_view name);
// The BUNDLE group that lists `mid`; null: none.
const sdp::Group* BundleGroupOf(const sdp::Description& description, std::string_view mid);

Direction EffectiveDirection(const sdp::Description& description, size_t index);
std::vector<Fingerprint> EffectiveFingerprints(const sdp::Description& description, size_t index);
std::optional<DtlsSetup> EffectiveSetup(const sdp::Description& description, size_t index);
std::string EffectiveTlsId(const sdp::Description& description, size_t index);  // Empty: none.
// Empty ufrag or pwd: the description has none for this section.
IceParameters EffectiveIce(const sdp::Description& description, size_t index);
bool EffectiveRtcpMux(const sdp::Description& description, size_t index);
bool OffersTrickle(const sdp::Description& description);

// Every receiver may tell its time (RFC 3611 section 5.1).
inline constexpr char kReceiverReferenceTime[] = "rcvr-rtt=all";
bool HasReceiverReferenceTime(const sdp::MediaSection& section);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SECTION_VIEW_H_

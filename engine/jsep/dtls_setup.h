// The one place that decides a=setup and with it the DTLS role we act in (RFC 8842).
#ifndef ENGINE_JSEP_DTLS_SETUP_H_
#define ENGINE_JSEP_DTLS_SETUP_H_

#include <optional>

#include "engine/model/enums.h"

namespace pcd::jsep {

// What we answer to an offered value. `established` is our role so far (kAuto: none): an
// existing association keeps it. Null: the offer contradicts the role, so it asks for a new
// association. An offer without the attribute counts as active (RFC 4145 section 4.1).
std::optional<DtlsSetup> AnswerSetup(std::optional<DtlsSetup> offered, DtlsRole established,
                                     bool prefer_server);

// Our role by what the answer says, which we wrote or the remote did. kAuto for actpass, which
// no answer may say. An established role wins over a remote answer that flips it: the
// association goes on, and peers exist that always answer active.
DtlsRole RoleByLocalAnswer(DtlsSetup setup);
DtlsRole RoleByRemoteAnswer(DtlsSetup setup, DtlsRole established);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_DTLS_SETUP_H_

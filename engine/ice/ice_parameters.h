// Making and checking the ufrag and pwd of an ICE generation.
#ifndef ENGINE_ICE_ICE_PARAMETERS_H_
#define ENGINE_ICE_ICE_PARAMETERS_H_

#include <absl/status/status.h>

#include "engine/base/random.h"
#include "engine/model/ice.h"

namespace pcd::ice {

// 48 random bits of ufrag and 144 of pwd (RFC 8445 section 5.3 asks for 24 and 128), with the
// "trickle" option. `random` must be the operating system's outside tests.
IceParameters GenerateIceParameters(RandomSource& random, bool lite);

// RFC 8839 section 5.4: ufrag of 4..256 ice-chars, pwd of 22..256. INVALID_ARGUMENT otherwise.
// '-', '_', '=' and '#' count as ice-chars, as in libwebrtc.
absl::Status CheckIceParameters(const IceParameters& parameters);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ICE_PARAMETERS_H_

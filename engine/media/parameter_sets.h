#ifndef ENGINE_MEDIA_PARAMETER_SETS_H_
#define ENGINE_MEDIA_PARAMETER_SETS_H_

#include <array>
#include <string>

#include "engine/base/bytes.h"
#include "engine/media/payload_format.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::media {

// The parameter sets of an H.264 or H.265 stream, as last seen in it: what a receiver's
// description carries so that it can decode from the first packet. A core; allocates only when
// a set changes. Threading: its owner's.
class ParameterSets {
 public:
  // Larger sets are not kept.
  static constexpr size_t kMaxBytes = 512;

  // A packet that may hold sets. Of other formats: nothing happens.
  void OnPayload(PayloadFormat format, ByteSpan payload);

  // Writes what was seen into `codec` in place of what it says: sprop-parameter-sets and
  // profile-level-id (RFC 6184 section 8.1), or sprop-vps, sprop-sps and sprop-pps (RFC 7798
  // section 7.1). Nothing seen: leaves it alone.
  void Describe(Codec& codec) const;

 private:
  void Keep(size_t index, ByteSpan unit);

  PayloadFormat format_ = PayloadFormat::kOther;
  std::array<std::string, 3> units_{};  // VPS, SPS, PPS as NAL units.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_PARAMETER_SETS_H_

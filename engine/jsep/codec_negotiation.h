// Which codecs a section uses, by capability table and payload type.
#ifndef ENGINE_JSEP_CODEC_NEGOTIATION_H_
#define ENGINE_JSEP_CODEC_NEGOTIATION_H_

#include <array>
#include <optional>
#include <vector>

#include "engine/jsep/capabilities.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// What to answer to an offered section: payload types and order as offered, parameters and
// feedback ours. Empty: nothing in common. `preferred`: what of `capabilities` may be used.
std::vector<Codec> AnswerCodecs(const Capabilities& capabilities, const Capabilities& preferred,
                                MediaKind kind, const sdp::MediaSection& offered,
                                const Decisions& decisions = {});
inline std::vector<Codec> AnswerCodecs(const Capabilities& capabilities, MediaKind kind,
                                       const sdp::MediaSection& offered) {
  return AnswerCodecs(capabilities, capabilities, kind, offered);
}

// What may arrive after our offered codecs were answered: our payload types, in the order of
// the answer, feedback reduced to what both said. Empty: nothing in common.
std::vector<Codec> AgreedCodecs(const std::vector<Codec>& offered, const sdp::MediaSection& answer,
                                const Decisions& decisions = {});

// Hands out payload types for an offer. A number keeps its meaning for the whole connection,
// since bundled sections share it (RFC 9143 section 10.1.2).
// Threading: one call of CreateOffer.
class PayloadTypes {
 public:
  // A number in use for a codec of ours; wins over every later choice.
  void Use(const Codec& codec);
  // A number the remote gave a meaning that we do not use: taken only when all else is.
  void Avoid(uint8_t payload_type);

  // The codecs to offer for a section. `previous`: what it used so far; may be empty.
  std::vector<Codec> Offer(const Capabilities& capabilities, MediaKind kind,
                           const std::vector<Codec>& previous);

 private:
  std::optional<uint8_t> Assign(const Codec& codec, std::optional<uint8_t> preferred,
                                const std::vector<Codec>& previous);
  bool IsFree(uint8_t payload_type, bool even_avoided) const;

  std::array<std::optional<Codec>, 128> used_{};
  std::array<bool, 128> avoided_{};
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_CODEC_NEGOTIATION_H_

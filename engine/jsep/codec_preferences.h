// W3C setCodecPreferences: which codecs a transceiver offers and accepts, and in which order.
#ifndef ENGINE_JSEP_CODEC_PREFERENCES_H_
#define ENGINE_JSEP_CODEC_PREFERENCES_H_

#include <absl/status/status.h>

#include <vector>

#include "engine/jsep/capabilities.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::jsep {

// The codecs of a kind as W3C getCapabilities lists them: without payload types, and one entry
// for retransmission when any codec has it.
std::vector<Codec> CodecCapabilities(const Capabilities& capabilities, MediaKind kind);

// W3C "codec match": name without case, clock rate, channels and parameters in any order.
bool SameCapability(const Codec& a, const Codec& b);

// Removes repetitions. INVALID_CODEC (InvalidModificationError, field "codecs") for a codec that
// CodecCapabilities does not list, and for a list that only repairs or protects others.
absl::Status CheckPreferences(const Capabilities& capabilities, MediaKind kind,
                              std::vector<Codec>& preferences);

// The capabilities that remain for a section, in the order of preference. Retransmission
// remains if the preferences name it. Empty preferences: all of them.
Capabilities PreferredCapabilities(const Capabilities& capabilities, MediaKind kind,
                                   const std::vector<Codec>& preferences);

// Sorts an answer's codecs by preference; a codec's retransmission format follows it. Empty
// preferences: as they are.
void OrderByPreference(const std::vector<Codec>& preferences, std::vector<Codec>& codecs);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_CODEC_PREFERENCES_H_

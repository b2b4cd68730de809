// What this endpoint can receive and answer, as tables. The media room grows by changing a
// row here, not by changing the negotiation.
#ifndef ENGINE_JSEP_CAPABILITIES_H_
#define ENGINE_JSEP_CAPABILITIES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/enums.h"

namespace pcd::jsep {

using FmtpList = std::vector<std::pair<std::string, std::string>>;

// One codec format. An offered payload type is accepted when name (without case), clock rate
// and channels are equal and each `must_match` parameter has the same value on both sides.
struct CodecCapability {
  MediaKind kind = MediaKind::kAudio;
  std::string name{};
  uint32_t clock_rate = 0;        // Hz.
  uint16_t channels = 0;          // 0 for video; SDP's absent channel count equals 1.
  uint8_t preferred_payload = 0;  // For our own offers, while nobody else uses the number.
  FmtpList fmtp{};                // Ours: written into offers and answers.
  // Parameters that must agree, each with the value that absence means.
  FmtpList must_match{};
  std::vector<std::string> feedback{};  // rtcp-fb values that are implemented.
  bool rtx = false;                     // Accept and offer RFC 4588 retransmission for it.
};

// One header extension that is understood (RFC 8285).
struct ExtensionCapability {
  std::string uri{};
  bool audio = true;
  bool video = true;
  uint16_t preferred_id = 0;  // For our own offers, 1..14.
};

struct Capabilities {
  std::vector<CodecCapability> codecs{};  // Preferred first; the order of our own offers.
  std::vector<ExtensionCapability> extensions{};
  bool simulcast_receive = false;  // Accept a=simulcast of the remote sender.
};

// Opus and VP8; feedback "nack pli", "ccm fir", "transport-cc" (no plain nack, no goog-remb,
// no rtx, red or FEC); extensions mid, rid, repaired-rid, transport-cc, abs-send-time and
// audio level.
Capabilities DefaultCapabilities();

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_CAPABILITIES_H_

// What this endpoint can receive and answer, as tables. The media room grows by changing a
// row here, not by changing the negotiation.
#ifndef ENGINE_JSEP_CAPABILITIES_H_
#define ENGINE_JSEP_CAPABILITIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/shared.h"
#include "engine/model/enums.h"

namespace pcd::jsep {

using FmtpList = std::vector<std::pair<std::string, std::string>>;

// One codec format. An offered payload type is accepted when SameCodec (model/codec_match.h)
// says so of it and `name`, `clock_rate`, `channels` and `fmtp`.
struct CodecCapability {
  MediaKind kind = MediaKind::kAudio;
  std::string name{};
  uint32_t clock_rate = 0;  // Hz.
  uint16_t channels = 0;    // 0 for video; SDP's absent channel count equals 1.
  // For our own offers, while nobody else uses the number; null: any free one.
  std::optional<uint8_t> preferred_payload{};
  FmtpList fmtp{};  // Ours: written into offers and answers.
  // Parameters that an answer takes over from the offer: what we forward needs no limit of
  // ours. Absent in the offer: absent in the answer.
  std::vector<std::string> echoed{};
  std::vector<std::string> feedback{};  // rtcp-fb values that are implemented.
  bool rtx = false;                     // Accept and offer RFC 4588 retransmission for it.
  bool offered = true;                  // False: accepted, never part of our own offers.
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
  bool simulcast_receive = true;  // Accept a=simulcast of the remote sender.
};

// Opus, G.722, PCMU, PCMA and telephone events; VP8, VP9, H.264, AV1 and H.265, each with rtx;
// feedback "ccm fir", "nack", "nack pli", "goog-remb", "transport-cc" (audio: the last only).
// No red, ulpfec or flexfec: what is not in the table is refused. Extensions mid, rid,
// repaired-rid, transport-cc, abs-send-time and audio
// level; simulcast.
const Shared<Capabilities>& DefaultCapabilities();

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_CAPABILITIES_H_

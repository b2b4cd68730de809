#include "engine/jsep/capabilities.h"

#include "engine/model/rtp_parameters.h"

namespace pcd::jsep {

Capabilities DefaultCapabilities() {
  Capabilities capabilities;
  capabilities.codecs = {
      {.kind = MediaKind::kAudio,
       .name = "opus",
       .clock_rate = 48000,
       .channels = 2,
       .preferred_payload = 111,
       .fmtp = {{"minptime", "10"}, {"useinbandfec", "1"}},
       .feedback = {"transport-cc"}},
      {.kind = MediaKind::kVideo,
       .name = "VP8",
       .clock_rate = 90000,
       .preferred_payload = 96,
       .feedback = {"ccm fir", "nack pli", "transport-cc"}},
  };
  capabilities.extensions = {
      {.uri = kAudioLevelExtensionUri, .audio = true, .video = false, .preferred_id = 1},
      {.uri = kAbsSendTimeExtensionUri, .preferred_id = 2},
      {.uri = kTransportCcExtensionUri, .preferred_id = 3},
      {.uri = kMidExtensionUri, .preferred_id = 4},
      {.uri = kRidExtensionUri, .audio = false, .video = true, .preferred_id = 10},
      {.uri = kRepairedRidExtensionUri, .audio = false, .video = true, .preferred_id = 11},
  };
  return capabilities;
}

}  // namespace pcd::jsep

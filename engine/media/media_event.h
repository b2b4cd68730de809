// What a MediaSession tells its owner, as values.
#ifndef ENGINE_MEDIA_MEDIA_EVENT_H_
#define ENGINE_MEDIA_MEDIA_EVENT_H_

#include <cstdint>
#include <string>
#include <variant>

#include "engine/media/sink_config.h"

namespace pcd::media {

// The first media packet of a remote stream arrived. Once per SSRC; with simulcast once per
// layer, after renegotiation again when the SSRC is new.
struct FirstPacketEvent {
  std::string mid{};
  std::string track_id{};  // Empty when SetTracks did not name one.
  uint32_t ssrc = 0;
  std::string rid{};  // Empty without simulcast.
  uint8_t payload_type = 0;
};

// A simulcast layer ceased to send for two seconds, or sends again.
struct LayerActiveEvent {
  std::string mid{};
  std::string track_id{};
  uint32_t ssrc = 0;
  std::string rid{};
  uint8_t payload_type = 0;  // Of its last packet.
  bool active = false;
};

// W3C mute and unmute of a remote track. Muted: nothing came for two seconds, the remote said
// goodbye (BYE), or it was agreed that nothing is received any more. Unmuted: media arrives.
struct TrackMutedEvent {
  std::string mid{};
  std::string track_id{};
  bool muted = false;
};

struct SinkStateChangedEvent {
  std::string sink_id{};
  SinkState state = SinkState::kWaiting;
};

// A PLI went out to the remote.
struct KeyFrameRequestedEvent {
  std::string mid{};
  uint32_t ssrc = 0;
};

using MediaEvent = std::variant<FirstPacketEvent, LayerActiveEvent, TrackMutedEvent,
                                SinkStateChangedEvent, KeyFrameRequestedEvent>;

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_MEDIA_EVENT_H_

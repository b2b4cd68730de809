#include "engine/media/sink_config.h"

namespace pcd::media {

std::string_view ToString(SinkState state) {
  switch (state) {
    case SinkState::kWaiting:
      return "waiting";
    case SinkState::kPaused:
      return "paused";
    case SinkState::kStarting:
      return "starting";
    case SinkState::kActive:
      return "active";
    case SinkState::kEnded:
      return "ended";
  }
  return "unknown";
}

}  // namespace pcd::media

#include "engine/media/sending/local_track_config.h"

namespace pcd::media {

std::string_view ToString(SourceState state) {
  switch (state) {
    case SourceState::kWaiting:
      return "waiting";
    case SourceState::kActive:
      return "active";
    case SourceState::kSilent:
      return "silent";
    case SourceState::kEnded:
      return "ended";
  }
  return "";
}

}  // namespace pcd::media

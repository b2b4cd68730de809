#include "engine/media/drop_reason.h"

namespace pcd::media {

std::string_view ToString(DropReason reason) {
  static constexpr std::array<std::string_view, kDropReasonCount> kNames = {
#define PCD_X(name, text) text,
      PCD_MEDIA_DROP_REASONS(PCD_X)
#undef PCD_X
  };
  const auto index = static_cast<size_t>(reason);
  return index < kNames.size() ? kNames[index] : "unknown";
}

}  // namespace pcd::media

// Partial responses (AIP-157): which fields of a resource a caller wants.
#ifndef SERVICE_READ_MASK_H_
#define SERVICE_READ_MASK_H_

#include <absl/status/status.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <string>

#include "engine/base/status.h"

namespace pcd::service {

inline constexpr int kMaxMaskPaths = 100;

// INVALID_ARGUMENT for a path that Resource does not have, for one through a repeated field or
// a map, and for more paths than kMaxMaskPaths. `*` is everything.
template <typename Resource>
absl::Status CheckReadMask(const google::protobuf::FieldMask& mask) {
  if (mask.paths_size() > kMaxMaskPaths) {
    return InvalidArgument("a mask has at most 100 paths", "read_mask");
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") continue;
    if (path.empty() || !google::protobuf::util::FieldMaskUtil::IsValidPath<Resource>(path)) {
      return InvalidArgument("there is no field \"" + path.substr(0, 64) + "\"", "read_mask");
    }
  }
  return absl::OkStatus();
}

// Leaves only what the mask names; a mask without paths leaves everything. The mask was checked.
template <typename Resource>
void ApplyReadMask(const google::protobuf::FieldMask& mask, Resource& resource) {
  const auto& paths = mask.paths();
  if (paths.empty() || std::find(paths.begin(), paths.end(), "*") != paths.end()) return;
  google::protobuf::util::FieldMaskUtil::TrimMessage(mask, &resource);
}

}  // namespace pcd::service

#endif  // SERVICE_READ_MASK_H_

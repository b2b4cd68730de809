// Which of the machine's addresses become host candidates.
#ifndef ENGINE_ICE_LOCAL_ADDRESSES_H_
#define ENGINE_ICE_LOCAL_ADDRESSES_H_

#include <absl/status/statusor.h>

#include <vector>

#include "engine/base/socket_address.h"
#include "engine/ice/ice_config.h"

namespace pcd::ice {

// Config::addresses, or else every usable address of the machine that the configuration allows.
absl::StatusOr<std::vector<IpAddress>> LocalAddresses(const Config& config);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_LOCAL_ADDRESSES_H_

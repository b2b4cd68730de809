// Guards libnice against the number of the machine's addresses.
#ifndef ENGINE_ICE_NICE_ADDRESSES_H_
#define ENGINE_ICE_NICE_ADDRESSES_H_

#include <vector>

#include "engine/base/socket_address.h"

namespace pcd::ice {

// Those that may be handed to libnice. It derives a host candidate's priority from the place of
// its address among the machine's (docker*, veth* and virbr* interfaces do not count, loopback
// comes last, unknown addresses behind all) and aborts the process when that is 64 or more.
std::vector<IpAddress> SafeForLibnice(const std::vector<IpAddress>& addresses);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_ADDRESSES_H_

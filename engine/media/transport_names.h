#ifndef ENGINE_MEDIA_TRANSPORT_NAMES_H_
#define ENGINE_MEDIA_TRANSPORT_NAMES_H_

#include <cstddef>
#include <functional>
#include <string>

namespace pcd::media {

// The id that statistics give the transport of an index. Null: transports have no ids.
using TransportNames = std::function<std::string(size_t transport_index)>;

inline std::string NameOf(const TransportNames& names, size_t transport_index) {
  return names != nullptr ? names(transport_index) : std::string();
}

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_TRANSPORT_NAMES_H_

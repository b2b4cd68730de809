// Chooses the ICE backend: `NiceIceTransportFactory` in the service, `FakeIceNetwork` in tests.
#ifndef ENGINE_ICE_ICE_TRANSPORT_FACTORY_H_
#define ENGINE_ICE_ICE_TRANSPORT_FACTORY_H_

#include <absl/status/statusor.h>

#include <memory>

#include "engine/ice/ice_config.h"
#include "engine/ice/ice_transport.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Threading: Create is called on the loop it is given; a factory may serve several loops at a
// time and outlives the transports it made.
class IceTransportFactory {
 public:
  virtual ~IceTransportFactory() = default;
  virtual absl::StatusOr<std::unique_ptr<IceTransport>> Create(net::Loop& loop,
                                                               const Config& config) = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ICE_TRANSPORT_FACTORY_H_

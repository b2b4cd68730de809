// Makes ICE-lite transports on shared ports, one port for each loop.
#ifndef ENGINE_ICE_SHARED_PORT_FACTORY_H_
#define ENGINE_ICE_SHARED_PORT_FACTORY_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "engine/ice/ice_transport_factory.h"
#include "engine/ice/shared_port_options.h"
#include "engine/net/loop.h"

namespace pcd::ice {

class SharedPort;

// Threading: opened and destroyed while the loops do not run; Create on the loop it is given.
// Outlives its transports.
class SharedPortFactory : public IceTransportFactory {
 public:
  // One port for each loop, in their order. Errors as SharedPort::Open.
  static absl::StatusOr<std::unique_ptr<SharedPortFactory>> Open(
      const std::vector<net::Loop*>& loops, const SharedPortOptions& options);
  ~SharedPortFactory() override;

  // INVALID_ARGUMENT for servers and relay policy, which a lite end has no use for, and for a
  // loop without a port. Of `config` only the times and max_candidates matter.
  absl::StatusOr<std::unique_ptr<IceTransport>> Create(net::Loop& loop,
                                                       const Config& config) override;

  // Of each loop, in their order.
  std::vector<uint16_t> ports() const;
  SharedPort& port(net::Loop& loop) { return *ports_.at(&loop); }

 private:
  SharedPortFactory() = default;

  std::vector<net::Loop*> loops_;
  std::map<net::Loop*, std::unique_ptr<SharedPort>> ports_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SHARED_PORT_FACTORY_H_

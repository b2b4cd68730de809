// Makes ICE transports over libnice.
#ifndef ENGINE_ICE_NICE_ICE_TRANSPORT_FACTORY_H_
#define ENGINE_ICE_NICE_ICE_TRANSPORT_FACTORY_H_

#include <map>
#include <memory>
#include <mutex>

#include "engine/ice/ice_transport_factory.h"

namespace pcd::ice {

class NiceLoop;

// Threading: Create on the loop it is given; several loops at a time. Outlives its transports.
class NiceIceTransportFactory : public IceTransportFactory {
 public:
  NiceIceTransportFactory();
  ~NiceIceTransportFactory() override;

  // INVALID_ARGUMENT for a port range upside down.
  absl::StatusOr<std::unique_ptr<IceTransport>> Create(net::Loop& loop,
                                                       const Config& config) override;

 private:
  // One GLib context per loop, while the loop has transports.
  std::shared_ptr<NiceLoop> LoopFor(net::Loop& loop);

  std::mutex mutex_;
  std::map<net::Loop*, std::weak_ptr<NiceLoop>> loops_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_ICE_TRANSPORT_FACTORY_H_

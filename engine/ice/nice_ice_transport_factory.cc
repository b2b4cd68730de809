#include "engine/ice/nice_ice_transport_factory.h"

#include "engine/base/status.h"
#include "engine/ice/nice_ice_transport.h"
#include "engine/ice/nice_loop.h"

namespace pcd::ice {

NiceIceTransportFactory::NiceIceTransportFactory() = default;
NiceIceTransportFactory::~NiceIceTransportFactory() = default;

absl::StatusOr<std::unique_ptr<IceTransport>> NiceIceTransportFactory::Create(
    net::Loop& loop, const Config& config) {
  if (config.min_port > config.max_port || (config.min_port == 0) != (config.max_port == 0)) {
    return InvalidArgument("the port range needs both ends, the lower one first", "min_port");
  }
  return std::make_unique<NiceIceTransport>(LoopFor(loop), config);
}

std::shared_ptr<NiceLoop> NiceIceTransportFactory::LoopFor(net::Loop& loop) {
  const std::scoped_lock lock(mutex_);
  std::weak_ptr<NiceLoop>& known = loops_[&loop];
  std::shared_ptr<NiceLoop> result = known.lock();
  if (result == nullptr) {
    result = std::make_shared<NiceLoop>(loop);
    known = result;
  }
  return result;
}

}  // namespace pcd::ice

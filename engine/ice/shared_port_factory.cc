#include "engine/ice/shared_port_factory.h"

#include "engine/base/status.h"
#include "engine/ice/local_addresses.h"
#include "engine/ice/shared_port.h"
#include "engine/ice/shared_port_transport.h"

namespace pcd::ice {

absl::StatusOr<std::unique_ptr<SharedPortFactory>> SharedPortFactory::Open(
    const std::vector<net::Loop*>& loops, const SharedPortOptions& options) {
  std::unique_ptr<SharedPortFactory> factory(new SharedPortFactory());
  SharedPortOptions with_addresses = options;
  Config config;
  config.addresses = options.addresses;
  config.allow_loopback = options.allow_loopback;
  config.address_filter = options.address_filter;
  PCD_ASSIGN_OR_RETURN(with_addresses.addresses, LocalAddresses(config));
  for (net::Loop* loop : loops) {
    PCD_ASSIGN_OR_RETURN(factory->ports_[loop],
                         SharedPort::Open(*loop, with_addresses, factory->loops_.size()));
    factory->loops_.push_back(loop);
  }
  return factory;
}

SharedPortFactory::~SharedPortFactory() = default;

absl::StatusOr<std::unique_ptr<IceTransport>> SharedPortFactory::Create(net::Loop& loop,
                                                                        const Config& config) {
  if (!config.servers.empty() || config.policy == IceTransportPolicy::kRelay) {
    return InvalidArgument("STUN and TURN servers need full ICE");
  }
  const auto found = ports_.find(&loop);
  if (found == ports_.end()) return InvalidArgument("the loop has no shared port");
  return std::make_unique<SharedPortTransport>(*found->second, config);
}

std::vector<uint16_t> SharedPortFactory::ports() const {
  std::vector<uint16_t> ports;
  for (net::Loop* loop : loops_) ports.push_back(ports_.at(loop)->port());
  return ports;
}

}  // namespace pcd::ice

// A connection on a shared port, as the port sees it.
#ifndef ENGINE_ICE_SHARED_PORT_CLIENT_H_
#define ENGINE_ICE_SHARED_PORT_CLIENT_H_

#include <cstdint>
#include <span>

#include "engine/base/packet.h"
#include "engine/ice/lite_agent.h"

namespace pcd::ice {

// Threading: the port's loop.
class SharedPortClient {
 public:
  virtual ~SharedPortClient() = default;
  virtual LiteAgent& agent() = 0;
  // As Config::owner.
  virtual const void* owner() const = 0;
  // The port has changed the agent: its events wait.
  virtual void OnAgentChanged() = 0;
  // Datagrams that are not STUN, from one path of the agent. They may be changed and moved out.
  virtual void OnPackets(std::span<PacketPtr> packets, uint32_t path_id) = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SHARED_PORT_CLIENT_H_

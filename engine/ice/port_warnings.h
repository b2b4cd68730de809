// What the log says of a shared port: buffers that are smaller than asked for, and losses that
// grow.
#ifndef ENGINE_ICE_PORT_WARNINGS_H_
#define ENGINE_ICE_PORT_WARNINGS_H_

#include <cstdint>
#include <string>

#include "engine/base/time.h"

namespace pcd::ice {

struct PortBuffers {
  int receive = 0, send = 0;  // Bytes; 0: not known, or the system's default.
};

// Names the limit of the system to raise. Empty: the port has what it asked for.
std::string SmallBufferWarning(const PortBuffers& wanted, const PortBuffers& granted);

// What was lost because this process or machine could not keep up.
struct PortLosses {
  uint64_t kernel_drops = 0;
  uint64_t over_share = 0;
};

// Threading: its port's loop.
class LossAlarm {
 public:
  // Between two warnings.
  static constexpr Duration kInterval = std::chrono::seconds(10);

  bool due(Timestamp now) const { return now >= next_; }
  // How much was lost since the last one. Empty: nothing.
  std::string Handle(const PortLosses& losses, Timestamp now);

 private:
  PortLosses told_{};
  Timestamp next_{};
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_PORT_WARNINGS_H_

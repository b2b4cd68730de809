#include "engine/ice/port_warnings.h"

#include <utility>

namespace pcd::ice {
namespace {

std::string Small(const char* which, int wanted, int granted, const char* limit) {
  if (granted == 0 || granted >= wanted) return {};
  return std::string(which) + " buffer of " + std::to_string(granted) + " bytes instead of " +
         std::to_string(wanted) + " (raise " + limit + ")";
}

}  // namespace

std::string SmallBufferWarning(const PortBuffers& wanted, const PortBuffers& granted) {
  const std::string receive =
      Small("receive", wanted.receive, granted.receive, "net.core.rmem_max");
  const std::string send = Small("send", wanted.send, granted.send, "net.core.wmem_max");
  if (receive.empty() && send.empty()) return {};
  return receive + (receive.empty() || send.empty() ? "" : ", ") + send +
         ": packets of a burst that does not fit are lost";
}

std::string LossAlarm::Handle(const PortLosses& losses, Timestamp now) {
  next_ = now + kInterval;
  const PortLosses before = std::exchange(told_, losses);
  const uint64_t dropped = losses.kernel_drops - before.kernel_drops;
  const uint64_t cut = losses.over_share - before.over_share;
  std::string text;
  if (dropped > 0) {
    text = std::to_string(dropped) + " packets lost in the kernel, its receive buffer was full";
  }
  if (cut > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(cut) +
            " packets of sources that took more than their share while the loop could not keep up";
  }
  return text;
}

}  // namespace pcd::ice

// A UDP socket of the test on loopback that takes what a sink sends.
#ifndef TESTS_INTEGRATION_UDP_RECEIVER_H_
#define TESTS_INTEGRATION_UDP_RECEIVER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/socket_address.h"

namespace pcd::tests {

// Threading: one thread.
class UdpReceiver {
 public:
  UdpReceiver();  // Bound to 127.0.0.1, port chosen by the system.
  ~UdpReceiver();
  UdpReceiver(const UdpReceiver&) = delete;
  UdpReceiver& operator=(const UdpReceiver&) = delete;

  SocketAddress address() const { return address_; }
  // The next datagram; nullopt when none came within the safeguard time-out.
  std::optional<std::vector<uint8_t>> Receive(int timeout_ms = 20'000);
  void Send(const std::vector<uint8_t>& datagram, const SocketAddress& to);  // IPv4.
  // What is there already.
  std::optional<std::vector<uint8_t>> TryReceive() { return Receive(0); }

 private:
  int fd_ = -1;
  SocketAddress address_;
};

}  // namespace pcd::tests

#endif  // TESTS_INTEGRATION_UDP_RECEIVER_H_

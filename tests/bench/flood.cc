#include "tests/bench/flood.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "tests/bench/packet_counter.h"

namespace pcd::bench {

Flood::Flood(uint16_t port) {
  uint16_t own = 0;
  fd_ = BindLoopback(own);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) {
    std::perror("bench: flood");
    std::exit(1);
  }
  thread_ = std::thread([this] { Run(); });
}

Flood::~Flood() {
  stop_ = true;
  thread_.join();
  close(fd_);
}

void Flood::Run() {
  std::array<uint8_t, 1100> packet{0x80, 96};  // Looks like RTP.
  while (!stop_) {
    if (send(fd_, packet.data(), packet.size(), 0) > 0) ++sent_;
  }
}

}  // namespace pcd::bench

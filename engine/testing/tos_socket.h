// A socket of a test that says how what it gets was marked.
#ifndef ENGINE_TESTING_TOS_SOCKET_H_
#define ENGINE_TESTING_TOS_SOCKET_H_

#include "engine/base/socket_address.h"

namespace pcd::testing {

// Threading: one thread.
class TosSocket {
 public:
  explicit TosSocket(const IpAddress& local);  // Ends the test program when it cannot be had.
  ~TosSocket();
  TosSocket(const TosSocket&) = delete;
  TosSocket& operator=(const TosSocket&) = delete;

  SocketAddress address() const { return address_; }
  // The TOS or traffic class octet of the next datagram; waits for it, -1 after ten seconds.
  int Receive();

 private:
  int fd_ = -1;
  SocketAddress address_{};
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_TOS_SOCKET_H_

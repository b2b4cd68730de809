// A peer on TCP made by hand, as a browser or an attacker would be, with its own end of the socket.
#ifndef ENGINE_ICE_TCP_TCP_PEER_TESTING_H_
#define ENGINE_ICE_TCP_TCP_PEER_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/ice/tcp/tcp_frames.h"
#include "engine/net/unique_fd.h"

namespace pcd::ice {

// Threading: one thread.
class TcpPeer {
 public:
  // Connects to `to`, from `from` or an address that the system chooses. The receive buffer of
  // the kernel is that small, 0: as usual.
  explicit TcpPeer(const SocketAddress& to, const SocketAddress& from = {},
                   int receive_buffer_bytes = 0);

  bool connected() const { return connected_; }
  const SocketAddress& address() const { return address_; }

  // Without and with the length before them. What the kernel does not take is lost.
  void SendRaw(ByteSpan bytes);
  void Send(ByteSpan datagram);
  // Reads what has come into `received`.
  void Read();
  // Whether the other end has closed the connection. Reads.
  bool Closed();
  void Close();

  std::vector<std::vector<uint8_t>> received{};

 private:
  net::UniqueFd fd_;
  SocketAddress address_{};
  bool connected_ = false;
  bool closed_ = false;
  PacketPool pool_;
  TcpFrameReader reader_{pool_};
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TCP_TCP_PEER_TESTING_H_

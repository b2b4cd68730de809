// A TCP socket on a loop that others connect to.
#ifndef ENGINE_NET_TCP_LISTENER_H_
#define ENGINE_NET_TCP_LISTENER_H_

#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/net/loop.h"
#include "engine/net/unique_fd.h"

namespace pcd::net {

struct TcpListenerOptions {
  SocketAddress local{};  // Port 0: the system chooses.
  int backlog = 512;      // Connections that wait to be accepted.
  uint8_t dscp = 0;       // Of what the accepted connections send: 0 to 63 (RFC 2474).
};

// Where the process or the machine is out of descriptors or memory, nothing is accepted for
// kPause: what waits stays readable, and the loop would turn for nothing else.
//
// Threading: the loop's thread.
class TcpListener final : private FdHandler {
 public:
  // Accepted in one turn at most; the rest waits for the next one.
  static constexpr size_t kMaxAcceptsPerTurn = 16;
  static constexpr Duration kPause = std::chrono::milliseconds(500);

  class Handler {
   public:
    virtual ~Handler() = default;
    // A connected, non-blocking socket. The listener may not be destroyed in here.
    virtual void OnAccepted(UniqueFd fd, const SocketAddress& remote) = 0;
  };

  // `handler` outlives the listener. IPv6 sockets take IPv6 only. Errors as UdpSocket::Open.
  static absl::StatusOr<std::unique_ptr<TcpListener>> Open(Loop& loop,
                                                           const TcpListenerOptions& options,
                                                           Handler& handler);
  ~TcpListener() override;
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  const SocketAddress& local_address() const { return local_; }
  // Times that it paused.
  uint64_t pauses() const { return pauses_; }

 private:
  TcpListener(Loop& loop, Handler& handler, UniqueFd fd, const SocketAddress& local);
  void OnReadable(int fd) override;
  void Pause();
  void Resume();

  Loop& loop_;
  Handler& handler_;
  const UniqueFd fd_;
  const SocketAddress local_;
  std::unique_ptr<Timer> timer_;  // Of a pause.
  uint64_t pauses_ = 0;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_TCP_LISTENER_H_

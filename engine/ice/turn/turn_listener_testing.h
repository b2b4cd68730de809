// The TCP end of a TURN server of a test: accepts, and finds the messages.
#ifndef ENGINE_ICE_TURN_TURN_LISTENER_TESTING_H_
#define ENGINE_ICE_TURN_TURN_LISTENER_TESTING_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/net/loop.h"
#include "engine/net/unique_fd.h"

namespace pcd::ice {

// Threading: its loop.
class TurnListener : private net::FdHandler {
 public:
  using OnMessage = std::function<void(ByteSpan message, const SocketAddress& source)>;

  // On 127.0.0.1.
  TurnListener(net::Loop& loop, OnMessage on_message);
  ~TurnListener() override;

  const SocketAddress& address() const { return address_; }
  // That are open now.
  size_t connections() const;

  // A message, which is padded; false: there is no such connection.
  bool Send(ByteSpan message, const SocketAddress& destination);
  // Bytes as they are, to all.
  void SendRaw(ByteSpan bytes);
  // Closes all connections, and takes no more.
  void Close();

 private:
  class Connection;

  void OnReadable(int fd) override;

  net::Loop& loop_;
  const OnMessage on_message_;
  net::UniqueFd fd_;
  SocketAddress address_;
  bool listening_ = true;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TURN_TURN_LISTENER_TESTING_H_

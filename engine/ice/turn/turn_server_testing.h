// A STUN and TURN server of a test on 127.0.0.1, over UDP or TCP.
#ifndef ENGINE_ICE_TURN_TURN_SERVER_TESTING_H_
#define ENGINE_ICE_TURN_TURN_SERVER_TESTING_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/ice/turn/turn_answers_testing.h"
#include "engine/ice/turn/turn_listener_testing.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Threading: its loop.
class TurnServer : public net::DatagramHandler {
 public:
  // Gives the address `relayed` to everybody who has the credential.
  TurnServer(net::Loop& loop, const std::string& relayed, bool tcp = false);

  std::string url() const;
  // Null: over UDP.
  TurnListener* listener() { return listener_.get(); }

  // Keeps the answers that give an address, and calls this for each one kept.
  void Hold(net::Task on_held) { on_held_ = std::move(on_held); }
  bool holds() const { return !held_.empty(); }
  void Release();

  TurnAnswers answers;

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) override;

 private:
  void OnMessage(ByteSpan message, const SocketAddress& source);
  void Send(const std::vector<uint8_t>& bytes, const SocketAddress& destination);

  net::Loop& loop_;
  std::unique_ptr<net::DatagramSocket> socket_;  // One of the two.
  std::unique_ptr<TurnListener> listener_;
  net::Task on_held_;
  std::vector<std::pair<std::vector<uint8_t>, SocketAddress>> held_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TURN_TURN_SERVER_TESTING_H_

// What the STUN and TURN servers of one generation answered, and what came of it.
#ifndef ENGINE_ICE_SERVER_LOG_H_
#define ENGINE_ICE_SERVER_LOG_H_

#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/ice/ice_events.h"
#include "engine/ice/resolved_server.h"

namespace pcd::ice {

// Threading: its transport's loop.
class ServerLog {
 public:
  void SetServers(const std::vector<ResolvedServer>& servers);

  // A message that came from this address. False: it must not be acted on, because it asks to go
  // to another server (300), which nobody has judged.
  bool OnMessage(const SocketAddress& source, bool tcp, ByteSpan message);

  // A relayed candidate came from this server.
  void OnRelay(const SocketAddress& server, bool tcp);

  // A datagram from this address is from a TURN server.
  bool IsRelay(const SocketAddress& source) const;
  bool IsServer(const SocketAddress& source) const;

  // Empty: there is no such server.
  std::string UrlOf(const SocketAddress& server, bool turn, bool tcp) const;
  // The TURN server over UDP, when there is one only: it tells reflexive addresses, too.
  std::string OnlyUdpRelayUrl() const;

  // For each URL that led to nothing, W3C's icecandidateerror with the last STUN error, or 701
  // where there was no answer. A STUN server that answered did its work: an address that is one of
  // ours makes no candidate.
  std::vector<CandidateError> Failures() const;

 private:
  struct Entry {
    ResolvedServer server{};
    bool answered = false;
    bool relay = false;
    int error_code = 0;  // 0: none.
  };

  std::vector<Entry> entries_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SERVER_LOG_H_

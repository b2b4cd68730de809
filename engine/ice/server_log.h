// What the STUN and TURN servers of one generation answered, and what came of it.
#ifndef ENGINE_ICE_SERVER_LOG_H_
#define ENGINE_ICE_SERVER_LOG_H_

#include <cstddef>
#include <optional>
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

  // A message that came from this address, which is that of a tunnel where there is one. False: it
  // must not be acted on, because it asks to go to another server (300 to 399), which nobody has
  // judged.
  bool OnMessage(const SocketAddress& source, ByteSpan message);

  // A relayed candidate came from the servers of this URL.
  void OnRelay(const std::string& url);

  // A datagram from this address is from a TURN server.
  bool IsRelay(const SocketAddress& source) const;
  bool IsServer(const SocketAddress& source) const;

  // Empty: there is no such STUN server.
  std::string UrlOfStun(const SocketAddress& server) const;
  // The URL of the TURN server that gave us this address. When none was seen to, or several: of the
  // one at this position among those of SetServers that are asked, or else of the only one. Empty:
  // it cannot be told.
  std::string UrlOfRelay(const SocketAddress& relayed, std::optional<size_t> position) const;

  // For each URL that led to nothing, W3C's icecandidateerror with the last STUN error, or 701
  // where there was no answer or no connection. A STUN server that answered did its work, and so
  // did a TURN server that gave an address: one that we have already makes no candidate.
  std::vector<CandidateError> Failures() const;

 private:
  struct Entry {
    ResolvedServer server{};
    bool answered = false;
    bool relay = false;
    int error_code = 0;  // 0: none.
    // What it gave to our sockets.
    std::vector<SocketAddress> relayed{};

    bool IsAskedAt(const SocketAddress& address) const {
      return server.unreachable.empty() && server.asked_at() == address;
    }
  };

  static void NoteRelayed(Entry& entry, const SocketAddress& relayed);

  std::vector<Entry> entries_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SERVER_LOG_H_

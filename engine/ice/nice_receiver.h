// Reads libnice's sockets.
#ifndef ENGINE_ICE_NICE_RECEIVER_H_
#define ENGINE_ICE_NICE_RECEIVER_H_

#include <nice/agent.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/ice/answering/answering.h"
#include "engine/ice/consent/consent.h"
#include "engine/ice/server_log.h"
#include "engine/model/ice.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Looks at the next datagram of a socket without taking it. What is not STUN and comes from the
// selected remote address is read straight into a pooled packet; STUN, and data from any other
// address that may have passed a check, is left to libnice, which answers the former and gives
// back the latter when its source did pass. So the media path neither locks nor allocates, and
// libnice sees every STUN message but those that send it to another server, answers to checks
// that are not its own, and all of the peer's once SetResponder was called. What comes through a
// relay is left to libnice, too. libnice may take more than we looked at: see the README.
// Threading: its loop.
class NiceReceiver {
 public:
  struct Outcome {
    // At least one datagram came from the selected remote address, or through a relay.
    bool from_peer = false;
    // One for each answer of the peer to a check of `consent()`. An answer behind another STUN
    // message may escape us, see Look.
    std::vector<Duration> round_trips{};
    bool used_libnice = false;   // libnice may have started timers.
    bool socket_failed = false;  // libnice may have closed the socket.
  };
  struct Drops {
    uint64_t unknown_source = 0, oversized = 0;
  };

  // `agent` and `servers` outlive this.
  NiceReceiver(net::Loop& loop, NiceAgent* agent, guint stream_id, ServerLog& servers)
      : loop_(loop), agent_(agent), stream_id_(stream_id), servers_(servers) {}

  // Where data of the selected pair comes from; nullopt: leave everything to libnice, e.g.
  // because the pair goes through a relay.
  void SetPeer(const std::optional<SocketAddress>& peer) { peer_ = peer; }

  // Makes the checks on the selected pair; their answers are looked for in what is read.
  Consent& consent() { return consent_; }

  // Checks that come straight from the peer are answered here, and libnice sees no STUN of it any
  // more; kFully: libnice answers them. What comes through a relay is libnice's in any case.
  void SetResponder(const IceParameters& local, Answering answering);

  // An address that a check may have passed from or to: signalled, or seen by libnice. What is
  // not STUN and comes from elsewhere is dropped here.
  void AddKnownSource(const SocketAddress& source) { known_sources_.push_back(source); }

  // Shows the servers' log what is next in this socket, before a read of another one takes it. To
  // be called for all sockets before a read while servers are asked.
  void Look(int fd);

  // Takes at most `budget` datagrams (libnice may take more STUN in a row) and appends the
  // payloads to `packets`. Signals of the agent are emitted from inside.
  Outcome Read(int fd, size_t budget, std::vector<PacketPtr>& packets);

  const Drops& drops() const { return drops_; }

 private:
  struct Next;  // The datagram that is next in a socket.
  enum class Taken { kMaybe, kNothing, kFailed };

  static Next Peek(int fd);
  // Shows the servers' log the STUN message that is next; drops it when it may not be acted on.
  // True: dropped.
  bool DropForbidden(int fd, const SocketAddress& source);
  bool IsKnown(const SocketAddress& source) const;
  void AddProvenSource(const SocketAddress& source);
  bool IsProven(const SocketAddress& source) const;
  void Drop(int fd);
  // Takes an answer to a check of ours, from the peer or in a relay's message. nullopt: something
  // else is next.
  std::optional<Duration> TakeAnswer(int fd, const Next& next, bool relayed);
  void Respond(int fd, const SocketAddress& source);
  void ReadDirectly(int fd, const Next& next, std::vector<PacketPtr>& packets);
  Taken ReadThroughLibnice(std::vector<PacketPtr>& packets);

  net::Loop& loop_;
  NiceAgent* agent_;
  guint stream_id_;
  ServerLog& servers_;
  Consent consent_;
  IceParameters local_{};
  Answering answering_ = Answering::kFully;
  std::optional<SocketAddress> peer_;
  std::vector<SocketAddress> known_sources_;
  // Where checks that we answered ourselves came from, the latest: a peer that restarts checks our
  // old addresses from its new ones, and libnice never hears of those.
  static constexpr size_t kMaxProven = 16;
  std::vector<SocketAddress> proven_sources_;
  Drops drops_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_RECEIVER_H_

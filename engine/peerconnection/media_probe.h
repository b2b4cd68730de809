// Tells which local tracks of one connection arrive at which receivers of the other: every track
// sends packets that name it, every receiver has a sink that reads the names.
#ifndef ENGINE_PEERCONNECTION_MEDIA_PROBE_H_
#define ENGINE_PEERCONNECTION_MEDIA_PROBE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "engine/net/loop.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

// From one end to the other. Threading: the test's.
class MediaProbe {
 public:
  // The other end's transceiver, and the track that arrives there.
  using Arrivals = std::set<std::pair<std::string, std::string>>;

  // `first_port`: this one and the next hundred are the probe's.
  MediaProbe(net::Loop& loop, PeerConnection& from, PeerConnection& to, uint16_t first_port);
  ~MediaProbe();

  // Sinks for receivers that are new, none for those that are gone.
  absl::Status UpdateSinks();
  // Each track sends a packet; it is under way afterwards.
  void Send();
  // What has arrived since the last time.
  Arrivals Take();

 private:
  class Sink;
  struct Source {
    uint16_t number = 0;
    uint16_t sequence = 0;
  };

  void SendFrom(const media::LocalTrackInfo& track, Source& source);

  net::Loop& loop_;
  PeerConnection& from_;
  PeerConnection& to_;
  const uint16_t first_port_;
  std::unique_ptr<net::DatagramSocket> socket_;
  std::map<std::string, Source> sources_;               // By track id.
  std::map<std::string, std::unique_ptr<Sink>> sinks_;  // By transceiver id.
  std::set<uint16_t> ports_;                            // Of sinks.
  uint16_t made_ = 0;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_MEDIA_PROBE_H_

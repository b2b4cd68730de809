// A network for tests: the ICE transports made here find each other by ufrag and pwd, as soon
// as a real pair could, and carry packets inside the process. No sockets, no threads; runs on
// any net::Loop, with simulated time too.
//
//   FakeIceNetwork network;                         // Give it to both PeerConnections.
//   network.SetLink([&](int from, PacketPtr packet, FakeIceNetwork::Deliver deliver) {
//     link.Schedule(from, std::move(packet), std::move(deliver));   // Delay, lose, copy ...
//   });
#ifndef ENGINE_ICE_FAKE_ICE_NETWORK_H_
#define ENGINE_ICE_FAKE_ICE_NETWORK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/packet.h"
#include "engine/ice/ice_transport_factory.h"

namespace pcd::ice {

class FakeIceTransport;

// Threading: one loop; all its transports are on it. Outlives them.
class FakeIceNetwork : public IceTransportFactory {
 public:
  // Hands a packet to the receiving end, which takes it in the loop's next turn. May be called
  // at once, later, never, or more than once; after the end is gone it does nothing.
  using Deliver = std::function<void(PacketPtr)>;
  // `from` is the sender's number: 0 for the first transport created, then 1, ...
  using Link = std::function<void(int from, PacketPtr packet, Deliver deliver)>;

  FakeIceNetwork();
  ~FakeIceNetwork() override;

  absl::StatusOr<std::unique_ptr<IceTransport>> Create(net::Loop& loop,
                                                       const Config& config) override;

  // Empty (default): packets arrive in the next turn, in order.
  void SetLink(Link link) { link_ = std::move(link); }

  // False: nothing passes; connected ends become disconnected and failed as their configuration
  // says (8 s, 30 s). True again before that: connected.
  void SetReachable(bool reachable);
  bool reachable() const { return reachable_; }

  // False: gathering begins and finds nothing, until it is true again.
  void SetGathering(bool gathers);
  bool gathers() const { return gathers_; }

 private:
  friend class FakeIceTransport;
  void Remove(FakeIceTransport* transport);
  FakeIceTransport* FindByUfrag(const std::string& ufrag) const;
  // Connects every two ends that have what they need.
  void Match();
  void Carry(int from, PacketPtr packet, Deliver deliver);

  std::vector<FakeIceTransport*> transports_;
  Link link_;
  bool reachable_ = true;
  bool gathers_ = true;
  int created_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_FAKE_ICE_NETWORK_H_

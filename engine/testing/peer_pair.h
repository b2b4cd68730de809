// Two PeerConnections in one thread under simulated time: real DTLS and SRTP, fake ICE and
// SCTP, packets over a seeded impaired link in each direction.
//
//   PeerPair pair({.loss = 0.05, .delay = 30ms}, /*seed=*/7);
//   pair.left().CreateDataChannel({.label = "chat"}, "chat");
//   ASSERT_TRUE(pair.Negotiate());
//   ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
#ifndef ENGINE_TESTING_PEER_PAIR_H_
#define ENGINE_TESTING_PEER_PAIR_H_

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/limits.h"
#include "engine/ice/fake_ice_network.h"
#include "engine/net/address_policy.h"
#include "engine/net/destination_claims.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "engine/testing/impaired_pipe.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"

namespace pcd::testing {

// Records what a watcher of one connection gets.
struct EventRecorder {
  std::vector<peerconnection::WatchItem> items{};

  peerconnection::WatchCallback Callback() {
    return [this](const peerconnection::WatchItem& item) { items.push_back(item); };
  }
  // All events of one type, in order.
  template <typename T>
  std::vector<T> All() const {
    std::vector<T> found;
    for (const auto& item : items) {
      const auto* event = std::get_if<std::shared_ptr<const peerconnection::Event>>(&item);
      if (event == nullptr) continue;
      if (const T* payload = std::get_if<T>(&(*event)->payload)) found.push_back(*payload);
    }
    return found;
  }
  std::vector<uint64_t> Sequences() const {
    std::vector<uint64_t> numbers;
    for (const auto& item : items) {
      if (const auto* event = std::get_if<std::shared_ptr<const peerconnection::Event>>(&item)) {
        numbers.push_back((*event)->sequence);
      }
    }
    return numbers;
  }
};

// Threading: the test's one thread.
class PeerPair {
 public:
  explicit PeerPair(const ImpairmentOptions& link = {}, uint64_t seed = 1,
                    const Limits& limits = {},
                    BundlePolicy bundle_policy = BundlePolicy::kMaxBundle);
  ~PeerPair();

  peerconnection::PeerConnection& left() { return *left_; }
  peerconnection::PeerConnection& right() { return *right_; }
  SimLoop& loop() { return loop_; }
  ice::FakeIceNetwork& ice() { return ice_; }
  const peerconnection::Dependencies& dependencies() const { return dependencies_; }
  EventRecorder& left_events() { return left_events_; }
  EventRecorder& right_events() { return right_events_; }

  // One offer by `offerer` and the answer of the other, every candidate trickled as it comes.
  absl::Status Negotiate(peerconnection::PeerConnection& offerer,
                         peerconnection::PeerConnection& answerer);
  absl::Status Negotiate() { return Negotiate(*left_, *right_); }
  bool connected();
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done,
                              Duration max_time = std::chrono::seconds(30)) {
    return loop_.RunUntil(
        [&] {
          Trickle();
          return done();
        },
        max_time);
  }

 private:
  std::unique_ptr<peerconnection::PeerConnection> Make(const std::string& id, const Limits& limits,
                                                       BundlePolicy bundle_policy);
  void Trickle();
  void Trickle(const EventRecorder& events, size_t& given, peerconnection::PeerConnection& to);

  SimNetwork network_;
  SimLoop loop_;
  ice::FakeIceNetwork ice_;
  sctp::FakeSctpAssociationFactory sctp_;
  net::AddressPolicy policy_;
  net::DestinationClaims claims_;
  peerconnection::Dependencies dependencies_;
  std::vector<std::unique_ptr<ImpairedPipe>> pipes_;
  std::vector<ice::FakeIceNetwork::Deliver> delivers_;
  std::unique_ptr<peerconnection::PeerConnection> left_, right_;
  EventRecorder left_events_, right_events_;
  size_t left_given_ = 0, right_given_ = 0;  // Items whose candidates the other end has.
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_PEER_PAIR_H_

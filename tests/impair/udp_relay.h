// A UDP relay that impairs what passes: loss, delay, jitter, reordering, duplication, a rate cap
// and blackouts, decided by a seed.
#ifndef TESTS_IMPAIR_UDP_RELAY_H_
#define TESTS_IMPAIR_UDP_RELAY_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/net/loop.h"
#include "engine/testing/impairment.h"

namespace pcd::impair {

struct RelayOptions {
  SocketAddress listen{};             // Where clients send to; port 0: the system chooses.
  SocketAddress target{};             // Where that goes; answers go back to the client.
  testing::ImpairmentOptions up{};    // From clients to the target.
  testing::ImpairmentOptions down{};  // From the target to clients.
  uint64_t seed = 1;
  // Each client has a socket towards the target and links of its own. Packets of further ones
  // are dropped.
  size_t max_clients = 64;
};

struct RelayCounters {
  size_t clients = 0;
  uint64_t refused = 0;  // Packets of clients beyond the limit.
  testing::ImpairmentModel::Counters up{}, down{};
};

// Threading: its loop's thread. Destroy it there.
class UdpRelay : public net::DatagramHandler {
 public:
  static absl::StatusOr<std::unique_ptr<UdpRelay>> Create(net::Loop& loop,
                                                          const RelayOptions& options);
  ~UdpRelay() override;

  SocketAddress local_address() const { return front_->local_address(); }
  // Of all clients together.
  RelayCounters counters() const;
  // For packets to come, of clients that are there and of those that come later.
  void SetImpairment(const testing::ImpairmentOptions& up, const testing::ImpairmentOptions& down);
  // Nothing passes in either direction from now until `duration` has passed.
  void BlackOut(Duration duration);
  // As a NAT that forgets: towards the target each client gets another port. What comes to the
  // old one is lost.
  void Rebind();

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) override;

 private:
  class Client;

  UdpRelay(net::Loop& loop, const RelayOptions& options);
  absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenBack();
  Client* FindOrAdd(const SocketAddress& address);

  net::Loop& loop_;
  RelayOptions options_;
  std::unique_ptr<net::DatagramSocket> front_;
  std::vector<std::unique_ptr<Client>> clients_;
  Timestamp dark_until_{};
  uint64_t refused_ = 0;
};

}  // namespace pcd::impair

#endif  // TESTS_IMPAIR_UDP_RELAY_H_

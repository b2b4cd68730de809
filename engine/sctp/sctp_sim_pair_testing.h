// Two associations of one backend, joined by an impaired link in simulated time, for tests.
#ifndef ENGINE_SCTP_SCTP_SIM_PAIR_TESTING_H_
#define ENGINE_SCTP_SCTP_SIM_PAIR_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/net/loop.h"
#include "engine/sctp/sctp_association.h"
#include "engine/sctp/sctp_association_factory.h"
#include "engine/testing/impaired_pipe.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"

namespace pcd::sctp {

// One end: pumps its association as its owners do, and writes down what it tells.
class SctpSimEnd {
 public:
  SctpSimEnd(testing::SimNetwork& network, const testing::ImpairmentOptions& link, uint64_t seed);

  void Open(SctpAssociationFactory& factory, const SctpOptions& options, SctpSimEnd& peer);
  void Start();
  void Pump();
  // Send on kOk; false otherwise.
  bool Send(uint16_t stream, const std::string& text, const SendOptions& options = {});
  bool Send(uint16_t stream, const std::vector<uint8_t>& bytes, const SendOptions& options = {});
  std::vector<std::string> Texts() const;  // Of all messages so far.
  bool Connected() const { return sctp->state() == SctpState::kConnected; }
  bool Closed() const { return sctp->state() == SctpState::kClosed; }

  testing::SimLoop loop;
  std::unique_ptr<SctpAssociation> sctp;
  bool reading = true;                                    // False: PollEvent is not called.
  std::function<bool(const std::vector<uint8_t>&)> drop;  // Of packets to the peer.
  std::vector<MessageReceived> messages;
  std::vector<StateChanged> states;
  std::vector<uint16_t> incoming_resets, outgoing_resets;
  size_t low_events = 0;
  size_t longest_packet = 0;

 private:
  void Record(SctpEvent event);
  void Receive(ByteSpan packet);

  testing::ImpairmentOptions link_;
  uint64_t seed_;
  SctpSimEnd* peer_ = nullptr;
  std::unique_ptr<testing::ImpairedPipe> to_peer_;
  std::unique_ptr<net::Timer> timer_;
};

// Unix time in microseconds of the pair that exists, for a clock that a backend reads on its
// own; nullopt without one.
std::optional<int64_t> SimulatedUnixMicros();

// One at a time. Threading: the test's one thread.
class SctpSimPair {
 public:
  using MakeFactory = std::function<std::unique_ptr<SctpAssociationFactory>(net::Loop&)>;
  explicit SctpSimPair(const MakeFactory& make_factory, const SctpOptions& options = {},
                       const testing::ImpairmentOptions& link = {}, uint64_t seed = 1,
                       std::optional<SctpOptions> b_options = {});
  ~SctpSimPair();

  [[nodiscard]] bool Connect();
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done,
                              Duration max_time = std::chrono::seconds(600)) {
    return network.RunUntil(done, max_time);
  }

  testing::SimNetwork network;
  SctpSimEnd a, b;

 private:
  std::unique_ptr<SctpAssociationFactory> factory_;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_SCTP_SIM_PAIR_TESTING_H_

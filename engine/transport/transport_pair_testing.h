// Two transports over the fake ICE network, in simulated time.
#ifndef ENGINE_TRANSPORT_TRANSPORT_PAIR_TESTING_H_
#define ENGINE_TRANSPORT_TRANSPORT_PAIR_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/ice/fake_ice_network.h"
#include "engine/testing/sim_loop.h"
#include "engine/transport/transport.h"

namespace pcd::transport {

// One end with the pump that a PeerConnection would be, and everything it heard.
class TransportEnd : public MediaHandler, public net::EndOfTurnHandler {
 public:
  TransportEnd(testing::SimLoop& loop, ice::FakeIceNetwork& network, const Config& config);
  ~TransportEnd() override;

  void OnRtp(std::span<PacketPtr> packets) override;
  void OnRtcp(std::span<PacketPtr> packets) override;
  void OnEndOfTurn() override;

  bool SendRtp(const std::vector<uint8_t>& bytes);
  bool SendRtcp(const std::vector<uint8_t>& bytes);
  bool SendData(const std::string& text);
  bool Saw(DtlsState state) const;
  uint64_t drops(DropReason reason) const { return transport.drops().Get(reason); }

  testing::SimLoop& loop;
  std::shared_ptr<const dtls::Certificate> certificate;
  Transport transport;
  bool close_on_rtp = false;
  std::vector<std::vector<uint8_t>> rtp{}, rtcp{};
  std::vector<std::string> data{};
  std::vector<DtlsState> dtls_states{};
  std::vector<bool> writable_changes{};
  std::string failure{};
  std::vector<Event> events{};

 private:
  std::unique_ptr<net::Timer> timer_;
};

// Threading: the test's thread.
class TransportPair {
 public:
  TransportPair() : TransportPair(Config{}, Config{}) {}
  TransportPair(Config left_config, Config right_config);

  // ICE parameters and candidates both ways; `left` controls.
  void ConnectIce();
  // DTLS parameters both ways; `left` is the client.
  void ConnectDtls();
  void Connect();
  bool writable() const { return left.transport.writable() && right.transport.writable(); }
  // Puts a datagram on the wire towards `right` as if `left` had sent it.
  void Inject(const std::vector<uint8_t>& datagram);

  testing::SimNetwork clock;
  testing::SimLoop loop{clock};
  ice::FakeIceNetwork network;
  TransportEnd left;
  TransportEnd right;
};

std::vector<uint8_t> TestRtp(uint32_t ssrc, uint16_t sequence, size_t payload = 50);
std::vector<uint8_t> TestRtcp(uint32_t ssrc);

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_TRANSPORT_PAIR_TESTING_H_

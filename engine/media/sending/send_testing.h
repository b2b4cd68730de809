// A SendSession in simulated time and network: applications that feed its UDP sources, and a
// record of what it sent to the remote peer.
#ifndef ENGINE_MEDIA_SENDING_SEND_TESTING_H_
#define ENGINE_MEDIA_SENDING_SEND_TESTING_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/media/media_testing.h"
#include "engine/media/sending/send_session.h"
#include "engine/net/address_policy.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"

namespace pcd::media {

// What reached the remote peer.
struct SentRtp {
  size_t transport_index = 0;
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  std::string mid{};
  std::optional<uint16_t> transport_sequence{};
  std::optional<uint32_t> abs_send_time{};
  Bytes payload{};
};

class OutputLog : public RtpOutput {
 public:
  bool IsWritable(size_t transport_index) const override {
    return writable && !shut.contains(transport_index);
  }
  bool SendRtp(size_t transport_index, PacketPtr packet) override;
  void SendRtcp(size_t transport_index, PacketPtr compound) override;
  void ForgetSsrc(size_t transport_index, uint32_t ssrc) override {
    forgotten.push_back(ssrc);
    forgotten_on.push_back(transport_index);
  }
  void OnSessionWork() override { ++work; }

  std::vector<uint16_t> Sequences() const;
  // What went out on one transport.
  std::vector<SentRtp> On(size_t transport_index) const;

  bool writable = true;
  std::set<size_t> shut{};  // Transports that are not writable.
  std::vector<SentRtp> rtp{};
  std::vector<Bytes> rtcp{};
  std::vector<size_t> rtcp_transports{};  // Of each.
  std::vector<ReceivedReport> reports{};
  std::vector<uint32_t> byes{};
  std::vector<uint32_t> forgotten{};
  std::vector<size_t> forgotten_on{};
  size_t work = 0;
};

inline constexpr uint16_t kAbsSendTimeId = 2;

SendParameters AudioSender(const std::string& id = "audio-sender");
SendParameters VideoSender(const std::string& id = "video-sender");
Codec Vp8();
Codec Opus();

// Threading: the test's.
class SendBench {
 public:
  explicit SendBench(const Limits& limits = {});

  absl::Status AddUdpTrack(const std::string& id, MediaKind kind, UdpSourceConfig config = {});
  absl::Status AddTestTrack(const std::string& id, MediaKind kind);
  void Bind(std::vector<SenderBinding> bindings) {
    OnLoop([&] { session->SetSenders(bindings); });
  }
  // From the remote peer.
  void Rtcp(const Bytes& bytes, size_t transport_index = 0);
  void OnLoop(const std::function<void()>& work) {
    loop.Post([&work] { work(); });
    loop.RunDue();
  }
  // Time passes; the session's deadlines are served as a timer would.
  void Run(Duration duration);
  template <typename Event>
  std::vector<Event> TakeEventsOf() {
    std::vector<Event> found;
    while (auto event = session->PollEvent()) {
      if (auto* wanted = std::get_if<Event>(&*event)) found.push_back(std::move(*wanted));
    }
    return found;
  }

  testing::SimNetwork network{};
  testing::SimLoop loop{network};
  testing::SimLoop outside{network};
  net::AddressPolicy policy{};
  OutputLog output{};
  std::unique_ptr<SendSession> session;
};

// An application that sends RTP to a UDP source, from two ports, and records the RTCP that
// comes back.
class Feeder : public net::DatagramHandler {
 public:
  Feeder(SendBench& bench, const std::string& track_id, uint16_t port);

  // Delivered at once.
  void Rtp(const RtpSpec& spec) { RtpBytes(MakeRtp(spec)); }
  void RtpBytes(const Bytes& bytes);
  void Rtcp(const Bytes& bytes);
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) override;
  size_t CountOf(uint8_t type, uint8_t count) const;

  std::vector<Bytes> rtcp{};

 private:
  void Send(net::DatagramSocket& socket, const Bytes& bytes, const SocketAddress& to);

  SendBench& bench_;
  SocketAddress to_rtp_, to_rtcp_;
  std::unique_ptr<net::DatagramSocket> rtp_socket_, rtcp_socket_;
};

// RTCP from the remote peer about a stream of ours.
Bytes MakeFir(uint32_t media_ssrc, uint8_t command_sequence);
Bytes MakeReceiverReport(const rtp::ReportBlock& block);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_SEND_TESTING_H_

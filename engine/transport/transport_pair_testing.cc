#include "engine/transport/transport_pair_testing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "engine/testing/status_matchers.h"

namespace pcd::transport {
namespace {

Config WithCertificate(Config config) {
  config.certificate = dtls::Certificate::Generate(1'700'000'000'000'000).value();
  return config;
}

}  // namespace

TransportEnd::TransportEnd(testing::SimLoop& l, ice::FakeIceNetwork& network, const Config& config)
    : loop(l),
      certificate(config.certificate),
      transport(l, network.Create(l, {}).value(), config),
      timer_(l.CreateTimer([this] { transport.HandleTimeout(loop.Now()); })) {
  transport.SetMediaHandler(this);
  transport.SetEventCallback([this] { loop.RequestEndOfTurn(this); });
}

TransportEnd::~TransportEnd() { loop.CancelEndOfTurn(this); }

void TransportEnd::OnRtp(std::span<PacketPtr> packets) {
  for (const PacketPtr& packet : packets) {
    rtp.emplace_back(packet->bytes().begin(), packet->bytes().end());
    if (close_on_rtp) transport.Close();
  }
}

void TransportEnd::OnRtcp(std::span<PacketPtr> packets) {
  for (const PacketPtr& packet : packets) {
    rtcp.emplace_back(packet->bytes().begin(), packet->bytes().end());
  }
}

void TransportEnd::OnEndOfTurn() {
  while (std::optional<Event> event = transport.PollEvent()) {
    if (auto* changed = std::get_if<DtlsStateChanged>(&*event)) {
      dtls_states.push_back(changed->state);
      if (!changed->reason.empty()) failure = changed->reason;
    } else if (auto* received = std::get_if<DataReceived>(&*event)) {
      data.emplace_back(received->data.begin(), received->data.end());
    } else if (auto* writable = std::get_if<WritableChanged>(&*event)) {
      writable_changes.push_back(writable->writable);
    }
    events.push_back(std::move(*event));
  }
  timer_->Set(transport.NextDeadline());
}

bool TransportEnd::SendRtp(const std::vector<uint8_t>& bytes) {
  return transport.SendRtp(loop.packets().CopyOf(bytes));
}
bool TransportEnd::SendRtcp(const std::vector<uint8_t>& bytes) {
  return transport.SendRtcp(loop.packets().CopyOf(bytes));
}
bool TransportEnd::SendData(const std::string& text) {
  return transport.SendData({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}
bool TransportEnd::Saw(DtlsState state) const {
  return std::ranges::find(dtls_states, state) != dtls_states.end();
}

TransportPair::TransportPair(Config left_config, Config right_config)
    : left(loop, network, WithCertificate(std::move(left_config))),
      right(loop, network, WithCertificate(std::move(right_config))) {}

void TransportPair::ConnectIce() {
  ice::IceTransport& a = left.transport.ice();
  ice::IceTransport& b = right.transport.ice();
  a.SetRole(IceRole::kControlling);
  a.StartGathering();
  b.StartGathering();
  EXPECT_THAT(a.SetRemoteParameters(b.local_parameters()), testing::IsOk());
  EXPECT_THAT(b.SetRemoteParameters(a.local_parameters()), testing::IsOk());
  loop.RunDue();
  for (const Event& event : std::vector<Event>(left.events)) {
    if (auto* gathered = std::get_if<ice::CandidateGathered>(&event)) {
      EXPECT_THAT(b.AddRemoteCandidate(gathered->candidate), testing::IsOk());
    }
  }
  for (const Event& event : std::vector<Event>(right.events)) {
    if (auto* gathered = std::get_if<ice::CandidateGathered>(&event)) {
      EXPECT_THAT(a.AddRemoteCandidate(gathered->candidate), testing::IsOk());
    }
  }
  loop.RunDue();
}

void TransportPair::ConnectDtls() {
  EXPECT_THAT(
      left.transport.SetDtlsParameters(DtlsRole::kClient, {right.certificate->fingerprint()}),
      testing::IsOk());
  EXPECT_THAT(
      right.transport.SetDtlsParameters(DtlsRole::kServer, {left.certificate->fingerprint()}),
      testing::IsOk());
  loop.RunDue();
}

void TransportPair::Connect() {
  ConnectIce();
  ConnectDtls();
}

void TransportPair::Inject(const std::vector<uint8_t>& datagram) {
  left.transport.ice().Send(datagram);
  loop.RunDue();
}

std::vector<uint8_t> TestRtp(uint32_t ssrc, uint16_t sequence, size_t payload) {
  std::vector<uint8_t> bytes(12 + payload, 0x5a);
  bytes[0] = 0x80;
  bytes[1] = 96;
  StoreU16(&bytes[2], sequence);
  StoreU32(&bytes[8], ssrc);
  return bytes;
}

std::vector<uint8_t> TestRtcp(uint32_t ssrc) {
  std::vector<uint8_t> bytes = {0x80, 201, 0, 1, 0, 0, 0, 0};
  StoreU32(&bytes[4], ssrc);
  return bytes;
}

}  // namespace pcd::transport

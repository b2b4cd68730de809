#include "engine/sctp/sctp_sim_pair_testing.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace pcd::sctp {
namespace {

const testing::SimNetwork* current_network = nullptr;

}  // namespace

std::optional<int64_t> SimulatedUnixMicros() {
  if (current_network == nullptr) return std::nullopt;
  return current_network->UnixMicros();
}

SctpSimEnd::SctpSimEnd(testing::SimNetwork& network, const testing::ImpairmentOptions& link,
                       uint64_t seed)
    : loop(network), link_(link), seed_(seed) {}

void SctpSimEnd::Open(SctpAssociationFactory& factory, const SctpOptions& options,
                      SctpSimEnd& peer) {
  peer_ = &peer;
  // The pipe lives on the sender's loop; both loops run on the test's thread.
  to_peer_ = std::make_unique<testing::ImpairedPipe>(
      loop, link_, seed_, [this](ByteSpan packet) { peer_->Receive(packet); });
  sctp = factory.Create(loop, options);
  sctp->SetWakeCallback([this] { Pump(); });
  timer_ = loop.CreateTimer([this] {
    if (sctp == nullptr) return;
    sctp->HandleTimeout(loop.Now());
    Pump();
  });
}

void SctpSimEnd::Start() {
  if (sctp->Start({}, loop.Now()).ok()) Pump();
}

void SctpSimEnd::Receive(ByteSpan packet) {
  if (sctp == nullptr) return;
  sctp->HandlePacket(packet, loop.Now());
  Pump();
}

void SctpSimEnd::Pump() {
  while (reading) {
    auto event = sctp->PollEvent();
    if (!event) break;
    Record(std::move(*event));
  }
  while (auto packet = sctp->PollOutput()) {
    longest_packet = std::max(longest_packet, packet->size());
    if (!drop || !drop(*packet)) to_peer_->Send(*packet);
  }
  timer_->Set(sctp->NextDeadline());
}

void SctpSimEnd::Record(SctpEvent event) {
  if (auto* message = std::get_if<MessageReceived>(&event)) {
    messages.push_back(std::move(*message));
  } else if (auto* state = std::get_if<StateChanged>(&event)) {
    states.push_back(std::move(*state));
  } else if (auto* incoming = std::get_if<IncomingStreamsReset>(&event)) {
    incoming_resets.insert(incoming_resets.end(), incoming->stream_ids.begin(),
                           incoming->stream_ids.end());
  } else if (auto* outgoing = std::get_if<OutgoingStreamsReset>(&event)) {
    outgoing_resets.insert(outgoing_resets.end(), outgoing->stream_ids.begin(),
                           outgoing->stream_ids.end());
  } else {
    ++low_events;
  }
}

bool SctpSimEnd::Send(uint16_t stream, const std::vector<uint8_t>& bytes,
                      const SendOptions& options) {
  const bool sent = sctp->Send(stream, 51, bytes, options, loop.Now()) == SendResult::kOk;
  Pump();
  return sent;
}

bool SctpSimEnd::Send(uint16_t stream, const std::string& text, const SendOptions& options) {
  return Send(stream, std::vector<uint8_t>(text.begin(), text.end()), options);
}

std::vector<std::string> SctpSimEnd::Texts() const {
  std::vector<std::string> texts;
  texts.reserve(messages.size());
  for (const auto& message : messages) {
    texts.emplace_back(message.bytes.begin(), message.bytes.end());
  }
  return texts;
}

SctpSimPair::SctpSimPair(const MakeFactory& make_factory, const SctpOptions& options,
                         const testing::ImpairmentOptions& link, uint64_t seed,
                         std::optional<SctpOptions> b_options)
    : network(seed),
      a(network, link, seed),
      b(network, link, seed + 1),
      factory_(make_factory(a.loop)) {
  current_network = &network;
  a.Open(*factory_, options, b);
  b.Open(*factory_, b_options.value_or(options), a);
}

SctpSimPair::~SctpSimPair() {
  a.sctp.reset();
  b.sctp.reset();
  current_network = nullptr;
}

bool SctpSimPair::Connect() {
  a.Start();
  b.Start();
  return RunUntil([this] { return a.Connected() && b.Connected(); });
}

}  // namespace pcd::sctp

// Two managers over two fake associations and an impaired link in simulated time, for tests.
#ifndef ENGINE_DATACHANNEL_DATA_CHANNEL_PAIR_TESTING_H_
#define ENGINE_DATACHANNEL_DATA_CHANNEL_PAIR_TESTING_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/datachannel/data_channel_manager.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "engine/testing/impaired_pipe.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"

namespace pcd::datachannel {

// One end: pumps as peerconnection does, and writes down what it is told.
class DataChannelEnd {
 public:
  DataChannelEnd(testing::SimNetwork& network, const Limits& limits)
      : loop(network), manager(std::make_unique<DataChannelManager>(limits)) {}

  void Join(DataChannelEnd& peer, const testing::ImpairmentOptions& link, uint64_t seed) {
    peer_ = &peer;
    sctp = sctp::FakeSctpAssociationFactory().Create(loop, {});
    pipe_ = std::make_unique<testing::ImpairedPipe>(loop, link, seed, [this](ByteSpan packet) {
      if (peer_->sctp == nullptr) return;
      peer_->sctp->HandlePacket(packet, loop.Now());
      peer_->Pump();
    });
    timer_ = loop.CreateTimer([this] {
      sctp->HandleTimeout(loop.Now());
      Pump();
    });
  }
  void Attach(DtlsRole role) {
    ASSERT_TRUE(sctp->Start({}, loop.Now()).ok());
    manager->AttachAssociation(sctp.get(), role, loop.Now());
    Pump();
  }

  void Pump() {
    manager->HandleAssociation(loop.Now(), may_be_replaced);
    while (auto event = manager->PollEvent()) events.push_back(std::move(*event));
    if (sctp == nullptr) return;
    while (auto packet = sctp->PollOutput()) pipe_->Send(*packet);
    timer_->Set(sctp->NextDeadline());
  }

  std::string Create(const DataChannelInit& init, std::string_view id = {}) {
    auto created = manager->Create(init, id, loop.Now());
    EXPECT_TRUE(created.ok()) << created.status().ToString();
    Pump();
    return created.value_or("");
  }
  absl::Status Send(std::string_view id, std::string_view text, bool binary = false) {
    absl::Status status = manager->Send(
        id, binary, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, loop.Now());
    Pump();
    return status;
  }
  absl::Status Close(std::string_view id) {
    absl::Status status = manager->Close(id, loop.Now());
    Pump();
    return status;
  }

  template <typename T>
  std::vector<T> EventsOf(std::string_view id = {}) const {
    std::vector<T> found;
    for (const auto& event : events) {
      if (const T* match = std::get_if<T>(&event); match && (id.empty() || IdOf(*match) == id)) {
        found.push_back(*match);
      }
    }
    return found;
  }
  size_t MessageCount(std::string_view id) const {
    size_t count = 0;
    for (const auto& event : events) {
      const auto* message = std::get_if<ChannelMessage>(&event);
      count += message != nullptr && message->channel_id == id ? 1 : 0;
    }
    return count;
  }
  // "text" or "[binary]" of each message of the channel.
  std::vector<std::string> Messages(std::string_view id = {}) const {
    std::vector<std::string> texts;
    for (const auto& message : EventsOf<ChannelMessage>(id)) {
      std::string text(message.bytes.begin(), message.bytes.end());
      texts.push_back(message.binary ? "[" + text + "]" : text);
    }
    return texts;
  }
  std::vector<DataChannelState> States(std::string_view id) const {
    std::vector<DataChannelState> states;
    for (const auto& event : EventsOf<ChannelStateChanged>(id)) states.push_back(event.state);
    return states;
  }
  DataChannelState StateOf(std::string_view id) const {
    const auto info = manager->Get(id);
    return info ? info->state : DataChannelState::kClosed;
  }
  bool IsOpen(std::string_view id) const { return StateOf(id) == DataChannelState::kOpen; }

  testing::SimLoop loop;
  std::unique_ptr<DataChannelManager> manager;
  std::unique_ptr<sctp::SctpAssociation> sctp;
  std::vector<DataChannelEvent> events;
  bool may_be_replaced = false;

 private:
  static const std::string& IdOf(const ChannelOpened& event) { return event.info.channel_id; }
  template <typename T>
  static const std::string& IdOf(const T& event) {
    return event.channel_id;
  }

  DataChannelEnd* peer_ = nullptr;
  std::unique_ptr<testing::ImpairedPipe> pipe_;
  std::unique_ptr<net::Timer> timer_;
};

// `a` is the DTLS client.
class DataChannelPair {
 public:
  explicit DataChannelPair(const testing::ImpairmentOptions& link = {}, const Limits& limits = {},
                           uint64_t seed = 1)
      : network(seed), a(network, limits), b(network, limits) {
    a.Join(b, link, seed);
    b.Join(a, link, seed + 1);
  }
  ~DataChannelPair() {
    a.manager->DetachAssociation();
    b.manager->DetachAssociation();
  }

  void Connect() {
    a.Attach(DtlsRole::kClient);
    b.Attach(DtlsRole::kServer);
    ASSERT_TRUE(RunUntil([this] {
      return a.sctp->state() == SctpState::kConnected && b.sctp->state() == SctpState::kConnected;
    }));
  }
  // A channel that `a` opened and both have open; `b` knows it as the result's second.
  std::pair<std::string, std::string> OpenChannel(const DataChannelInit& init = {}) {
    const std::string id = a.Create(init);
    const size_t before = b.EventsOf<ChannelOpened>().size();
    EXPECT_TRUE(RunUntil([&] { return b.EventsOf<ChannelOpened>().size() > before; }));
    EXPECT_TRUE(RunUntil([&] { return a.IsOpen(id); }));
    return {id, b.EventsOf<ChannelOpened>().back().info.channel_id};
  }
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done) {
    return network.RunUntil(done, std::chrono::seconds(120));
  }
  void RunFor(Duration duration) { network.RunFor(duration); }

  testing::SimNetwork network;
  DataChannelEnd a, b;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_DATA_CHANNEL_PAIR_TESTING_H_

// The shared port against full ICE (libnice) over loopback, both address families.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/ice/event_recorder.h"
#include "engine/ice/loop_runner.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/ice/restartable_ice_transport.h"
#include "engine/ice/shared_port.h"
#include "engine/ice/shared_port_factory.h"

namespace pcd::ice {
namespace {

class SharedPortNiceTest : public ::testing::TestWithParam<const char*> {
 protected:
  SharedPortNiceTest() : address_(*IpAddress::Parse(GetParam())) {
    runner_.Run([this] {
      ports_ =
          std::move(SharedPortFactory::Open({&runner_.loop()}, {.addresses = {address_}})).value();
    });
  }
  ~SharedPortNiceTest() override {
    runner_.Run([this] {
      pairs_.clear();
      ports_.reset();
    });
  }

  struct Pair {
    std::unique_ptr<IceTransport> lite, full;
    std::unique_ptr<EventRecorder> lite_events, full_events;
  };

  Pair& Connect() {
    auto pair = std::make_unique<Pair>();
    pair->lite = std::move(ports_->Create(runner_.loop(), {})).value();
    pair->full = std::move(nice_.Create(runner_.loop(), {.addresses = {address_}})).value();
    pair->lite_events = std::make_unique<EventRecorder>(*pair->lite);
    pair->full_events = std::make_unique<EventRecorder>(*pair->full);
    pair->lite_events->trickle_to = pair->full.get();
    pair->full_events->trickle_to = pair->lite.get();
    pair->lite->SetRole(IceRole::kControlled);
    pair->full->SetRole(IceRole::kControlling);
    pair->lite->StartGathering();
    pair->full->StartGathering();
    EXPECT_TRUE(pair->lite->SetRemoteParameters(pair->full->local_parameters()).ok());
    EXPECT_TRUE(pair->full->SetRemoteParameters(pair->lite->local_parameters()).ok());
    pairs_.push_back(std::move(pair));
    return *pairs_.back();
  }

  const IpAddress address_;
  LoopRunner runner_;
  NiceIceTransportFactory nice_;
  std::unique_ptr<SharedPortFactory> ports_;
  std::vector<std::unique_ptr<Pair>> pairs_;
};

TEST_P(SharedPortNiceTest, BothEndsCompleteAndExchangeData) {
  Pair* pair = nullptr;
  runner_.Run([&] { pair = &Connect(); });
  ASSERT_TRUE(runner_.Await([&] {
    return pair->lite_events->Reached(IceConnectionState::kCompleted) &&
           pair->full_events->Reached(IceConnectionState::kCompleted);
  }));
  const std::vector<uint8_t> ping = {0x80, 1}, pong = {0x80, 2};
  runner_.Run([&] {
    EXPECT_TRUE(pair->full->Send(ping));
    EXPECT_TRUE(pair->lite->Send(pong));
  });
  ASSERT_TRUE(runner_.Await(
      [&] { return !pair->lite_events->packets.empty() && !pair->full_events->packets.empty(); }));
  runner_.Run([&] {
    EXPECT_EQ(pair->lite_events->packets.front(), ping);
    EXPECT_EQ(pair->full_events->packets.front(), pong);
    EXPECT_EQ(pair->lite->GetStats().role, IceRole::kControlled);
    EXPECT_EQ(pair->full->GetStats().role, IceRole::kControlling);
  });
}

TEST_P(SharedPortNiceTest, ManyShareThePort) {
  runner_.Run([&] {
    for (int i = 0; i < 20; ++i) Connect();
  });
  ASSERT_TRUE(runner_.Await([&] {
    for (const auto& pair : pairs_) {
      if (!pair->lite->writable() || !pair->full->writable()) return false;
    }
    return true;
  }));
  runner_.Run([&] {
    for (uint8_t i = 0; i < 20; ++i) {
      const std::vector<uint8_t> mark = {0x80, i};
      EXPECT_TRUE(pairs_[i]->full->Send(mark));
      EXPECT_EQ(pairs_[i]->lite_events->candidates.front().port, ports_->ports().front());
    }
  });
  ASSERT_TRUE(runner_.Await([&] {
    for (const auto& pair : pairs_) {
      if (pair->lite_events->packets.empty()) return false;
    }
    return true;
  }));
  runner_.Run([&] {
    for (uint8_t i = 0; i < 20; ++i) EXPECT_EQ(pairs_[i]->lite_events->packets.front()[1], i);
  });
}

// Both ends restart as a renegotiation does it. The old and the new generation share the lite end's
// address, and nothing that is sent meanwhile is lost.
TEST_P(SharedPortNiceTest, ARestartMovesOverWithoutLoss) {
  const auto make_lite = [this] { return ports_->Create(runner_.loop(), {.owner = this}); };
  const auto make_full = [this] { return nice_.Create(runner_.loop(), {.addresses = {address_}}); };
  std::unique_ptr<RestartableIceTransport> lite, full;
  std::unique_ptr<EventRecorder> lite_events, full_events;
  const auto introduce = [&] {
    lite->StartGathering();
    full->StartGathering();
    EXPECT_TRUE(lite->SetRemoteParameters(full->local_parameters()).ok());
    EXPECT_TRUE(full->SetRemoteParameters(lite->local_parameters()).ok());
  };
  runner_.Run([&] {
    lite = std::make_unique<RestartableIceTransport>(runner_.loop(), *make_lite(), make_lite);
    full = std::make_unique<RestartableIceTransport>(runner_.loop(), *make_full(), make_full);
    lite_events = std::make_unique<EventRecorder>(*lite);
    full_events = std::make_unique<EventRecorder>(*full);
    lite_events->trickle_to = full.get();
    full_events->trickle_to = lite.get();
    full->SetRole(IceRole::kControlling);
    introduce();
  });
  ASSERT_TRUE(runner_.Await([&] { return lite->writable() && full->writable(); }));
  uint8_t sent = 0;
  const auto exchange = [&] {
    ++sent;
    EXPECT_TRUE(full->Send(std::vector<uint8_t>{0x80, sent}));
    EXPECT_TRUE(lite->Send(std::vector<uint8_t>{0x80, sent}));
  };
  for (int round = 0; round < 3; ++round) {
    runner_.Run([&] {
      exchange();
      EXPECT_TRUE(lite->Restart().ok());
      EXPECT_TRUE(full->Restart().ok());
      introduce();
    });
    // Each turn of the wait sends, before, in and after the move.
    ASSERT_TRUE(runner_.Await([&] {
      if (sent < 250) exchange();
      return full_events->pairs.size() == 2u + static_cast<size_t>(round) &&
             lite_events->pairs.size() == 2u + static_cast<size_t>(round);
    }));
  }
  ASSERT_TRUE(runner_.Await(
      [&] { return lite_events->packets.size() == sent && full_events->packets.size() == sent; }));
  runner_.Run([&] {
    EXPECT_EQ(lite->GetStats().backend, IceBackend::kSharedPort);
    lite.reset();
    full.reset();
  });
}

INSTANTIATE_TEST_SUITE_P(Families, SharedPortNiceTest, ::testing::Values("127.0.0.1", "::1"),
                         [](const auto& info) {
                           return std::string(info.param) == "::1" ? "Ipv6" : "Ipv4";
                         });

}  // namespace
}  // namespace pcd::ice

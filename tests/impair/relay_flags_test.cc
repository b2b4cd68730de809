#include "tests/impair/relay_flags.h"

#include <gtest/gtest.h>

#include <chrono>

namespace pcd::impair {
namespace {

using std::chrono::milliseconds;

TEST(RelayFlagsTest, AFlagIsForBothDirectionsOrForOne) {
  RelayOptions options;
  for (const char* flag :
       {"--to=127.0.0.1:5004", "--listen=127.0.0.1:0", "--seed=9", "--loss=0.02", "--down-loss=0.5",
        "--up-rate-bps=1000000", "--delay-ms=20", "--jitter-ms=2.5", "--reorder=0.1",
        "--reorder-delay-ms=7", "--duplicate=1", "--queue-bytes=1000"}) {
    EXPECT_TRUE(TakeRelayFlag(flag, options).ok()) << flag;
  }
  EXPECT_EQ(options.target.port, 5004);
  EXPECT_EQ(options.seed, 9u);
  EXPECT_EQ(options.up.loss, 0.02);
  EXPECT_EQ(options.down.loss, 0.5);
  EXPECT_EQ(options.up.rate_bps, 1'000'000);
  EXPECT_EQ(options.down.rate_bps, 0);
  EXPECT_EQ(options.down.delay, milliseconds(20));
  EXPECT_EQ(options.up.jitter, std::chrono::microseconds(2500));
  EXPECT_EQ(options.up.reorder_delay, milliseconds(7));
  EXPECT_EQ(options.up.queue_bytes, 1000u);
}

TEST(RelayFlagsTest, WhatIsNoFlagIsRefused) {
  for (const char* flag :
       {"", "--", "loss=1", "--loss", "--loss=", "--loss=x", "--loss=1.5", "--loss=-1",
        "--up-seed=1", "--to=somewhere", "--delay=3", "--loss=nan", "--rate-bps=1e300"}) {
    RelayOptions options;
    EXPECT_FALSE(TakeRelayFlag(flag, options).ok()) << flag;
  }
}

TEST(RelayFlagsTest, ACommandChangesWhatItNames) {
  RelayOptions now;
  now.up.loss = now.down.loss = 0.1;
  now.up.delay = milliseconds(5);
  const auto command = ParseRelayCommand("--up-loss=0  --down-rate-bps=8000", now);
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->options.up.loss, 0);
  EXPECT_EQ(command->options.down.loss, 0.1);
  EXPECT_EQ(command->options.up.delay, milliseconds(5));
  EXPECT_EQ(command->options.down.rate_bps, 8000);
  EXPECT_EQ(command->blackout, Duration(0));
  EXPECT_EQ(ParseRelayCommand("blackout 250", now)->blackout, milliseconds(250));
  EXPECT_FALSE(ParseRelayCommand("blackout", now).ok());
  EXPECT_FALSE(command->rebind);
  EXPECT_TRUE(ParseRelayCommand("rebind", now)->rebind);
  EXPECT_FALSE(ParseRelayCommand("--to=127.0.0.1:9", now).ok());
}

TEST(RelayFlagsTest, CountersAreOneLineOfJson) {
  RelayCounters counters{.clients = 1};
  counters.up.lost = 3;
  EXPECT_EQ(CountersAsJson(counters),
            "{\"clients\":1,\"refused\":0,\"up\":{\"offered\":0,\"delivered\":0,\"lost\":3,"
            "\"queueFull\":0,\"blackedOut\":0,\"duplicated\":0,\"reordered\":0},"
            "\"down\":{\"offered\":0,\"delivered\":0,\"lost\":0,\"queueFull\":0,"
            "\"blackedOut\":0,\"duplicated\":0,\"reordered\":0}}");
}

}  // namespace
}  // namespace pcd::impair

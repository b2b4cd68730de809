#include "engine/ice/server_log.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "engine/ice/stun_writer.h"

namespace pcd::ice {
namespace {

using Strings = std::vector<std::string>;

const SocketAddress kOne = *SocketAddress::Parse("192.0.2.1:3478");
const SocketAddress kTwo = *SocketAddress::Parse("[2001:db8::1]:3478");

// A response; 0: success.
std::vector<uint8_t> Response(int error_code) {
  std::vector<uint8_t> bytes(128);
  const std::array<uint8_t, 12> id{};
  stun::Writer writer(bytes, error_code == 0 ? stun::Class::kSuccess : stun::Class::kError, id);
  if (error_code != 0) writer.AddErrorCode(error_code);
  bytes.resize(writer.size());
  return bytes;
}

Strings Failures(const ServerLog& log) {
  Strings result;
  for (const CandidateError& error : log.Failures()) {
    EXPECT_FALSE(error.error_text.empty());
    result.push_back(error.url + " " + std::to_string(error.error_code));
  }
  return result;
}

TEST(ServerLogTest, AServerThatIsSilentIsA701) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}, {.url = "turn:b", .turn = true}});
  EXPECT_EQ(Failures(log), (Strings{"stun:a 701", "turn:b 701"}));
}

TEST(ServerLogTest, AStunServerThatAnswersDidItsWork) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  EXPECT_TRUE(log.OnMessage(kOne, false, Response(0)));
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, OfATurnServerOnlyARelayCounts) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne}});
  EXPECT_TRUE(log.OnMessage(kOne, false, Response(0)));
  EXPECT_EQ(Failures(log), Strings{"turn:b 701"});
  log.OnRelay(kOne, true);
  EXPECT_EQ(Failures(log), Strings{"turn:b 701"});
  log.OnRelay(kOne, false);
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, TellsTheLastErrorOfTheServer) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne},
                  {.url = "turn:c", .turn = true, .tcp = true, .address = kOne}});
  EXPECT_TRUE(log.OnMessage(kOne, false, Response(438)));
  EXPECT_TRUE(log.OnMessage(kOne, false, Response(401)));
  EXPECT_TRUE(log.OnMessage(kOne, true, Response(486)));
  EXPECT_TRUE(log.OnMessage(kTwo, false, Response(508)));
  EXPECT_EQ(Failures(log), (Strings{"turn:b 401", "turn:c 486"}));
}

TEST(ServerLogTest, OneAddressOfAServerSuffices) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne},
                  {.url = "turn:b", .turn = true, .address = kTwo}});
  EXPECT_EQ(Failures(log), Strings{"turn:b 701"});
  log.OnRelay(kTwo, false);
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, DoesNotFollowToAnotherServer) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  EXPECT_FALSE(log.OnMessage(kOne, false, Response(300)));
  EXPECT_TRUE(log.OnMessage(kTwo, false, Response(300)));  // None of ours: libnice ignores it.
  EXPECT_EQ(Failures(log), Strings{"stun:a 300"});
}

TEST(ServerLogTest, ReadsAnswersWithoutMagicCookie) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  std::vector<uint8_t> bytes = Response(500);
  bytes[4] ^= 0xFF;
  EXPECT_TRUE(log.OnMessage(kOne, false, bytes));
  EXPECT_EQ(Failures(log), Strings{"stun:a 500"});
}

TEST(ServerLogTest, WhatIsNoResponseIsNoAnswer) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  std::vector<uint8_t> bytes = Response(0);
  bytes[0] = 0;  // A request.
  EXPECT_TRUE(log.OnMessage(kOne, false, bytes));
  EXPECT_TRUE(log.OnMessage(kOne, false, std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(Failures(log), Strings{"stun:a 701"});
}

TEST(ServerLogTest, KnowsServersByAddress) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne},
                  {.url = "turn:b", .turn = true, .address = kTwo},
                  {.url = "turn:c", .turn = true, .tcp = true, .address = kOne}});
  EXPECT_FALSE(log.IsRelay(kOne));
  EXPECT_TRUE(log.IsRelay(kTwo));
  EXPECT_TRUE(log.IsServer(kOne));
  EXPECT_FALSE(log.IsServer({kOne.ip, 1}));
  EXPECT_EQ(log.UrlOf(kOne, false, false), "stun:a");
  EXPECT_EQ(log.UrlOf(kOne, true, true), "turn:c");
  EXPECT_EQ(log.UrlOf(kOne, true, false), "");
  EXPECT_EQ(log.OnlyUdpRelayUrl(), "turn:b");
  log.SetServers({{.url = "turn:b", .turn = true}, {.url = "turn:d", .turn = true}});
  EXPECT_EQ(log.OnlyUdpRelayUrl(), "");
}

}  // namespace
}  // namespace pcd::ice

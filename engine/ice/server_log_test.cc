#include "engine/ice/server_log.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/ice/stun_writer.h"

namespace pcd::ice {
namespace {

using Strings = std::vector<std::string>;

const SocketAddress kOne = *SocketAddress::Parse("192.0.2.1:3478");
const SocketAddress kTwo = *SocketAddress::Parse("[2001:db8::1]:3478");
const SocketAddress kTunnelOne = *SocketAddress::Parse("127.0.0.1:5001");
const SocketAddress kTunnelTwo = *SocketAddress::Parse("[::1]:5002");

// A response; 0: success.
std::vector<uint8_t> Response(int error_code) {
  std::vector<uint8_t> bytes(128);
  const std::array<uint8_t, 12> id{};
  stun::Writer writer(bytes, error_code == 0 ? stun::Class::kSuccess : stun::Class::kError, id);
  if (error_code != 0) writer.AddErrorCode(error_code);
  bytes.resize(writer.size());
  return bytes;
}

// An Allocate success that gives this address.
std::vector<uint8_t> Allocated(const char* relayed) {
  std::vector<uint8_t> bytes(128);
  const std::array<uint8_t, 12> id{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  stun::Writer writer(bytes, stun::Class::kSuccess, id, stun::kAllocate);
  writer.AddXorAddress(stun::kXorRelayedAddress, *SocketAddress::Parse(relayed));
  writer.AddXorMappedAddress(*SocketAddress::Parse("198.51.100.1:1"));
  bytes.resize(writer.size());
  return bytes;
}

SocketAddress Address(const char* text) { return *SocketAddress::Parse(text); }

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
  EXPECT_TRUE(log.OnMessage(kOne, Response(0)));
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, OfATurnServerOnlyARelayCounts) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne}});
  EXPECT_TRUE(log.OnMessage(kOne, Response(0)));
  EXPECT_EQ(Failures(log), Strings{"turn:b 701"});
  log.OnRelay("turn:a");
  EXPECT_EQ(Failures(log), Strings{"turn:b 701"});
  log.OnRelay("turn:b");
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, TellsTheLastErrorOfTheServer) {
  ServerLog log;
  log.SetServers(
      {{.url = "turn:b", .turn = true, .address = kOne},
       {.url = "turn:c", .turn = true, .tcp = true, .address = kOne, .via = kTunnelOne}});
  EXPECT_TRUE(log.OnMessage(kOne, Response(438)));
  EXPECT_TRUE(log.OnMessage(kOne, Response(401)));
  EXPECT_TRUE(log.OnMessage(kTunnelOne, Response(486)));
  EXPECT_TRUE(log.OnMessage(kTwo, Response(508)));
  EXPECT_EQ(Failures(log), (Strings{"turn:b 401", "turn:c 486"}));
}

// libnice does not ask for a family (RFC 8656 section 7.2).
TEST(ServerLogTest, TellsThatAServerOfIPv6AloneIsNotAskedRightly) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne}});
  EXPECT_TRUE(log.OnMessage(kOne, Response(440)));
  ASSERT_EQ(Failures(log), Strings{"turn:b 440"});
  EXPECT_NE(log.Failures()[0].error_text.find("IPv4"), std::string::npos);
}

TEST(ServerLogTest, OneAddressOfAServerSuffices) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne},
                  {.url = "turn:b", .turn = true, .address = kTwo}});
  EXPECT_EQ(Failures(log), Strings{"turn:b 701"});
  EXPECT_TRUE(log.OnMessage(kTwo, Allocated("203.0.113.1:5000")));
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, ATurnServerThatGaveAnAddressDidItsWork) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne},
                  {.url = "turn:c", .turn = true, .tcp = true, .address = kOne, .via = kTunnelOne},
                  {.url = "stun:a", .address = kTwo}});
  EXPECT_TRUE(log.OnMessage(kTunnelOne, Response(401)));
  EXPECT_TRUE(log.OnMessage(kTunnelOne, Allocated("203.0.113.1:5000")));
  EXPECT_EQ(Failures(log), (Strings{"turn:b 701", "stun:a 701"}));
}

TEST(ServerLogTest, DoesNotFollowToAnotherServer) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  EXPECT_FALSE(log.OnMessage(kOne, Response(300)));
  EXPECT_TRUE(log.OnMessage(kTwo, Response(300)));  // None of ours: libnice ignores it.
  EXPECT_EQ(Failures(log), Strings{"stun:a 300"});
  EXPECT_TRUE(log.OnMessage(kOne, Response(400)));
  EXPECT_FALSE(log.OnMessage(kOne, Response(399)));
  EXPECT_EQ(Failures(log), Strings{"stun:a 399"});
}

TEST(ServerLogTest, ReadsAnswersWithoutMagicCookie) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  std::vector<uint8_t> bytes = Response(500);
  bytes[4] ^= 0xFF;
  EXPECT_TRUE(log.OnMessage(kOne, bytes));
  EXPECT_EQ(Failures(log), Strings{"stun:a 500"});
}

TEST(ServerLogTest, WhatIsNoResponseIsNoAnswer) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne}});
  std::vector<uint8_t> bytes = Response(0);
  bytes[0] = 0;  // A request.
  EXPECT_TRUE(log.OnMessage(kOne, bytes));
  EXPECT_TRUE(log.OnMessage(kOne, std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(Failures(log), Strings{"stun:a 701"});
}

TEST(ServerLogTest, KnowsServersByAddress) {
  ServerLog log;
  log.SetServers(
      {{.url = "stun:a", .address = kOne},
       {.url = "turn:b", .turn = true, .address = kTwo},
       {.url = "turn:c", .turn = true, .tcp = true, .address = kOne, .via = kTunnelOne}});
  EXPECT_FALSE(log.IsRelay(kOne));
  EXPECT_TRUE(log.IsRelay(kTwo));
  EXPECT_TRUE(log.IsRelay(kTunnelOne));
  EXPECT_TRUE(log.IsServer(kTunnelOne));
  EXPECT_TRUE(log.IsServer(kOne));
  EXPECT_FALSE(log.IsServer({kOne.ip, 1}));
  EXPECT_EQ(log.UrlOfStun(kOne), "stun:a");
  EXPECT_EQ(log.UrlOfStun(kTwo), "");
}

TEST(ServerLogTest, KnowsWhoGaveAnAddress) {
  ServerLog log;
  log.SetServers(
      {{.url = "stun:a", .address = kOne},
       {.url = "turn:b", .turn = true, .address = kOne},
       {.url = "turn:c", .turn = true, .address = kTwo},
       {.url = "turn:d", .turn = true, .tcp = true, .address = kOne, .via = kTunnelOne},
       {.url = "turn:e", .turn = true, .tcp = true, .address = kTwo, .via = kTunnelTwo}});
  EXPECT_TRUE(log.OnMessage(kOne, Allocated("203.0.113.1:5000")));
  EXPECT_TRUE(log.OnMessage(kTwo, Allocated("203.0.113.1:5001")));
  EXPECT_TRUE(log.OnMessage(kTwo, Allocated("[2001:db8::5]:5002")));
  EXPECT_TRUE(log.OnMessage(kTunnelTwo, Allocated("203.0.113.1:5003")));
  EXPECT_TRUE(log.OnMessage({kOne.ip, 1}, Allocated("203.0.113.1:5004")));  // A stranger.
  struct Row {
    const char* relayed;
    const char* url;
  };
  for (const Row& row : {Row{"203.0.113.1:5000", "turn:b"}, Row{"203.0.113.1:5001", "turn:c"},
                         Row{"[2001:db8::5]:5002", "turn:c"}, Row{"203.0.113.1:5003", "turn:e"},
                         Row{"203.0.113.1:5004", ""}}) {
    EXPECT_EQ(log.UrlOfRelay(Address(row.relayed), std::nullopt), row.url) << row.relayed;
  }
}

TEST(ServerLogTest, WhatIsNoRelayedAddressIsIgnored) {
  const std::vector<uint8_t> good = Allocated("203.0.113.1:5000");
  struct Row {
    const char* name;
    void (*breaks)(std::vector<uint8_t>&);
  };
  for (const Row& row : {
           Row{"another method", [](std::vector<uint8_t>& b) { b[1] = 4; }},
           Row{"a request", [](std::vector<uint8_t>& b) { b[0] = 0; }},
           Row{"no magic cookie", [](std::vector<uint8_t>& b) { b[4] ^= 1; }},
           Row{"another attribute", [](std::vector<uint8_t>& b) { b[21] = 0x17; }},
           Row{"an unknown family", [](std::vector<uint8_t>& b) { b[25] = 3; }},
           Row{"a family of another size", [](std::vector<uint8_t>& b) { b[25] = 2; }},
           Row{"another size", [](std::vector<uint8_t>& b) { b[23] = 4; }},
           Row{"beyond the end", [](std::vector<uint8_t>& b) { b[22] = 1; }},
           Row{"trailing bytes", [](std::vector<uint8_t>& b) { b.push_back(0); }},
           Row{"cut short", [](std::vector<uint8_t>& b) { b.resize(30); }},
       }) {
    ServerLog log;
    log.SetServers({{.url = "turn:b", .turn = true, .address = kOne}});
    std::vector<uint8_t> bytes = good;
    row.breaks(bytes);
    EXPECT_TRUE(log.OnMessage(kOne, bytes)) << row.name;
    EXPECT_EQ(Failures(log), Strings{"turn:b 701"}) << row.name;
  }
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne}});
  EXPECT_TRUE(log.OnMessage(kOne, good));
  EXPECT_EQ(Failures(log), Strings{});
}

// libnice may read an answer before we see it.
TEST(ServerLogTest, TellsTheServerOfAnUnknownAddressByItsPosition) {
  ServerLog log;
  log.SetServers({{.url = "stun:a", .address = kOne},
                  {.url = "turn:b", .turn = true, .address = kOne},
                  {.url = "turn:c", .turn = true, .tcp = true, .address = kOne, .via = kTunnelOne},
                  {.url = "turn:d", .turn = true, .address = kTwo}});
  const SocketAddress unknown = Address("203.0.113.1:5000");
  EXPECT_EQ(log.UrlOfRelay(unknown, 0), "turn:b");
  EXPECT_EQ(log.UrlOfRelay(unknown, 1), "turn:c");
  EXPECT_EQ(log.UrlOfRelay(unknown, 2), "turn:d");
  EXPECT_EQ(log.UrlOfRelay(unknown, 3), "");
  EXPECT_EQ(log.UrlOfRelay(unknown, std::nullopt), "");
  // Two servers, each behind its own NAT, may give the same.
  EXPECT_TRUE(log.OnMessage(kOne, Allocated("203.0.113.1:5000")));
  EXPECT_EQ(log.UrlOfRelay(unknown, 2), "turn:b");
  EXPECT_TRUE(log.OnMessage(kTwo, Allocated("203.0.113.1:5000")));
  EXPECT_EQ(log.UrlOfRelay(unknown, 2), "turn:d");
  EXPECT_EQ(log.UrlOfRelay(unknown, std::nullopt), "");
}

TEST(ServerLogTest, AServerWithoutAConnectionIsNotAsked) {
  const std::string why = "no TCP connection";
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .tcp = true, .address = kOne, .unreachable = why},
                  {.url = "turn:c", .turn = true, .address = kTwo},
                  {.url = "stun:a", .address = kOne}});
  EXPECT_FALSE(log.IsRelay(kOne));
  // The places are those of the servers that are asked.
  EXPECT_EQ(log.UrlOfRelay(Address("203.0.113.1:5000"), 0), "turn:c");
  EXPECT_EQ(log.UrlOfRelay(Address("203.0.113.1:5000"), std::nullopt), "turn:c");
  EXPECT_TRUE(log.OnMessage(kOne, Response(401)));
  EXPECT_EQ(Failures(log), (Strings{"turn:b 701", "turn:c 701", "stun:a 401"}));
  EXPECT_EQ(log.Failures()[0].error_text, why);
  EXPECT_NE(log.Failures()[1].error_text, why);
}

TEST(ServerLogTest, AConnectionToOneAddressOfAServerSuffices) {
  ServerLog log;
  log.SetServers(
      {{.url = "turn:b", .turn = true, .tcp = true, .address = kOne, .via = kTunnelOne},
       {.url = "turn:b", .turn = true, .tcp = true, .address = kTwo, .unreachable = "no"}});
  EXPECT_TRUE(log.OnMessage(kTunnelOne, Response(401)));
  EXPECT_EQ(Failures(log), Strings{"turn:b 401"});
  EXPECT_NE(log.Failures()[0].error_text, "no");
  EXPECT_TRUE(log.OnMessage(kTunnelOne, Allocated("203.0.113.1:5000")));
  EXPECT_EQ(Failures(log), Strings{});
}

TEST(ServerLogTest, RemembersNoMoreThanItNeedsToOfAServer) {
  ServerLog log;
  log.SetServers({{.url = "turn:b", .turn = true, .address = kOne},
                  {.url = "turn:c", .turn = true, .address = kTwo}});
  const auto address = [](int port) { return "203.0.113.1:" + std::to_string(port); };
  for (int port = 5000; port < 5100; ++port) {
    EXPECT_TRUE(log.OnMessage(kOne, Allocated(address(port).c_str())));
  }
  const auto url_of = [&](int port) {
    return log.UrlOfRelay(Address(address(port).c_str()), std::nullopt);
  };
  EXPECT_EQ(url_of(5000), "turn:b");
  EXPECT_EQ(url_of(5063), "turn:b");
  EXPECT_EQ(url_of(5064), "");
}

}  // namespace
}  // namespace pcd::ice

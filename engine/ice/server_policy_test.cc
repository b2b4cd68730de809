#include "engine/ice/server_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/status.h"

namespace pcd::ice {
namespace {

// "<field> <exception>" of the error, or "ok".
std::string Verdict(const std::vector<IceServer>& servers, const ServerPolicy& policy = {}) {
  const absl::Status status = CheckServers(servers, policy);
  if (status.ok()) return "ok";
  const ErrorDetail detail = GetErrorDetail(status);
  return detail.field + " " + detail.dom_exception;
}

TEST(ServerPolicyTest, FollowsTheRulesOfW3C) {
  EXPECT_EQ(Verdict({}), "ok");
  EXPECT_EQ(Verdict({{.urls = {"stun:a", "turn:b"}, .username = "u", .credential = "c"}}), "ok");
  EXPECT_EQ(Verdict({{.urls = {"stun:a"}}, {}}), "ice_servers[1].urls SyntaxError");
  EXPECT_EQ(Verdict({{.urls = {"stun:a", "stun:"}}}), "ice_servers[0].urls[1] SyntaxError");
  EXPECT_EQ(Verdict({{.urls = {"turns:a", "turn:a"}, .username = "u", .credential = "c"}}), "ok");
  EXPECT_EQ(Verdict({{.urls = {"stuns:a"}}}), "ok");
  EXPECT_EQ(Verdict({{.urls = {"turns:a"}, .username = "u"}}),
            "ice_servers[0].credential InvalidAccessError");
  EXPECT_EQ(Verdict({{.urls = {"turn:a?transport=udp", "turn:a?transport=tcp"},
                      .username = "u",
                      .credential = "c"}}),
            "ok");
  EXPECT_EQ(Verdict({{.urls = {"turn:a"}, .credential = "c"}}),
            "ice_servers[0].username InvalidAccessError");
  EXPECT_EQ(Verdict({{.urls = {"turn:a"}, .username = "u"}}),
            "ice_servers[0].credential InvalidAccessError");
}

TEST(ServerPolicyTest, BoundsWhatACallerMaySet) {
  const std::string longest(508, 'x');
  EXPECT_EQ(Verdict({{.urls = {"turn:a"}, .username = longest, .credential = longest}}), "ok");
  EXPECT_EQ(Verdict({{.urls = {"turn:a"}, .username = longest + "x", .credential = "c"}}),
            "ice_servers[0].username InvalidAccessError");
  EXPECT_EQ(Verdict({{.urls = {"turn:a"}, .username = "u", .credential = longest + "x"}}),
            "ice_servers[0].credential InvalidAccessError");
  EXPECT_EQ(Verdict({{.urls = {"turn:a"}, .username = "u", .credential = std::string("a\0b", 3)}}),
            "ice_servers[0].username InvalidAccessError");
  std::vector<IceServer> many(kMaxServerUrls, {.urls = {"stun:a"}});
  EXPECT_EQ(Verdict(many), "ok");
  many.push_back({.urls = {"stun:a"}});
  EXPECT_EQ(Verdict(many), "ice_servers SyntaxError");
}

TEST(ServerPolicyTest, RefusesByDefaultWhatOnlyThisMachineOrItsLinkReaches) {
  for (const char* url :
       {"stun:127.0.0.1", "stun:[::1]", "stun:169.254.169.254:80", "stun:[fe80::1]", "stun:0.0.0.0",
        "stun:[::]", "stun:224.0.0.1", "stun:255.255.255.255", "stun:[::ffff:127.0.0.1]"}) {
    EXPECT_EQ(Verdict({{.urls = {url}}}), "ice_servers[0].urls[0] NotAllowedError") << url;
  }
  EXPECT_EQ(Verdict({{.urls = {"stun:10.0.0.1", "stun:192.0.2.1", "stun:[2001:db8::1]"}}}), "ok");
  EXPECT_EQ(GetErrorReason(CheckServers(std::vector<IceServer>{{.urls = {"stun:[::1]"}}}, {})),
            ErrorReason::ICE_SERVER_DENIED);
}

TEST(ServerPolicyTest, WithRulesAllowsWhatTheyAllow) {
  const ServerPolicy policy(
      {*net::AddressRule::Parse("127.0.0.0/8:3478"), *net::AddressRule::Parse("192.0.2.0/24")});
  EXPECT_TRUE(policy.Allows(*SocketAddress::Parse("127.0.0.1:3478")));
  EXPECT_FALSE(policy.Allows(*SocketAddress::Parse("127.0.0.1:3479")));
  EXPECT_TRUE(policy.Allows(*SocketAddress::Parse("192.0.2.9:1")));
  EXPECT_FALSE(policy.Allows(*SocketAddress::Parse("198.51.100.1:3478")));
  EXPECT_FALSE(
      ServerPolicy(std::vector<net::AddressRule>{}).Allows(*SocketAddress::Parse("192.0.2.9:1")));
}

}  // namespace
}  // namespace pcd::ice

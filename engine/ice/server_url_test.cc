#include "engine/ice/server_url.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"

namespace pcd::ice {
namespace {

std::string Round(const std::string& text) {
  const auto url = ServerUrl::Parse(text);
  return url.ok() ? url->ToString() : GetErrorDetail(url.status()).dom_exception;
}

TEST(ServerUrlTest, ReadsWhatRfc7064And7065Allow) {
  const struct {
    const char* text;
    const char* read;
  } rows[] = {
      {"stun:stun.example.org", "stun:stun.example.org:3478"},
      {"STUN:Stun.Example.org:19302", "stun:stun.example.org:19302"},
      {"stun:192.0.2.1", "stun:192.0.2.1:3478"},
      {"stun:[2001:DB8::1]:3479", "stun:[2001:db8::1]:3479"},
      {"turn:turn.example.org", "turn:turn.example.org:3478"},
      {"turn:turn.example.org?transport=udp", "turn:turn.example.org:3478"},
      {"turn:turn.example.org:80?transport=TCP", "turn:turn.example.org:80?transport=tcp"},
      {"turn:[2001:db8::1]?transport=tcp", "turn:[2001:db8::1]:3478?transport=tcp"},
      {"turn:a_b-c", "turn:a_b-c:3478"},
      {"turns:turn.example.org", "turns:turn.example.org:5349"},
      {"TURNS:turn.example.org:443?transport=tcp", "turns:turn.example.org:443?transport=tcp"},
      {"stuns:[2001:db8::1]", "stuns:[2001:db8::1]:5349"},
  };
  for (const auto& row : rows) EXPECT_EQ(Round(row.text), row.read) << row.text;
}

TEST(ServerUrlTest, AnythingElseIsASyntaxError) {
  for (const char* text : {"",
                           "stun",
                           ":",
                           "stun:",
                           "stun:?",
                           "http://example.org",
                           "stun://example.org",
                           "stun:example.org:",
                           "stun:example.org:0",
                           "stun:example.org:65536",
                           "stun:example.org:1x",
                           "stun:example.org?transport=udp",
                           "turn:example.org?transport=",
                           "turn:example.org?",
                           "turn:example.org?transport=sctp",
                           "turn:example.org?transport=udp&x=y",
                           "turn:u@host",
                           "stun:exa mple.org",
                           "stun:example.org/path",
                           "stun:[2001:db8::1",
                           "stun:2001:db8::1",
                           "stun:[192.0.2.1]",
                           "stun:[::1]x",
                           "stun:1.2.3.4.5",
                           "stun:300.1.1.1",
                           "stun:.org",
                           "turns:",
                           "turnss:a",
                           "stuns:a?transport=tcp",
                           "turns:a?transport=tls",
                           "stun:ex\xC3\xA4mple.org"}) {
    EXPECT_EQ(Round(text), "SyntaxError") << text;
  }
  EXPECT_EQ(Round("stun:" + std::string(254, 'a')), "SyntaxError");
}

TEST(ServerUrlTest, TellsWhatIsOverTls) {
  EXPECT_TRUE(ServerUrl::Parse("turns:a")->secure);
  EXPECT_TRUE(ServerUrl::Parse("turns:a")->turn);
  EXPECT_TRUE(ServerUrl::Parse("stuns:a")->secure);
  EXPECT_FALSE(ServerUrl::Parse("stuns:a")->turn);
  EXPECT_FALSE(ServerUrl::Parse("turn:a")->secure);
  EXPECT_EQ(GetErrorReason(ServerUrl::Parse("turns:").status()), ErrorReason::INVALID_ICE_SERVER);
}

TEST(ServerUrlTest, TellsTheProtocolToARelay) {
  EXPECT_EQ(RelayProtocolOf("turn:a"), "udp");
  EXPECT_EQ(RelayProtocolOf("TURN:a?transport=TCP"), "tcp");
  EXPECT_EQ(RelayProtocolOf("turns:a?transport=tcp"), "tls");
  EXPECT_EQ(RelayProtocolOf("stuns:a"), "");
  EXPECT_EQ(RelayProtocolOf("stun:a"), "");
  EXPECT_EQ(RelayProtocolOf(""), "");
}

TEST(ServerUrlTest, TellsAddressesFromNames) {
  EXPECT_EQ(ServerUrl::Parse("stun:192.0.2.1")->address(), IpAddress::Parse("192.0.2.1"));
  EXPECT_EQ(ServerUrl::Parse("stun:[2001:db8::1]")->address(), IpAddress::Parse("2001:db8::1"));
  EXPECT_EQ(ServerUrl::Parse("stun:example.org")->address(), std::nullopt);
}

}  // namespace
}  // namespace pcd::ice

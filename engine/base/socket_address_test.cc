#include "engine/base/socket_address.h"

#include <gtest/gtest.h>

namespace pcd {
namespace {

TEST(IpAddressTest, MappedIpv6IsTheSameAsIpv4) {
  EXPECT_EQ(*IpAddress::Parse("::ffff:127.0.0.1"), *IpAddress::Parse("127.0.0.1"));
  EXPECT_TRUE(IpAddress::Parse("::ffff:127.0.0.1")->IsLoopback());
}

TEST(IpAddressTest, RefusesNamesAndNonsense) {
  for (const char* text :
       {"", "localhost", "1.2.3", "1.2.3.4.5", "[::1]", "fe80::1%eth0", "01.2.3.4"}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpAddressTest, KnowsItsKind) {
  EXPECT_TRUE(IpAddress::Parse("::1")->IsLoopback());
  EXPECT_TRUE(IpAddress::Parse("::")->IsUnspecified());
  EXPECT_TRUE(IpAddress::Parse("0.0.0.0")->IsUnspecified());
  EXPECT_TRUE(IpAddress::Parse("239.1.2.3")->IsMulticast());
  EXPECT_TRUE(IpAddress::Parse("ff02::1")->IsMulticast());
  EXPECT_TRUE(IpAddress::Parse("fe80::1")->IsLinkLocal());
  EXPECT_TRUE(IpAddress::Parse("169.254.169.254")->IsLinkLocal());
  EXPECT_FALSE(IpAddress::Parse("192.0.2.1")->IsLoopback());
}

TEST(SocketAddressTest, RoundTripsBothFamilies) {
  for (const char* text : {"127.0.0.1:5004", "[2001:db8::1]:65535"}) {
    ASSERT_TRUE(SocketAddress::Parse(text).has_value()) << text;
    EXPECT_EQ(SocketAddress::Parse(text)->ToString(), text);
  }
}

TEST(SocketAddressTest, RefusesWhatIsNotAddressAndPort) {
  for (const char* text : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[127.0.0.1]:80",
                           "127.0.0.1:80x", ":80"}) {
    EXPECT_FALSE(SocketAddress::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace pcd

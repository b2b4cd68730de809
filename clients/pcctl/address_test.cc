#include "clients/pcctl/address.h"

#include <gtest/gtest.h>

namespace pcd::pcctl {
namespace {

TEST(AddressTest, ReadsBothFamilies) {
  const auto v4 = ParseAddress("127.0.0.1:5004");
  ASSERT_TRUE(v4.has_value());
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 5004);
  const auto v6 = ParseAddress("[::1]:65535");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 65535);
}

TEST(AddressTest, RefusesEverythingElse) {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:5004x",
        "127.0.0.1:-1", "localhost:5004", "::1:5004", "[127.0.0.1]:5004", "[]:1", "1.2.3:4"}) {
    EXPECT_FALSE(ParseAddress(text).has_value()) << text;
  }
}

TEST(AddressTest, WritesBracketsAroundIpv6) {
  EXPECT_EQ(ToString("127.0.0.1", 5004), "127.0.0.1:5004");
  EXPECT_EQ(ToString("::1", 5004), "[::1]:5004");
}

TEST(AddressTest, KnowsLoopback) {
  EXPECT_TRUE(IsLoopback("127.0.0.1:50051"));
  EXPECT_TRUE(IsLoopback("[::1]:50051"));
  EXPECT_TRUE(IsLoopback("localhost:50051"));
  EXPECT_FALSE(IsLoopback("192.0.2.1:50051"));
  EXPECT_FALSE(IsLoopback("localhost.example:50051"));
}

}  // namespace
}  // namespace pcd::pcctl

#include "engine/ice/announced_address.h"

#include <gtest/gtest.h>

namespace pcd::ice {
namespace {

IpAddress Ip(const char* text) { return *IpAddress::Parse(text); }

TEST(AnnouncedAddressTest, ReadsAllForms) {
  EXPECT_EQ(*AnnouncedAddress::Parse("203.0.113.7"), (AnnouncedAddress{.ip = Ip("203.0.113.7")}));
  EXPECT_EQ(*AnnouncedAddress::Parse("203.0.113.7:40000"),
            (AnnouncedAddress{.ip = Ip("203.0.113.7"), .port = 40000}));
  EXPECT_EQ(*AnnouncedAddress::Parse("10.0.0.5=203.0.113.7:40000"),
            (AnnouncedAddress{.ip = Ip("203.0.113.7"), .port = 40000, .local = Ip("10.0.0.5")}));
  EXPECT_EQ(*AnnouncedAddress::Parse("2001:db8::7"), (AnnouncedAddress{.ip = Ip("2001:db8::7")}));
  EXPECT_EQ(*AnnouncedAddress::Parse("fd00::1=[2001:db8::7]:5000"),
            (AnnouncedAddress{.ip = Ip("2001:db8::7"), .port = 5000, .local = Ip("fd00::1")}));
  EXPECT_EQ(*AnnouncedAddress::Parse("+203.0.113.7"),
            (AnnouncedAddress{.ip = Ip("203.0.113.7"), .add = true}));
  EXPECT_EQ(*AnnouncedAddress::Parse("+10.0.0.5=203.0.113.7:40000"),
            (AnnouncedAddress{
                .ip = Ip("203.0.113.7"), .port = 40000, .local = Ip("10.0.0.5"), .add = true}));
}

TEST(AnnouncedAddressTest, RefusesWhatNobodyCanReach) {
  for (const char* text :
       {"", "+", "++203.0.113.7", "10.0.0.5=+203.0.113.7", "=", "name.example",
        "203.0.113.7:", "203.0.113.7:0", "0.0.0.0", "224.0.0.1", "10.0.0.5=", "=203.0.113.7",
        "10.0.0.5=2001:db8::7", "203.0.113.7:70000", "10.0.0.5:1=203.0.113.7"}) {
    EXPECT_FALSE(AnnouncedAddress::Parse(text).ok()) << text;
  }
}

TEST(AnnouncedAddressTest, StandsForItsFamilyButNotForLoopback) {
  const AnnouncedAddress every{.ip = Ip("203.0.113.7")};
  EXPECT_TRUE(every.StandsFor(Ip("10.0.0.5")));
  EXPECT_FALSE(every.StandsFor(Ip("127.0.0.1")));
  EXPECT_FALSE(every.StandsFor(Ip("fd00::1")));
  const AnnouncedAddress one{.ip = Ip("203.0.113.7"), .local = Ip("127.0.0.1")};
  EXPECT_TRUE(one.StandsFor(Ip("127.0.0.1")));
  EXPECT_FALSE(one.StandsFor(Ip("10.0.0.5")));
}

}  // namespace
}  // namespace pcd::ice

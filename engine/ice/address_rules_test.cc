#include "engine/ice/address_rules.h"

#include <gtest/gtest.h>

namespace pcd::ice {
namespace {

const IpAddress kV4 = *IpAddress::Parse("10.1.2.3");
const IpAddress kV6 = *IpAddress::Parse("2001:db8::1");

TEST(AddressRulesTest, WithoutRulesEveryAddressIsUsed) {
  EXPECT_TRUE(AddressRules().empty());
  EXPECT_TRUE(AddressRules().Allow("eth0", kV4));
}

TEST(AddressRulesTest, ChoosesInterfacesByNameOrPrefix) {
  const AddressRules rules{.interfaces = {"eth0", "wg*"}};
  EXPECT_TRUE(rules.Allow("eth0", kV4));
  EXPECT_FALSE(rules.Allow("eth01", kV4));
  EXPECT_FALSE(rules.Allow("eth1", kV4));
  EXPECT_TRUE(rules.Allow("wg7", kV6));
}

TEST(AddressRulesTest, ExclusionWins) {
  const AddressRules rules{.interfaces = {"*"}, .excluded = {"docker*", "lo"}};
  EXPECT_TRUE(rules.Allow("eth0", kV4));
  EXPECT_FALSE(rules.Allow("docker0", kV4));
  EXPECT_FALSE(rules.Allow("lo", kV4));
  EXPECT_TRUE(rules.Allow("lo0", kV4));
}

TEST(AddressRulesTest, ChoosesNetworks) {
  const AddressRules rules{.networks = *AddressRules::ParseNetworks(
                               std::vector<std::string>{"10.0.0.0/8", "2001:db8::/32"})};
  EXPECT_TRUE(rules.Allow("eth0", kV4));
  EXPECT_TRUE(rules.Allow("eth0", kV6));
  EXPECT_FALSE(rules.Allow("eth0", *IpAddress::Parse("192.0.2.1")));
  EXPECT_FALSE(rules.Allow("eth0", *IpAddress::Parse("2001:db9::1")));
}

TEST(AddressRulesTest, ANetworkHasNoPorts) {
  for (const char* text : {"10.0.0.0/8:5000", "eth0", "", "10.0.0.0/33"}) {
    EXPECT_FALSE(AddressRules::ParseNetworks(std::vector<std::string>{text}).ok()) << text;
  }
}

}  // namespace
}  // namespace pcd::ice

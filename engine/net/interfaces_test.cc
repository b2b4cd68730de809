#include "engine/net/interfaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/testing/status_matchers.h"

namespace pcd::net {
namespace {

using ::pcd::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

InterfaceAddress Entry(const std::string& name, const std::string& ip) {
  return {.name = name,
          .index = 1,
          .ip = *IpAddress::Parse(ip),
          .prefix_length = 8,
          .up = true,
          .loopback = name == "lo"};
}

std::vector<std::string> Texts(const std::vector<InterfaceAddress>& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(address.ip.ToString());
  return texts;
}

TEST(InterfacesTest, FindsTheLoopbackAddressOfThisMachine) {
  const auto all = EnumerateInterfaces();
  ASSERT_THAT(all, IsOk());
  std::vector<std::string> found;
  for (const auto& address : *all) {
    if (address.ip != *IpAddress::Parse("127.0.0.1")) continue;
    found.push_back(address.name);
    EXPECT_TRUE(address.loopback);
    EXPECT_TRUE(address.up);
    EXPECT_GT(address.index, 0u);
    EXPECT_EQ(address.prefix_length, 8);
  }
  EXPECT_THAT(found, Contains("lo"));
}

TEST(InterfacesTest, LeavesOutLoopbackUnlessAllowed) {
  const std::vector<InterfaceAddress> all = {Entry("lo", "127.0.0.1"), Entry("lo", "::1"),
                                             Entry("eth0", "192.0.2.1")};
  EXPECT_THAT(Texts(FilterInterfaces(all, {})), ElementsAre("192.0.2.1"));
  EXPECT_THAT(Texts(FilterInterfaces(all, {.loopback = true})),
              ElementsAre("127.0.0.1", "::1", "192.0.2.1"));
}

TEST(InterfacesTest, ALoopbackAddressOnAnotherInterfaceIsLoopbackToo) {
  EXPECT_THAT(FilterInterfaces({Entry("dummy0", "127.0.0.5")}, {}), IsEmpty());
}

TEST(InterfacesTest, LeavesOutIpv6LinkLocalButNotIpv4) {
  const std::vector<InterfaceAddress> all = {Entry("eth0", "fe80::1"), Entry("eth0", "2001:db8::1"),
                                             Entry("eth0", "169.254.1.1")};
  EXPECT_THAT(Texts(FilterInterfaces(all, {})), ElementsAre("2001:db8::1", "169.254.1.1"));
}

TEST(InterfacesTest, LeavesOutWhatIsDownOrNoUnicastAddress) {
  InterfaceAddress down = Entry("eth0", "192.0.2.1");
  down.up = false;
  EXPECT_THAT(FilterInterfaces({down, Entry("eth1", "0.0.0.0"), Entry("eth1", "224.0.0.1")}, {}),
              IsEmpty());
}

TEST(InterfacesTest, FiltersByFamilyAndByName) {
  const std::vector<InterfaceAddress> all = {
      Entry("eth0", "192.0.2.1"), Entry("eth0", "2001:db8::1"), Entry("docker0", "172.17.0.1")};
  EXPECT_THAT(Texts(FilterInterfaces(all, {.ipv6 = false})),
              ElementsAre("192.0.2.1", "172.17.0.1"));
  EXPECT_THAT(Texts(FilterInterfaces(all, {.ipv4 = false})), ElementsAre("2001:db8::1"));
  EXPECT_THAT(Texts(FilterInterfaces(all, {.excluded_name_prefixes = {"veth", "docker"}})),
              ElementsAre("192.0.2.1", "2001:db8::1"));
}

TEST(InterfacesTest, TakesEachAddressOnce) {
  EXPECT_THAT(Texts(FilterInterfaces({Entry("eth0", "192.0.2.1"), Entry("eth1", "192.0.2.1")}, {})),
              ElementsAre("192.0.2.1"));
}

}  // namespace
}  // namespace pcd::net

#include "engine/net/address_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/testing/status_matchers.h"

namespace pcd::net {
namespace {

using ::pcd::testing::HasCode;
using ::pcd::testing::HasMessage;
using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;
using ::testing::AllOf;

SocketAddress Address(std::string_view text) {
  const auto address = SocketAddress::Parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address.value_or(SocketAddress{});
}

AddressPolicy Policy(const std::vector<std::string>& rules) {
  const auto policy = AddressPolicy::Parse(rules);
  EXPECT_THAT(policy, IsOk());
  return policy.value_or(AddressPolicy(std::vector<AddressRule>{}));
}

auto IsDenied() {
  return AllOf(HasCode(absl::StatusCode::kPermissionDenied),
               HasReason(ErrorReason::SINK_DESTINATION_DENIED));
}

TEST(AddressPolicyTest, AllowsLoopbackOnlyByDefault) {
  const AddressPolicy policy;
  for (const char* allowed :
       {"127.0.0.1:5004", "127.255.255.254:1", "[::1]:65535", "[::ffff:127.0.0.1]:5004"}) {
    EXPECT_THAT(policy.Check(Address(allowed)), IsOk()) << allowed;
  }
  for (const char* denied :
       {"128.0.0.1:5004", "126.255.255.255:5004", "10.0.0.1:5004", "192.168.1.1:5004",
        "169.254.169.254:80", "8.8.8.8:53", "[::2]:5004", "[fe80::1]:5004", "[fd00::1]:5004",
        "[2001:db8::1]:5004", "[::ffff:10.0.0.1]:5004", "[::127.0.0.1]:5004"}) {
    EXPECT_THAT(policy.Check(Address(denied)), IsDenied()) << denied;
  }
}

TEST(AddressPolicyTest, NamesTheDestinationInTheError) {
  EXPECT_THAT(AddressPolicy().Check(Address("10.0.0.1:5004")),
              HasMessage("destination 10.0.0.1:5004: no rule of the address policy allows it"));
}

TEST(AddressPolicyTest, NoRuleAllowsWhatIsNoUnicastDestination) {
  const AddressPolicy policy = AddressPolicy::AllowAll();
  EXPECT_THAT(policy.Check(Address("127.0.0.1:0")), AllOf(IsDenied(), HasMessage("port 0")));
  for (const char* unspecified : {"0.0.0.0:5004", "[::]:5004", "[::ffff:0.0.0.0]:5004"}) {
    EXPECT_THAT(policy.Check(Address(unspecified)), AllOf(IsDenied(), HasMessage("unspecified")));
  }
  for (const char* multicast :
       {"224.0.0.1:5004", "239.255.255.255:5004", "[ff02::1]:5004", "[::ffff:224.0.0.1]:5004"}) {
    EXPECT_THAT(policy.Check(Address(multicast)), AllOf(IsDenied(), HasMessage("multicast")));
  }
  EXPECT_THAT(policy.Check(Address("255.255.255.255:5004")),
              AllOf(IsDenied(), HasMessage("broadcast")));
}

TEST(AddressPolicyTest, AllowAllAllowsTheRest) {
  const AddressPolicy policy = AddressPolicy::AllowAll();
  for (const char* allowed : {"127.0.0.1:1", "8.8.8.8:65535", "[2001:db8::1]:5004"}) {
    EXPECT_THAT(policy.Check(Address(allowed)), IsOk());
  }
}

TEST(AddressPolicyTest, AnEmptyListRefusesEverything) {
  EXPECT_THAT(AddressPolicy(std::vector<AddressRule>{}).Check(Address("127.0.0.1:5004")),
              IsDenied());
}

TEST(AddressPolicyTest, AddressAndPortMustFitTheSameRule) {
  const AddressPolicy policy = Policy({"10.0.0.0/8:5000-6000", "192.168.0.0/16:7000"});
  for (const char* allowed : {"10.0.0.0:5000", "10.255.255.255:6000", "192.168.4.4:7000"}) {
    EXPECT_THAT(policy.Check(Address(allowed)), IsOk()) << allowed;
  }
  for (const char* denied : {"10.0.0.1:4999", "10.0.0.1:6001", "10.0.0.1:7000", "11.0.0.1:5000",
                             "192.168.4.4:5000", "127.0.0.1:5000"}) {
    EXPECT_THAT(policy.Check(Address(denied)), IsDenied()) << denied;
  }
}

TEST(AddressPolicyTest, PrefixesNeedNotEndAtBytes) {
  const AddressPolicy policy = Policy({"172.16.0.0/12", "[2001:db8:8000::/33]:1-9"});
  EXPECT_THAT(policy.Check(Address("172.31.255.255:1")), IsOk());
  EXPECT_THAT(policy.Check(Address("172.32.0.0:1")), IsDenied());
  EXPECT_THAT(policy.Check(Address("172.15.255.255:1")), IsDenied());
  EXPECT_THAT(policy.Check(Address("[2001:db8:ffff::1]:9")), IsOk());
  EXPECT_THAT(policy.Check(Address("[2001:db8:7fff::1]:9")), IsDenied());
}

TEST(AddressPolicyTest, FamiliesDoNotMatchEachOther) {
  EXPECT_THAT(Policy({"0.0.0.0/0"}).Check(Address("[2001:db8::1]:1")), IsDenied());
  EXPECT_THAT(Policy({"::/0"}).Check(Address("8.8.8.8:1")), IsDenied());
  EXPECT_THAT(Policy({"::/0"}).Check(Address("[::ffff:8.8.8.8]:1")), IsDenied());
}

TEST(AddressPolicyTest, MappedNetworksBecomeIpv4) {
  const AddressPolicy policy = Policy({"::ffff:10.0.0.0/104"});
  EXPECT_THAT(policy.Check(Address("10.1.2.3:1")), IsOk());
  EXPECT_THAT(policy.Check(Address("[::ffff:10.1.2.3]:1")), IsOk());
  EXPECT_THAT(policy.Check(Address("11.1.2.3:1")), IsDenied());
}

TEST(AddressPolicyTest, ParseNamesTheRuleAtFault) {
  const std::vector<std::string> rules = {"10.0.0.0/8", "nonsense"};
  EXPECT_THAT(AddressPolicy::Parse(rules), AllOf(HasReason(ErrorReason::INVALID_ARGUMENT),
                                                 HasMessage("address rule \"nonsense\"")));
}

struct Form {
  std::string text;
  std::string canonical;
};

class AddressRuleFormTest : public ::testing::TestWithParam<Form> {};

TEST_P(AddressRuleFormTest, IsReadAndWrittenInOneForm) {
  const auto rule = AddressRule::Parse(GetParam().text);
  ASSERT_THAT(rule, IsOk());
  EXPECT_EQ(rule->ToString(), GetParam().canonical);
  const auto again = AddressRule::Parse(rule->ToString());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(*again, *rule);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, AddressRuleFormTest,
    ::testing::Values(
        Form{"10.0.0.0/8:5000-6000", "10.0.0.0/8:5000-6000"},
        Form{"10.0.0.0/8:5000", "10.0.0.0/8:5000"}, Form{"10.0.0.0/8:5000-5000", "10.0.0.0/8:5000"},
        Form{"10.0.0.0/8", "10.0.0.0/8"}, Form{"10.1.2.3", "10.1.2.3/32"},
        Form{"10.1.2.3:5000", "10.1.2.3/32:5000"}, Form{"10.0.0.0/8:1-65535", "10.0.0.0/8"},
        Form{"0.0.0.0/0", "0.0.0.0/0"}, Form{"fd00::/8", "fd00::/8"},
        Form{"[fd00::/8]", "fd00::/8"}, Form{"[fd00::/8]:5000-6000", "[fd00::/8]:5000-6000"},
        Form{"[::1]:5000", "[::1/128]:5000"}, Form{"::1", "::1/128"}, Form{"::/0", "::/0"},
        Form{"[10.0.0.0/8]:80", "10.0.0.0/8:80"}, Form{"::ffff:10.0.0.0/104", "10.0.0.0/8"},
        Form{"[::ffff:0.0.0.0/96]:80", "0.0.0.0/0:80"}, Form{"::ffff:10.1.2.3", "10.1.2.3/32"}));

class AddressRuleErrorTest : public ::testing::TestWithParam<Form> {};

TEST_P(AddressRuleErrorTest, IsRefusedWithWhatIsWrong) {
  EXPECT_THAT(AddressRule::Parse(GetParam().text),
              AllOf(HasReason(ErrorReason::INVALID_ARGUMENT), HasMessage(GetParam().canonical)));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, AddressRuleErrorTest,
    ::testing::Values(
        Form{"", "\"\" is not an IP address"}, Form{"localhost:5000", "is not an IP address"},
        Form{":5000", "is not an IP address"}, Form{"10.0.0/8", "is not an IP address"},
        Form{" 10.0.0.0/8", "is not an IP address"}, Form{"10.0.0.0/33", "is not in 0..32"},
        Form{"10.0.0.0/", "is not in 0..32"}, Form{"10.0.0.0/-1", "is not in 0..32"},
        Form{"10.0.0.0/+8", "is not in 0..32"}, Form{"10.0.0.0/8x", "is not in 0..32"},
        Form{"10.0.0.0/99999999999", "is not in 0..32"}, Form{"fd00::/129", "is not in 0..128"},
        Form{"fd00::/8:5000", "is not in 0..128"}, Form{"10.0.0.1/8", "did you mean 10.0.0.0/8?"},
        Form{"fd00::1/8", "did you mean fd00::/8?"},
        Form{"::ffff:10.0.0.0/95", "prefix length of 96 or more"},
        Form{"10.0.0.0/8:", "is not a port"}, Form{"10.0.0.0/8:0", "is not a port"},
        Form{"10.0.0.0/8:0-10", "is not a port"}, Form{"10.0.0.0/8:65536", "is not a port"},
        Form{"10.0.0.0/8:5000-", "is not a port"}, Form{"10.0.0.0/8:-5000", "is not a port"},
        Form{"10.0.0.0/8:5000-6000-7000", "is not a port"},
        Form{"10.0.0.0/8:http", "is not a port"},
        Form{"10.0.0.0/8:6000-5000", "ends before it starts"},
        Form{"[fd00::/8", "after \"[\" comes"}, Form{"[fd00::/8]5000", "after \"[\" comes"},
        Form{"[]", "is not an IP address"}));

}  // namespace
}  // namespace pcd::net

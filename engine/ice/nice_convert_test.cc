#include "engine/ice/nice_convert.h"

#include <gtest/gtest.h>

#include "engine/ice/nice_addresses.h"

namespace pcd::ice {
namespace {

TEST(NiceConvertTest, AddressesSurviveBothWays) {
  for (const char* text : {"192.0.2.1:5004", "[2001:db8::1]:65535", "127.0.0.1:0"}) {
    const SocketAddress address = *SocketAddress::Parse(text);
    EXPECT_EQ(FromNiceAddress(ToNiceAddress(address)), address) << text;
  }
}

TEST(NiceConvertTest, CandidatesSurviveBothWays) {
  const Candidate candidate{.foundation = "842163049",
                            .priority = 1677729535,
                            .address = "203.0.113.5",
                            .port = 46154,
                            .type = CandidateType::kServerReflexive,
                            .related_address = "10.0.1.1",
                            .related_port = 8998,
                            .extensions = {{"ufrag", "abcd"}}};
  const NiceCandidatePtr nice = ToNiceCandidate(candidate, 1);
  ASSERT_NE(nice, nullptr);
  EXPECT_EQ(FromNiceCandidate(*nice, "abcd"), candidate);
}

TEST(NiceConvertTest, APeerReflexiveCandidateIsGivenAsServerReflexive) {
  const NiceCandidatePtr nice = ToNiceCandidate(
      {.address = "192.0.2.1", .port = 1, .type = CandidateType::kPeerReflexive}, 1);
  EXPECT_EQ(nice->type, NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE);
}

TEST(NiceConvertTest, NamesAreRefusedAndLongFoundationsCut) {
  EXPECT_EQ(ToNiceCandidate({.address = "host.local", .port = 1}, 1), nullptr);
  const NiceCandidatePtr nice =
      ToNiceCandidate({.foundation = std::string(200, 'f'), .address = "192.0.2.1", .port = 1}, 1);
  EXPECT_EQ(std::string(nice->foundation), std::string(32, 'f'));
}

TEST(NiceAddressesTest, OnAnOrdinaryMachineLoopbackIsSafe) {
  const std::vector<IpAddress> loopback = {*IpAddress::Parse("127.0.0.1")};
  EXPECT_EQ(SafeForLibnice(loopback), loopback);
  EXPECT_TRUE(SafeForLibnice({}).empty());
}

}  // namespace
}  // namespace pcd::ice

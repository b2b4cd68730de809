// What a shared port with TCP offers.
#include <gtest/gtest.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/ice/port_candidates.h"

namespace pcd::ice {
namespace {

const IpAddress kLoopback = IpAddress::V4({127, 0, 0, 1});

std::vector<std::string> Shown(std::span<const Candidate> candidates) {
  std::vector<std::string> shown;
  for (const Candidate& candidate : candidates) {
    shown.push_back(candidate.transport + " " + candidate.address + " " +
                    std::to_string(candidate.port));
  }
  return shown;
}

TEST(PortCandidatesTest, AnnouncedAddressesStandForTcpAsForUdp) {
  const IpAddress v4 = *IpAddress::Parse("10.0.0.1"), v6 = *IpAddress::Parse("fd00::1");
  const std::array locals = {SocketAddress{v4, 5001}, SocketAddress{v6, 5001},
                             SocketAddress{kLoopback, 5001}};
  const std::array rules = {*AnnouncedAddress::Parse("203.0.113.8:40000"),
                            *AnnouncedAddress::Parse("+[2001:db8::7]:40000")};
  const PortCandidates both = MakePortCandidates(locals, rules, 1, true);
  EXPECT_EQ(Shown(both.all),
            (std::vector<std::string>{"udp 203.0.113.8 40001", "udp 2001:db8::7 40001",
                                      "udp fd00::1 5001", "udp 127.0.0.1 5001",
                                      "tcp 203.0.113.8 40001", "tcp 2001:db8::7 40001",
                                      "tcp fd00::1 5001", "tcp 127.0.0.1 5001"}));
  EXPECT_EQ(Shown(both.tcp),
            (std::vector<std::string>{"tcp 203.0.113.8 40001", "tcp 2001:db8::7 40001",
                                      "tcp 127.0.0.1 5001"}));
  const PortCandidates udp = MakePortCandidates(locals, rules, 1, false);
  EXPECT_EQ(Shown(udp.all), Shown(std::span(both.all).first(4)));
  EXPECT_TRUE(udp.tcp.empty());
  // No two are alike in foundation, or in priority.
  for (size_t i = 1; i < both.all.size(); ++i) {
    EXPECT_LT(both.all[i].priority, both.all[i - 1].priority);
    EXPECT_NE(both.all[i].foundation, both.all[i - 1].foundation);
  }
}

TEST(PortCandidatesTest, AddressesBehindOneAreOneCandidate) {
  const std::array locals = {SocketAddress{*IpAddress::Parse("10.0.0.1"), 5000},
                             SocketAddress{*IpAddress::Parse("10.0.0.2"), 5000}};
  const std::array rules = {*AnnouncedAddress::Parse("203.0.113.8")};
  const PortCandidates made = MakePortCandidates(locals, rules, 0, true);
  EXPECT_EQ(Shown(made.all),
            (std::vector<std::string>{"udp 203.0.113.8 5000", "tcp 203.0.113.8 5000"}));
  EXPECT_EQ(made.udp[0], made.udp[1]);
  EXPECT_EQ(made.tcp[0], made.tcp[1]);
}

}  // namespace
}  // namespace pcd::ice

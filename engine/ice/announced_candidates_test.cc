#include "engine/ice/announced_candidates.h"

#include <gtest/gtest.h>

#include <string>

namespace pcd::ice {
namespace {

using Strings = std::vector<std::string>;

Strings Shown(const std::string& address, const Strings& rules) {
  std::vector<AnnouncedAddress> parsed;
  for (const std::string& rule : rules) parsed.push_back(*AnnouncedAddress::Parse(rule));
  Strings result;
  uint32_t last = 0;
  const Candidate host{.priority = 2130706431, .address = address, .port = 5000};
  for (const Candidate& candidate : ShownFor(host, parsed)) {
    EXPECT_TRUE(last == 0 || candidate.priority < last);
    last = candidate.priority;
    EXPECT_EQ(candidate.port, 5000);
    EXPECT_EQ(candidate.type, CandidateType::kHost);
    result.push_back(candidate.address);
  }
  return result;
}

TEST(AnnouncedCandidatesTest, WithoutRulesAHostCandidateIsShownItself) {
  EXPECT_EQ(Shown("10.0.0.5", {}), Strings{"10.0.0.5"});
}

TEST(AnnouncedCandidatesTest, AnnouncedAddressesTakeItsPlace) {
  EXPECT_EQ(Shown("10.0.0.5", {"203.0.113.7"}), Strings{"203.0.113.7"});
  EXPECT_EQ(Shown("10.0.0.5", {"203.0.113.7", "203.0.113.8"}),
            (Strings{"203.0.113.7", "203.0.113.8"}));
  EXPECT_EQ(Shown("10.0.0.5", {"10.0.0.5=203.0.113.7", "10.0.0.6=203.0.113.8"}),
            Strings{"203.0.113.7"});
}

TEST(AnnouncedCandidatesTest, OrStandBesideIt) {
  EXPECT_EQ(Shown("10.0.0.5", {"+203.0.113.7"}), (Strings{"203.0.113.7", "10.0.0.5"}));
  EXPECT_EQ(Shown("10.0.0.6", {"10.0.0.5=203.0.113.7", "+203.0.113.8"}),
            (Strings{"203.0.113.8", "10.0.0.6"}));
}

TEST(AnnouncedCandidatesTest, OneThatReplacesItIsEnoughToLeaveItOut) {
  EXPECT_EQ(Shown("10.0.0.5", {"+203.0.113.7", "203.0.113.8"}),
            (Strings{"203.0.113.7", "203.0.113.8"}));
}

TEST(AnnouncedCandidatesTest, OtherFamiliesAndLoopbackAreNotMeant) {
  EXPECT_EQ(Shown("2001:db8::1", {"203.0.113.7"}), Strings{"2001:db8::1"});
  EXPECT_EQ(Shown("127.0.0.1", {"203.0.113.7"}), Strings{"127.0.0.1"});
  EXPECT_EQ(Shown("127.0.0.1", {"127.0.0.1=203.0.113.7"}), Strings{"203.0.113.7"});
}

TEST(AnnouncedCandidatesTest, RulesWithAPortAreForTheMediaPort) {
  EXPECT_EQ(Shown("10.0.0.5", {"203.0.113.7:40000"}), Strings{"10.0.0.5"});
}

}  // namespace
}  // namespace pcd::ice

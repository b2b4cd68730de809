#include "engine/sdp/candidate.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"

namespace pcd::sdp {
namespace {

Candidate MustParse(std::string_view text) {
  auto candidate = ParseCandidate(text);
  EXPECT_TRUE(candidate.ok()) << candidate.status();
  return candidate.ok() ? *candidate : Candidate{};
}

TEST(CandidateTest, ReadsWhatChromiumSends) {
  const Candidate c = MustParse(
      "candidate:1853887674 1 udp 1518280447 47.61.61.61 36768 typ srflx raddr 192.168.0.196 rport "
      "46243 generation 0 ufrag Zt4a network-id 1 network-cost 10");
  EXPECT_EQ(c.foundation, "1853887674");
  EXPECT_EQ(c.component, 1);
  EXPECT_EQ(c.transport, "udp");
  EXPECT_EQ(c.priority, 1518280447u);
  EXPECT_EQ(c.address, "47.61.61.61");
  EXPECT_EQ(c.port, 36768);
  EXPECT_EQ(c.type, CandidateType::kServerReflexive);
  EXPECT_EQ(c.related_address, "192.168.0.196");
  EXPECT_EQ(c.related_port, 46243);
  EXPECT_EQ(c.Ufrag(), "Zt4a");
  EXPECT_EQ(c.extensions.size(), 4u);
}

TEST(CandidateTest, RoundTripsItsOwnText) {
  for (const char* text : {
           "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
           "candidate:2 2 udp 1 2001:db8::1 65535 typ prflx raddr :: rport 0",
           "candidate:3 1 tcp 2105524479 172.17.0.3 9 typ host tcptype active generation 0",
           "candidate:0 1 udp 2122187007 5d3b2c2f-8d54.local 58000 typ host network-cost 999",
           "candidate:r 1 udp 0 turn.example.com 1 typ relay raddr 0.0.0.0 rport 0 x y",
       }) {
    EXPECT_EQ(WriteCandidate(MustParse(text)), text);
  }
}

TEST(CandidateTest, ForgivesPrefixesQuotesAndCase) {
  const Candidate plain = MustParse("candidate:1 1 udp 5 192.0.2.1 5000 typ host");
  for (const char* text : {
           "1 1 udp 5 192.0.2.1 5000 typ host",
           "a=candidate:1 1 udp 5 192.0.2.1 5000 typ host",
           "a=candidate:1 1 UDP 5 192.0.2.1 5000 typ host\r\n",
           "\"candidate:1 1 udp 5 192.0.2.1 5000 typ host\"",
           "  'Candidate:1  1 udp\t5 192.0.2.1 5000 typ HOST' ",
       }) {
    EXPECT_EQ(MustParse(text), plain) << text;
  }
}

TEST(CandidateTest, KeepsAnExtensionWithoutValue) {
  const Candidate c = MustParse("candidate:1 1 udp 5 192.0.2.1 5000 typ host generation 0 ufrag");
  ASSERT_EQ(c.extensions.size(), 2u);
  EXPECT_EQ(c.extensions[1], (std::pair<std::string, std::string>("ufrag", "")));
  EXPECT_EQ(MustParse(WriteCandidate(c)), c);
}

TEST(CandidateTest, RefusesWhatIsNoCandidate) {
  for (const char* text : {
           "",
           "candidate:",
           "end-of-candidates",
           "candidate:1 1 udp 5 192.0.2.1 5000 typ",
           "candidate:1 0 udp 5 192.0.2.1 5000 typ host",
           "candidate:1 257 udp 5 192.0.2.1 5000 typ host",
           "candidate:1 one udp 5 192.0.2.1 5000 typ host",
           "candidate:1 1 udp 4294967296 192.0.2.1 5000 typ host",
           "candidate:1 1 udp -5 192.0.2.1 5000 typ host",
           "candidate:1 1 udp 5 192.0.2.1 65536 typ host",
           "candidate:1 1 udp 5 192.0.2.1 5000 type host",
           "candidate:1 1 udp 5 192.0.2.1 5000 typ nowhere",
           "candidate:1 1 udp 5 192.0.2.1 5000 typ srflx raddr 192.0.2.2 rport x",
           "candidate:1 1 udp 5 192.0.2.1 5000 typ host\r\na=mid:0 x",
       }) {
    const auto candidate = ParseCandidate(text);
    ASSERT_FALSE(candidate.ok()) << text;
    EXPECT_EQ(candidate.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(GetErrorReason(candidate.status()), ErrorReason::INVALID_CANDIDATE);
    EXPECT_EQ(GetErrorDetail(candidate.status()).dom_exception, "OperationError");
  }
}

TEST(CandidateTest, RefusesOverlongText) {
  const std::string start = "candidate:1 1 udp 5 192.0.2.1 5000 typ host x ";
  EXPECT_TRUE(ParseCandidate(start + std::string(4096 - start.size(), 'y')).ok());
  EXPECT_FALSE(ParseCandidate(start + std::string(4097 - start.size(), 'y')).ok());
  EXPECT_FALSE(ParseCandidate("1 1 udp 5 " + std::string(256, 'h') + " 5000 typ host").ok());
}

TEST(CandidateTest, KnowsEveryFormOfTheEnd) {
  for (const char* text : {"", " ", "\"\"", "end-of-candidates", "a=end-of-candidates",
                           "a=end-of-candidates\r\n", "candidate:", "a=candidate:"}) {
    EXPECT_TRUE(IsEndOfCandidates(text)) << text;
  }
  EXPECT_FALSE(IsEndOfCandidates("candidate:1 1 udp 5 192.0.2.1 5000 typ host"));
}

}  // namespace
}  // namespace pcd::sdp

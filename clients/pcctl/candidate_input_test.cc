#include "clients/pcctl/candidate_input.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::pcctl {
namespace {

CandidateInput Read(const std::string& text, const std::vector<std::string>& arguments = {}) {
  SectionFlags section;
  FlagSet flags;
  section.AddFlags(&flags);
  EXPECT_EQ(flags.Parse(arguments).error, "");
  EXPECT_EQ(section.Check(), "");
  return ReadCandidate(text, section);
}

TEST(CandidateInputTest, TakesTheJsonOfABrowser) {
  const CandidateInput input = Read(
      R"({"candidate":"candidate:1 1 udp 1 192.0.2.1 9 typ host","sdpMid":"0","sdpMLineIndex":0,)"
      R"("usernameFragment":"u"})");
  EXPECT_EQ(input.error, "");
  EXPECT_EQ(input.candidate.candidate(), "candidate:1 1 udp 1 192.0.2.1 9 typ host");
  EXPECT_EQ(input.candidate.sdp_mid(), "0");
  EXPECT_EQ(input.candidate.sdp_m_line_index(), 0u);
  EXPECT_EQ(input.candidate.username_fragment(), "u");
  const CandidateInput nulls = Read(
      R"({"candidate":"candidate:x","sdpMid":null,"sdpMLineIndex":2,"usernameFragment":null})");
  EXPECT_EQ(nulls.error, "");
  EXPECT_FALSE(nulls.candidate.has_sdp_mid());
  EXPECT_EQ(nulls.candidate.sdp_m_line_index(), 2u);
  EXPECT_FALSE(nulls.candidate.has_username_fragment());
}

TEST(CandidateInputTest, FlagsWinOverTheJson) {
  const CandidateInput input =
      Read(R"({"candidate":"candidate:x","sdpMid":"0","sdpMLineIndex":0})", {"--mline-index", "3"});
  EXPECT_FALSE(input.candidate.has_sdp_mid());
  EXPECT_EQ(input.candidate.sdp_m_line_index(), 3u);
}

TEST(CandidateInputTest, KnowsTheEndOfCandidates) {
  for (const char* text :
       {"null", "end-of-candidates", "a=end-of-candidates", R"({"candidate":""})"}) {
    const CandidateInput input = Read(text);
    EXPECT_EQ(input.error, "") << text;
    EXPECT_EQ(input.candidate.candidate(), "") << text;
    EXPECT_EQ(Read(text, {"--mid", "1"}).candidate.sdp_mid(), "1") << text;
  }
}

TEST(CandidateInputTest, RefusesWhatIsNoCandidate) {
  for (const char* text :
       {"", "v=0", "{", "{}", R"({"candidate":1})", R"({"candidate":null})",
        R"({"candidate":"","sdpMid":0})", R"({"candidate":"","sdpMLineIndex":-1})",
        R"({"candidate":"","sdpMLineIndex":65536})", R"({"candidate":"","usernameFragment":1})"}) {
    EXPECT_NE(Read(text, {"--mid", "0"}).error, "") << text;
  }
  EXPECT_EQ(Read("a\x1b" + std::string(200, 'x')).error.find('\x1b'), std::string::npos);
}

TEST(CandidateInputTest, DemandsASection) {
  EXPECT_NE(Read("candidate:x").error, "");
  EXPECT_NE(Read(R"({"candidate":"candidate:x"})").error, "");
  EXPECT_EQ(Read("a=candidate:x", {"--mid", "0"}).error, "");
}

TEST(SectionFlagsTest, NameOneSection) {
  SectionFlags section;
  FlagSet flags;
  section.AddFlags(&flags);
  EXPECT_EQ(flags.Parse({"--mid", "0", "--mline-index", "0"}).error, "");
  EXPECT_NE(section.Check(), "");
}

}  // namespace
}  // namespace pcd::pcctl

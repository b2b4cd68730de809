// The whole answer to each sample offer, line by line. golden/ has one file per offer of
// //engine/sdp:samples, answered by W3C's default bundle policy. To write them anew after a
// deliberate change:
//   bazel run //engine/jsep:answer_golden_test -- --write=$PWD/engine/jsep/golden
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/jsep/session_testing.h"
#include "engine/jsep/text_difference.h"

namespace pcd::jsep {
namespace {

constexpr char kOffers[] = "engine/sdp/parser_corpus";
constexpr char kAnswers[] = "engine/jsep/golden";
std::string write_to;

std::string AnswerTo(const std::string& offer, BundlePolicy policy) {
  Peer peer('z', {}, policy);
  peer.Answer(offer);
  return peer.LocalSdp();
}

TEST(AnswerGoldenTest, AnswersEverySampleOfferAsWrittenDown) {
  int offers = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kOffers)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("_offer.sdp")) continue;
    SCOPED_TRACE(name);
    ++offers;
    const std::string offer = ReadFile(entry.path().string());
    const std::string answer = AnswerTo(offer, BundlePolicy::kBalanced);
    MustParse(answer);
    if (!write_to.empty()) {
      std::ofstream(write_to + "/" + name, std::ios::binary) << answer;
      continue;
    }
    const std::string golden = ReadFile(std::string(kAnswers) + "/" + name);
    EXPECT_EQ(FirstDifferentLine(golden, answer), 0) << answer;
    EXPECT_EQ(AnswerTo(offer, BundlePolicy::kMaxCompat), answer);
    // Where all is bundled the policy makes no difference.
    const bool bundled = offer.find("a=group:BUNDLE") != std::string::npos;
    EXPECT_EQ(AnswerTo(offer, BundlePolicy::kMaxBundle) == answer, bundled);
  }
  EXPECT_GE(offers, 14);
}

}  // namespace
}  // namespace pcd::jsep

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--write=")) pcd::jsep::write_to = argument.substr(8);
  }
  return RUN_ALL_TESTS();
}

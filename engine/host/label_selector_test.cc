#include "engine/host/label_selector.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"

namespace pcd::host {
namespace {

TEST(LabelSelectorTest, EmptyMatchesEverything) {
  EXPECT_TRUE(LabelSelector::Parse("")->Matches({}));
  EXPECT_TRUE(LabelSelector::Parse("  ")->Matches({{"a", "b"}}));
}

TEST(LabelSelectorTest, AllTermsMustHold) {
  const Labels labels = {{"tenant", "acme"}, {"role", "recorder"}};
  EXPECT_TRUE(LabelSelector::Parse("tenant=acme, role=recorder")->Matches(labels));
  EXPECT_FALSE(LabelSelector::Parse("tenant=acme,role=bot")->Matches(labels));
  EXPECT_TRUE(LabelSelector::Parse("tenant!=other")->Matches(labels));
  EXPECT_FALSE(LabelSelector::Parse("tenant!=acme")->Matches(labels));
  EXPECT_TRUE(LabelSelector::Parse("missing!=x")->Matches(labels));
  EXPECT_TRUE(LabelSelector::Parse("tenant")->Matches(labels));
  EXPECT_FALSE(LabelSelector::Parse("missing")->Matches(labels));
  EXPECT_TRUE(LabelSelector::Parse("!missing")->Matches(labels));
  EXPECT_FALSE(LabelSelector::Parse("!tenant")->Matches(labels));
  EXPECT_TRUE(LabelSelector::Parse("missing=")->Matches({{"missing", ""}}));
}

TEST(LabelSelectorTest, RefusesNonsense) {
  std::string many = "a";
  for (int i = 0; i < 40; ++i) many += ",a";
  for (const std::string& text : {std::string(","), std::string("=x"), std::string("a=b,"),
                                  std::string("a b"), std::string("!"), many}) {
    const auto selector = LabelSelector::Parse(text);
    EXPECT_EQ(GetErrorReason(selector.status()), ErrorReason::INVALID_LABEL_SELECTOR) << text;
    EXPECT_EQ(GetErrorDetail(selector.status()).field, "label_selector") << text;
  }
}

TEST(ValidateLabelsTest, KeepsTheCaps) {
  EXPECT_TRUE(ValidateLabels({{"app.example/role", "x"}}).ok());
  EXPECT_FALSE(ValidateLabels({{"", "x"}}).ok());
  EXPECT_FALSE(ValidateLabels({{std::string(64, 'k'), "x"}}).ok());
  EXPECT_FALSE(ValidateLabels({{"k", std::string(257, 'v')}}).ok());
  Labels many;
  for (int i = 0; i < 33; ++i) many["k" + std::to_string(i)] = "v";
  EXPECT_FALSE(ValidateLabels(many).ok());
}

}  // namespace
}  // namespace pcd::host

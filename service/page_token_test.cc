#include "service/page_token.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

void ExpectStale(std::string_view token, std::string_view request) {
  const auto position = ParsePageToken(token, request);
  ASSERT_FALSE(position.ok()) << *position;
  EXPECT_EQ(GetErrorReason(position.status()), ErrorReason::STALE_PAGE_TOKEN);
  EXPECT_EQ(position.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PageToken, TheFirstPageHasNoPosition) { EXPECT_EQ(*ParsePageToken("", "a=b"), ""); }

TEST(PageToken, ATokenGivesItsPositionBack) {
  const std::string position("local.abc\0\xff", 11);
  EXPECT_EQ(*ParsePageToken(MakePageToken(position, "a=b"), "a=b"), position);
}

TEST(PageToken, ATokenOfAnotherRequestIsStale) {
  ExpectStale(MakePageToken("local.abc", "a=b"), "a=c");
}

TEST(PageToken, PositionAndRequestAreNotMixedUp) {
  EXPECT_NE(MakePageToken("ab", "c").substr(0, 16), MakePageToken("a", "bc").substr(0, 16));
}

TEST(PageToken, AnythingElseIsStale) {
  std::string changed = MakePageToken("local.abc", "");
  changed.back() = changed.back() == '0' ? '1' : '0';
  ExpectStale(changed, "");
  ExpectStale("x", "");
  ExpectStale("0123456789abcdef", "");
  ExpectStale("0123456789abcdefzz", "");
  ExpectStale(MakePageToken(std::string(1000, 'x'), ""), "");
}

}  // namespace
}  // namespace pcd::service

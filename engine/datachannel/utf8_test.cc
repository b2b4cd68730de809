#include "engine/datachannel/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace pcd::datachannel {
namespace {

ByteSpan Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(Utf8, TakesTextOfEveryLength) {
  for (const char* text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                           "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsUtf8(Bytes(text))) << text;
    EXPECT_EQ(DecodeUtf8(Bytes(text)), text);
  }
}

TEST(Utf8, ReplacesEachInvalidSequenceAsTheWebDoes) {
  const std::string r = "\xEF\xBF\xBD";
  const struct {
    std::string_view in;
    std::string out;
  } cases[] = {
      {"\x80", r},  // A lone continuation.
      {"\xFF"
       "a",
       r + "a"},  // Never a lead byte.
      {"\xC3"
       "a",
       r + "a"},                            // Cut short by another character.
      {"\xE2\x82", r},                      // Cut short by the end: one replacement.
      {"\xC0\xAF", r + r},                  // Overlong.
      {"\xE0\x80\x80", r + r + r},          // Overlong.
      {"\xED\xA0\x80", r + r + r},          // A surrogate.
      {"\xF4\x90\x80\x80", r + r + r + r},  // Above U+10FFFF.
      {"a\xF0\x9F\x98"
       "b",
       "a" + r + "b"},  // Cut short.
  };
  for (const auto& c : cases) {
    EXPECT_FALSE(IsUtf8(Bytes(c.in)));
    EXPECT_EQ(DecodeUtf8(Bytes(c.in)), c.out);
    EXPECT_TRUE(IsUtf8(Bytes(c.out)));
  }
}

}  // namespace
}  // namespace pcd::datachannel

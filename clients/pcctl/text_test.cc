#include "clients/pcctl/text.h"

#include <gtest/gtest.h>

#include "peerconnection/v1/session_description.pb.h"
#include "peerconnection/v1/stats.pb.h"

namespace pcd::pcctl {
namespace {

using Labels = google::protobuf::Map<std::string, std::string>;

google::protobuf::Timestamp At(int64_t seconds, int32_t nanos = 0) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

TEST(TextTest, EscapesControlCharactersAndNothingElse) {
  EXPECT_EQ(Printable("caf\xC3\xA9 \"x\""), "caf\xC3\xA9 \"x\"");
  EXPECT_EQ(Printable("a\x1b[2J\r\n\x7f"), "a\\x1b[2J\\x0d\\x0a\\x7f");
  // U+009B is the one-character form of ESC [.
  EXPECT_EQ(Printable("\xC2\x9B"), "\\x9b");
  EXPECT_EQ(Printable("\xC2"), "\xC2");
}

TEST(TextTest, SpellsEnumsAsW3cDoes) {
  EXPECT_EQ(EnumText(api::SIGNALING_STATE_HAVE_REMOTE_OFFER), "have-remote-offer");
  EXPECT_EQ(EnumText(api::SIGNALING_STATE_UNSPECIFIED), "-");
  EXPECT_EQ(EnumText(static_cast<api::SignalingState>(4711)), "4711");
}

TEST(TextTest, ReadsEnumsAsItSpellsThem) {
  EXPECT_EQ(ParseEnum(*api::StatsType_descriptor(), "inbound-rtp"), api::STATS_TYPE_INBOUND_RTP);
  EXPECT_EQ(ParseEnum(*api::StatsType_descriptor(), "-"), std::nullopt);
  EXPECT_EQ(ParseEnum(*api::StatsType_descriptor(), "INBOUND_RTP"), std::nullopt);
}

TEST(TextTest, ListsWhatAnEnumCanBe) {
  const auto texts = EnumTexts(*api::SdpType_descriptor());
  EXPECT_EQ(texts.front(), "offer");
  EXPECT_EQ(texts.size(), static_cast<size_t>(api::SdpType_descriptor()->value_count()) - 1);
}

TEST(TextTest, TellsUtf8FromOtherBytes) {
  for (const char* text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8E\xA5",
                           "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF", "a\xC2\x80z"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(std::string_view("\0", 1)));
  for (const char* text :
       {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE2\x82", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xC3z"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

TEST(TextTest, ShowsADashForNothing) {
  EXPECT_EQ(OrDash(""), "-");
  EXPECT_EQ(OrDash("a\n"), "a\\x0a");
}

TEST(TextTest, WritesTimesInUtcWithMilliseconds) {
  EXPECT_EQ(TimeText(At(1769860800, 123456789)), "2026-01-31T12:00:00.123Z");
}

TEST(TextTest, WritesAgesInTheUnitThatFits) {
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1000000));
  EXPECT_EQ(AgeText(At(1000000), now), "0s");
  EXPECT_EQ(AgeText(At(1000000 - 119), now), "119s");
  EXPECT_EQ(AgeText(At(1000000 - 120), now), "2m");
  EXPECT_EQ(AgeText(At(1000000 - 7200), now), "2h");
  EXPECT_EQ(AgeText(At(1000000 - 48 * 3600), now), "2d");
  EXPECT_EQ(AgeText(At(1000005), now), "0s") << "the service's clock may be ahead";
}

TEST(TextTest, WritesLabelsByKey) {
  Labels labels;
  EXPECT_EQ(LabelsText(labels), "-");
  labels["user"] = "7";
  labels["app"] = "demo\n";
  EXPECT_EQ(LabelsText(labels), "app=demo\\x0a,user=7");
}

TEST(TextTest, ReadsLabels) {
  Labels labels;
  EXPECT_EQ(ParseLabels({"a=b", "c=", "d=e=f"}, &labels), "");
  EXPECT_EQ(labels.size(), 3u);
  EXPECT_EQ(labels["c"], "");
  EXPECT_EQ(labels["d"], "e=f");
}

TEST(TextTest, RefusesLabelsWithoutKeyOrGivenTwice) {
  for (const char* pair : {"", "a", "=b"}) {
    Labels labels;
    EXPECT_NE(ParseLabels({pair}, &labels), "") << pair;
  }
  Labels labels;
  EXPECT_EQ(ParseLabels({"a=b", "a=c"}, &labels), "--label names 'a' twice");
}

}  // namespace
}  // namespace pcd::pcctl

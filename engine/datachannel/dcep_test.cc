#include "engine/datachannel/dcep.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pcd::datachannel {
namespace {

DcepOpen ParseOpen(const std::vector<uint8_t>& bytes) {
  const auto message = ParseDcep(bytes);
  EXPECT_TRUE(message && std::holds_alternative<DcepOpen>(*message));
  return message ? std::get<DcepOpen>(*message) : DcepOpen{};
}

TEST(Dcep, ReadsTheOpenOfABrowser) {
  // Chromium: createDataChannel("chat", {ordered: false, maxRetransmits: 3, protocol: "p"}).
  const std::vector<uint8_t> bytes = {0x03, 0x81, 0x01, 0x00, 0,   0,   0,   3,  0,
                                      4,    0,    1,    'c',  'h', 'a', 't', 'p'};
  const DcepOpen open = ParseOpen(bytes);
  EXPECT_EQ(open.init.label, "chat");
  EXPECT_EQ(open.init.protocol, "p");
  EXPECT_FALSE(open.init.ordered);
  EXPECT_EQ(open.init.max_retransmits, 3);
  EXPECT_EQ(open.init.max_packet_life_time, std::nullopt);
  EXPECT_FALSE(open.init.negotiated);
  EXPECT_EQ(open.init.id, std::nullopt);
  EXPECT_EQ(open.init.priority, DataChannelPriority::kLow);
  EXPECT_EQ(WriteDcepOpen(open.init), bytes);
}

TEST(Dcep, EveryReliabilitySurvivesTheWayThere) {
  for (const bool ordered : {true, false}) {
    for (const DataChannelInit& init :
         {DataChannelInit{.label = "l", .ordered = ordered},
          DataChannelInit{.ordered = ordered, .max_packet_life_time = 0, .protocol = "p"},
          DataChannelInit{.ordered = ordered, .max_packet_life_time = 65535},
          DataChannelInit{.ordered = ordered, .max_retransmits = 0},
          DataChannelInit{
              .label = std::string(256, 'x'), .ordered = ordered, .max_retransmits = 65535}}) {
      EXPECT_EQ(ParseOpen(WriteDcepOpen(init)).init, init);
    }
  }
}

TEST(Dcep, EveryPrioritySurvivesTheWayThere) {
  using enum DataChannelPriority;
  for (const DataChannelPriority priority : {kVeryLow, kLow, kMedium, kHigh}) {
    EXPECT_EQ(ParseOpen(WriteDcepOpen({.priority = priority})).init.priority, priority);
  }
}

TEST(Dcep, APriorityBetweenTwoNamesHasTheOneAbove) {
  using enum DataChannelPriority;
  const auto read = [](uint16_t wire) {
    return ParseOpen({0x03, 0, static_cast<uint8_t>(wire >> 8), static_cast<uint8_t>(wire), 0, 0, 0,
                      0, 0, 0, 0, 0})
        .init.priority;
  };
  EXPECT_EQ(read(0), kVeryLow);
  EXPECT_EQ(read(129), kLow);
  EXPECT_EQ(read(257), kMedium);
  EXPECT_EQ(read(513), kHigh);
  EXPECT_EQ(read(0xffff), kHigh);
}

TEST(Dcep, ReadsAndWritesTheAck) {
  EXPECT_EQ(WriteDcepAck(), std::vector<uint8_t>{0x02});
  const auto message = ParseDcep(WriteDcepAck());
  ASSERT_TRUE(message);
  EXPECT_TRUE(std::holds_alternative<DcepAck>(*message));
}

TEST(Dcep, AReliabilityAboveTheApisRangeIsItsLargest) {
  const auto open = ParseOpen({0x03, 0x02, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0});
  EXPECT_EQ(open.init.max_packet_life_time, 65535);
}

TEST(Dcep, TheReliabilityOfAReliableChannelIsIgnored) {
  const auto open = ParseOpen({0x03, 0x00, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0});
  EXPECT_EQ(open.init.max_retransmits, std::nullopt);
  EXPECT_EQ(open.init.max_packet_life_time, std::nullopt);
}

TEST(Dcep, ALabelThatIsNotUtf8BecomesOne) {
  EXPECT_EQ(ParseOpen({0x03, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 'a', 0xff}).init.label,
            "a\xEF\xBF\xBD");
}

TEST(Dcep, RefusesWhatIsNotOne) {
  const std::vector<uint8_t> open = WriteDcepOpen({.label = "label", .protocol = "protocol"});
  for (size_t size = 0; size < open.size(); ++size) {
    EXPECT_FALSE(ParseDcep(ByteSpan(open).first(size))) << size;
  }
  std::vector<uint8_t> longer = open;
  longer.push_back(0);
  EXPECT_FALSE(ParseDcep(longer));
  EXPECT_FALSE(ParseDcep(std::vector<uint8_t>{0x02, 0x00}));
  EXPECT_FALSE(ParseDcep(std::vector<uint8_t>{0x01}));
  for (const uint8_t type : {0x03, 0x04, 0x7f, 0x83, 0xff}) {
    std::vector<uint8_t> unknown = open;
    unknown[1] = type;
    EXPECT_FALSE(ParseDcep(unknown)) << int{type};
  }
}

}  // namespace
}  // namespace pcd::datachannel

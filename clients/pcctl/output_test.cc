#include <gtest/gtest.h>

#include <sstream>

#include "clients/pcctl/json.h"
#include "clients/pcctl/table.h"
#include "peerconnection/v1/peer_connection.pb.h"

namespace pcd::pcctl {
namespace {

TEST(TableTest, AlignsColumnsAndLeavesNoSpaceAtLineEnds) {
  Table table;
  table.AddRow({"ID", "STATE", "LABELS"});
  table.AddRow({"abcdef", "new", ""});
  table.AddRow({"\xC3\xA9", "connected", "a=b"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "ID      STATE      LABELS\n"
            "abcdef  new\n"
            "\xC3\xA9       connected  a=b\n");
}

TEST(TableTest, CountsCodePoints) {
  EXPECT_EQ(DisplayWidth("a\xC3\xA9\xE2\x82\xAC"), 3u);
  EXPECT_EQ(Pad("\xC3\xA9", 3), "\xC3\xA9  ");
  EXPECT_EQ(Pad("abcd", 3), "abcd");
}

TEST(JsonTest, KeepsNamesAndOrderOfProtobuf) {
  ::peerconnection::v1::PeerConnection connection;
  connection.set_peer_connection_id("abc");
  connection.set_revision(7);
  connection.set_connection_state(::peerconnection::v1::PEER_CONNECTION_STATE_NEW);
  std::ostringstream out;
  PrintJsonLine(ToJson(connection), out);
  EXPECT_EQ(out.str(),
            "{\"peerConnectionId\":\"abc\",\"revision\":\"7\","
            "\"connectionState\":\"PEER_CONNECTION_STATE_NEW\"}\n");
}

TEST(JsonTest, ListsAreThereWhenEmpty) {
  std::ostringstream out;
  PrintJson(ToJsonList("items", std::vector<::peerconnection::v1::PeerConnection>()), out);
  EXPECT_EQ(out.str(), "{\n  \"items\": []\n}\n");
}

}  // namespace
}  // namespace pcd::pcctl

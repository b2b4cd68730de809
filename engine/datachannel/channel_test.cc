#include "engine/datachannel/channel.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/datachannel/channel_state.h"
#include "engine/datachannel/channel_table.h"
#include "engine/datachannel/stream_ids.h"

namespace pcd::datachannel {
namespace {

TEST(ChannelState, FollowsTheTable) {
  using S = DataChannelState;
  using I = ChannelInput;
  const struct {
    S state;
    I input;
    S next;
  } rows[] = {
      {S::kConnecting, I::kTransportUp, S::kOpen},
      {S::kConnecting, I::kLocalClose, S::kClosing},
      {S::kConnecting, I::kIncomingReset, S::kClosing},
      {S::kConnecting, I::kBothReset, S::kClosed},
      {S::kConnecting, I::kTransportLost, S::kClosed},
      {S::kOpen, I::kTransportUp, S::kOpen},
      {S::kOpen, I::kLocalClose, S::kClosing},
      {S::kOpen, I::kIncomingReset, S::kClosing},
      {S::kOpen, I::kBothReset, S::kClosed},
      {S::kOpen, I::kTransportLost, S::kClosed},
      {S::kClosing, I::kTransportUp, S::kClosing},
      {S::kClosing, I::kLocalClose, S::kClosing},
      {S::kClosing, I::kIncomingReset, S::kClosing},
      {S::kClosing, I::kBothReset, S::kClosed},
      {S::kClosing, I::kTransportLost, S::kClosed},
      {S::kClosed, I::kTransportUp, S::kClosed},
      {S::kClosed, I::kLocalClose, S::kClosed},
      {S::kClosed, I::kIncomingReset, S::kClosed},
      {S::kClosed, I::kBothReset, S::kClosed},
      {S::kClosed, I::kTransportLost, S::kClosed},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(NextState(row.state, row.input), row.next)
        << ToString(row.state) << " " << static_cast<int>(row.input);
  }
}

TEST(StreamIds, TheClientsAreEvenAndTheServersOdd) {
  StreamIds ids;
  EXPECT_EQ(ids.Allocate(DtlsRole::kAuto, 1024), std::nullopt);
  EXPECT_EQ(ids.Allocate(DtlsRole::kClient, 1024), 0);
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 1024), StreamIds::kFirstServerId);
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 1024), StreamIds::kFirstServerId + 2);
  EXPECT_EQ(ids.Allocate(DtlsRole::kClient, 1024), 2);
  EXPECT_TRUE(ids.Take(4));
  EXPECT_FALSE(ids.Take(4));
  EXPECT_EQ(ids.Allocate(DtlsRole::kClient, 1024), 6);
  ids.Release(0);
  EXPECT_EQ(ids.Allocate(DtlsRole::kClient, 1024), 0);
}

TEST(StreamIds, APreferredIdIsTakenIfItIsFreeAndOneOfOurs) {
  StreamIds ids;
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kAuto, 1024, 4), std::nullopt);
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kClient, 1024, 4), 4);
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kClient, 1024, 4), 0);     // Taken.
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kClient, 1024, 7), 2);     // The server's.
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kClient, 1024, 1024), 6);  // Too high.
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kServer, 1024, 3), 3);
  EXPECT_EQ(ids.AllocatePreferred(DtlsRole::kServer, 1024, std::nullopt),
            StreamIds::kFirstServerId);
}

TEST(StreamIds, EndAtTheLimitAndNeverReach65535) {
  StreamIds ids;
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 2), 1);
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 2), std::nullopt);
  for (uint16_t id = 5; id < 65533; id += 2) ids.Take(id);
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 1'000'000), 65533);
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 1'000'000), 3);
  EXPECT_EQ(ids.Allocate(DtlsRole::kServer, 1'000'000), std::nullopt);
  EXPECT_TRUE(ids.Take(65534));
}

TEST(ChannelTable, FindsByEachKeyUntilRemoved) {
  ChannelTable table;
  Channel& a = table.Add("a");
  Channel& b = table.Add("b");
  b.info.init.id = 7;
  table.BindStream(b);
  EXPECT_EQ(table.Find("a"), &a);
  EXPECT_EQ(table.Find("c"), nullptr);
  EXPECT_EQ(table.FindByStream(7), &b);
  EXPECT_EQ(table.FindByNumber(b.number), &b);
  EXPECT_EQ(table.All(), (std::vector<Channel*>{&a, &b}));
  const uint64_t number = b.number;
  table.Remove(b);
  EXPECT_EQ(table.FindByStream(7), nullptr);
  EXPECT_EQ(table.FindByNumber(number), nullptr);
  EXPECT_GT(table.Add("b").number, number);
  EXPECT_EQ(table.size(), 2u);
}

TEST(ChannelTable, AStreamGivenToAnotherChannelStaysWithIt) {
  ChannelTable table;
  Channel& old = table.Add("old");
  old.info.init.id = 3;
  table.BindStream(old);
  table.UnbindStream(old);
  Channel& next = table.Add("next");
  next.info.init.id = 3;
  table.BindStream(next);
  table.Remove(old);
  EXPECT_EQ(table.FindByStream(3), &next);
}

}  // namespace
}  // namespace pcd::datachannel

#include "engine/peerconnection/transport_slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pcd::peerconnection {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class MediaLog : public TransportMedia {
 public:
  void OnRtp(size_t transport_index, std::span<PacketPtr> packets) override {
    rtp.emplace_back(transport_index, packets.size());
  }
  void OnRtcp(size_t transport_index, std::span<PacketPtr> packets) override {
    rtcp.emplace_back(transport_index, packets.size());
  }
  std::vector<std::pair<size_t, size_t>> rtp, rtcp;
};

class TransportSlotsTest : public ::testing::Test {
 protected:
  TransportSlot& Add(size_t index) {
    return *slots_.Add(std::make_unique<TransportSlot>(media_, index));
  }
  std::vector<size_t> Indices() const {
    std::vector<size_t> indices;
    for (const auto& slot : slots_) indices.push_back(slot->index);
    return indices;
  }

  MediaLog media_;
  TransportSlots slots_;
};

TEST_F(TransportSlotsTest, AreFoundByIndexHoweverTheyCame) {
  TransportSlot& third = Add(3);
  TransportSlot& first = Add(0);
  Add(1);
  EXPECT_THAT(Indices(), ElementsAre(0, 1, 3));
  EXPECT_EQ(slots_.Find(3), &third);
  EXPECT_EQ(slots_.Find(0), &first);
  EXPECT_EQ(slots_.Find(2), nullptr);
  EXPECT_EQ(slots_.Find(1000), nullptr);
  slots_.Remove(0);
  EXPECT_EQ(slots_.Find(0), nullptr);
  EXPECT_EQ(slots_.Find(3), &third) << "the others keep their place";
  slots_.Remove(0);
  slots_.Remove(2);
  slots_.Remove(1000);
  EXPECT_THAT(Indices(), ElementsAre(1, 3));
  slots_.Clear();
  EXPECT_TRUE(slots_.empty());
  EXPECT_EQ(slots_.Find(3), nullptr);
}

TEST_F(TransportSlotsTest, HaveAnIdFromTheirDescriptionOnThatNoOtherEverHas) {
  TransportSlot& first = Add(0);
  TransportSlot& second = Add(1);
  EXPECT_FALSE(first.described());
  EXPECT_EQ(slots_.First(), nullptr);
  EXPECT_EQ(slots_.FindById(""), nullptr);
  slots_.Describe(second, {"b"});
  EXPECT_EQ(second.id, "T0");
  EXPECT_EQ(slots_.First(), &second);
  slots_.Describe(first, {"a"});
  slots_.Describe(first, {"a", "c"});
  EXPECT_EQ(first.id, "T1");
  EXPECT_EQ(slots_.First(), &first);
  EXPECT_EQ(slots_.FindById("T0"), &second);
  slots_.Remove(1);
  EXPECT_EQ(slots_.FindById("T0"), nullptr);
  TransportSlot& again = Add(1);
  slots_.Describe(again, {"d"});
  EXPECT_EQ(again.id, "T2");
  slots_.Clear();
  TransportSlot& anew = Add(0);
  slots_.Describe(anew, {"a"});
  EXPECT_EQ(anew.id, "T3");
}

TEST_F(TransportSlotsTest, ASectionIsOnOneTransport) {
  TransportSlot& first = Add(0);
  TransportSlot& second = Add(1);
  slots_.Describe(first, {"a"});
  slots_.Describe(second, {"b", "c"});
  EXPECT_EQ(slots_.FindByMid("c"), &second);
  slots_.Describe(first, {"a", "b"});
  EXPECT_EQ(slots_.FindByMid("b"), &first);
  EXPECT_THAT(second.mids, ElementsAre("c"));
  EXPECT_EQ(slots_.FindByMid("d"), nullptr);
  slots_.Describe(first, {});
  EXPECT_THAT(first.mids, IsEmpty());
}

TEST_F(TransportSlotsTest, SayWhichTransportMediaCameOn) {
  TransportSlot& first = Add(0);
  TransportSlot& second = Add(4);
  std::vector<PacketPtr> packets(2);
  second.OnRtp(packets);
  first.OnRtcp({packets.data(), 1});
  EXPECT_THAT(media_.rtp, ElementsAre(Pair(4, 2)));
  EXPECT_THAT(media_.rtcp, ElementsAre(Pair(0, 1)));
}

}  // namespace
}  // namespace pcd::peerconnection

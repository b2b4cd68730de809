#include "engine/ice/tcp/tcp_admission.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

constexpr auto kFrame = TcpAdmission::kFirstFrameWithin;
constexpr auto kProof = TcpAdmission::kProofWithin;

// 10.0.x.y, or of IPv6 x::y.
IpAddress V4(size_t number) {
  return IpAddress::V4({10, 0, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)});
}
IpAddress V6(uint8_t network, uint8_t host) {
  std::array<uint8_t, 16> bytes{0x20, 1, 0x0d, 0xb8};
  bytes[7] = network;
  bytes[15] = host;
  return IpAddress::V6(bytes);
}

class TcpAdmissionTest : public ::testing::Test {
 protected:
  std::optional<uint32_t> Accept(uint32_t id, const IpAddress& from) {
    return admission_.HandleAccepted(id, from, now_);
  }
  std::vector<uint32_t> Expired() {
    std::vector<uint32_t> expired;
    while (const auto id = admission_.PollExpired(now_)) expired.push_back(*id);
    return expired;
  }

  TcpAdmission admission_;
  Timestamp now_ = Timestamp(1000s);
};

TEST_F(TcpAdmissionTest, ASilentConnectionHasFiveSeconds) {
  EXPECT_EQ(admission_.NextDeadline(), kNever);
  const Timestamp begin = now_;
  EXPECT_EQ(Accept(1, V4(1)), std::nullopt);
  now_ += 1s;
  EXPECT_EQ(Accept(2, V4(1)), std::nullopt);
  EXPECT_EQ(admission_.NextDeadline(), begin + kFrame);
  now_ = begin + kFrame - 1us;
  EXPECT_TRUE(Expired().empty());
  now_ = begin + kFrame;
  EXPECT_EQ(Expired(), std::vector<uint32_t>{1});
  EXPECT_EQ(admission_.NextDeadline(), begin + 1s + kFrame);
  now_ = begin + 1s + kFrame;
  EXPECT_EQ(Expired(), std::vector<uint32_t>{2});
  EXPECT_EQ(admission_.unproven(), 0u);
  EXPECT_EQ(admission_.NextDeadline(), kNever);
}

TEST_F(TcpAdmissionTest, AFirstFrameGivesTimeForAProofAndFurtherOnesDoNot) {
  Accept(1, V4(1));
  Accept(2, V4(1));
  now_ += 2s;
  admission_.HandleFrame(1, now_);
  const Timestamp end = now_ + kProof;
  now_ += 1s;
  admission_.HandleFrame(1, now_);
  now_ += 2s;
  EXPECT_EQ(Expired(), std::vector<uint32_t>{2});
  EXPECT_EQ(admission_.NextDeadline(), end);
  now_ = end;
  EXPECT_EQ(Expired(), std::vector<uint32_t>{1});
}

TEST_F(TcpAdmissionTest, WhoProvedSomethingStays) {
  Accept(1, V4(1));
  admission_.HandleFrame(1, now_);
  EXPECT_TRUE(admission_.HandleProof(1));
  EXPECT_EQ(admission_.unproven(), 0u);
  EXPECT_EQ(admission_.proven(), 1u);
  EXPECT_EQ(admission_.NextDeadline(), kNever);
  now_ += 1h;
  EXPECT_TRUE(Expired().empty());
  admission_.HandleFrame(1, now_);
  EXPECT_TRUE(admission_.HandleProof(1));
  EXPECT_EQ(admission_.proven(), 1u);
  admission_.HandleClosed(1);
  EXPECT_EQ(admission_.proven(), 0u);
  // It is not known any more.
  EXPECT_FALSE(admission_.HandleProof(1));
  admission_.HandleClosed(1);
}

TEST_F(TcpAdmissionTest, OfOneAddressTheOldestMakesRoom) {
  uint32_t id = 1;
  for (; id <= TcpAdmission::kMaxUnprovenFromOne; ++id) EXPECT_EQ(Accept(id, V4(1)), std::nullopt);
  // Another address is not concerned.
  EXPECT_EQ(Accept(1000, V4(2)), std::nullopt);
  EXPECT_EQ(Accept(id++, V4(1)), 1u);
  // Who has sent something is kept for longer.
  admission_.HandleFrame(2, now_);
  EXPECT_EQ(Accept(id++, V4(1)), 3u);
  EXPECT_EQ(admission_.unproven(), TcpAdmission::kMaxUnprovenFromOne + 1);
  // Who is gone, or has proved itself, needs no room.
  admission_.HandleClosed(4);
  EXPECT_EQ(Accept(id++, V4(1)), std::nullopt);
  EXPECT_TRUE(admission_.HandleProof(5));
  EXPECT_EQ(Accept(id++, V4(1)), std::nullopt);
  EXPECT_EQ(Accept(id++, V4(1)), 6u);
}

TEST_F(TcpAdmissionTest, WhereAllHaveSentSomethingTheOldestOfThemMakesRoom) {
  for (uint32_t id = 1; id <= TcpAdmission::kMaxUnprovenFromOne; ++id) {
    Accept(id, V4(1));
    admission_.HandleFrame(id, now_);
  }
  EXPECT_EQ(Accept(1000, V4(1)), 1u);
  for (uint32_t id = 2000; admission_.unproven() < TcpAdmission::kMaxUnproven; ++id) {
    Accept(id, V4(id));
    admission_.HandleFrame(id, now_);
  }
  EXPECT_EQ(Accept(3000, V4(3000)), 1000u);  // The only silent one.
  admission_.HandleFrame(3000, now_);
  EXPECT_EQ(Accept(3001, V4(3001)), 2u);
}

TEST_F(TcpAdmissionTest, AnIpv6NetworkCountsAsOneAddress) {
  uint32_t id = 1;
  for (; id <= TcpAdmission::kMaxUnprovenFromOne; ++id) {
    EXPECT_EQ(Accept(id, V6(1, static_cast<uint8_t>(id))), std::nullopt);
  }
  EXPECT_EQ(Accept(id++, V6(2, 1)), std::nullopt);
  EXPECT_EQ(Accept(id++, V6(1, 200)), 1u);
}

TEST_F(TcpAdmissionTest, AFloodFromManyAddressesIsKeptToTheCapAndAFastPeerGetsThrough) {
  uint32_t id = 1;
  size_t closed = 0;
  for (; id <= 10'000; ++id) closed += Accept(id, V4(id)).has_value() ? 1 : 0;
  EXPECT_EQ(admission_.unproven(), TcpAdmission::kMaxUnproven);
  EXPECT_EQ(closed, 10'000 - TcpAdmission::kMaxUnproven);
  const uint32_t peer = id++;
  Accept(peer, V4(50'000));
  for (size_t i = 1; i < TcpAdmission::kMaxUnproven; ++i, ++id) Accept(id, V4(id));
  EXPECT_TRUE(admission_.HandleProof(peer));
  EXPECT_EQ(admission_.unproven(), TcpAdmission::kMaxUnproven - 1);
}

TEST_F(TcpAdmissionTest, TheProvenAreLimitedToo) {
  for (uint32_t id = 1; id <= TcpAdmission::kMaxProven; ++id) {
    Accept(id, V4(id));
    EXPECT_TRUE(admission_.HandleProof(id));
  }
  Accept(10'000, V4(1));
  EXPECT_FALSE(admission_.HandleProof(10'000));
  admission_.HandleClosed(7);
  EXPECT_TRUE(admission_.HandleProof(10'000));
}

}  // namespace
}  // namespace pcd::ice

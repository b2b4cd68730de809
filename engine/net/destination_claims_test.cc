#include "engine/net/destination_claims.h"

#include <gtest/gtest.h>

#include <utility>

namespace pcd::net {
namespace {

SocketAddress At(uint16_t port) { return {*IpAddress::Parse("127.0.0.1"), port}; }

// Owners are told apart by address only.
const int kFirst = 1;
const int kSecond = 2;

TEST(DestinationClaimsTest, WhatOneOwnerHoldsNoOtherGets) {
  DestinationClaims claims;
  const auto first = claims.Claim(&kFirst, {At(5004), At(5005)});
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(claims.Claim(&kSecond, {At(5005), At(5006)}).has_value());
  EXPECT_TRUE(claims.Claim(&kSecond, {At(5006)}).has_value());
}

TEST(DestinationClaimsTest, ARefusedClaimHoldsNothing) {
  DestinationClaims claims;
  const auto first = claims.Claim(&kFirst, {At(5004)});
  EXPECT_FALSE(claims.Claim(&kSecond, {At(5006), At(5004)}).has_value());
  EXPECT_EQ(claims.size(), 1u);
}

TEST(DestinationClaimsTest, TheEndOfAClaimFreesItsAddresses) {
  DestinationClaims claims;
  auto first = claims.Claim(&kFirst, {At(5004)});
  first->Release();
  EXPECT_EQ(claims.size(), 0u);
  {
    const auto second = claims.Claim(&kSecond, {At(5004)});
  }
  EXPECT_EQ(claims.size(), 0u);
}

TEST(DestinationClaimsTest, AnOwnerMayMoveOneAddressAndKeepTheOther) {
  DestinationClaims claims;
  auto before = claims.Claim(&kFirst, {At(5004), At(5005)});
  auto after = claims.Claim(&kFirst, {At(5004), At(5007)});
  ASSERT_TRUE(after.has_value());
  *before = std::move(*after);
  EXPECT_TRUE(claims.Claim(&kSecond, {At(5005)}).has_value());
  EXPECT_FALSE(claims.Claim(&kSecond, {At(5004)}).has_value());
}

TEST(DestinationClaimsTest, OneAddressTwiceIsOneClaim) {
  DestinationClaims claims;
  auto muxed = claims.Claim(&kFirst, {At(5004), At(5004)});
  muxed->Release();
  EXPECT_EQ(claims.size(), 0u);
}

}  // namespace
}  // namespace pcd::net

#include "engine/ice/consent/consent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/ice/stun_message.h"
#include "engine/ice/stun_writer.h"

namespace pcd::ice {
namespace {

const std::string kPassword = "peers-password-22-chars";

std::vector<uint8_t> Answer(uint8_t transaction, const std::string& password = kPassword,
                            stun::Class message_class = stun::Class::kSuccess) {
  std::vector<uint8_t> bytes(200);
  stun::Writer writer(bytes, message_class, std::vector<uint8_t>(12, transaction));
  writer.AddXorMappedAddress({IpAddress::V4({192, 0, 2, 1}), 1000});
  if (!password.empty()) writer.AddIntegrity(password);
  writer.AddFingerprint();
  bytes.resize(writer.size());
  return bytes;
}

std::vector<uint8_t> InChannel(const std::vector<uint8_t>& data, uint16_t number = 0x4001) {
  std::vector<uint8_t> bytes(4 + data.size());
  StoreU16(bytes.data(), number);
  StoreU16(bytes.data() + 2, static_cast<uint16_t>(data.size()));
  std::ranges::copy(data, bytes.begin() + 4);
  return bytes;
}

std::vector<uint8_t> InIndication(const std::vector<uint8_t>& data) {
  std::vector<uint8_t> bytes(400);
  constexpr uint16_t kDataMethod = 7, kXorPeerAddress = 0x12, kData = 0x13;
  stun::Writer writer(bytes, stun::Class::kIndication, std::vector<uint8_t>(12, 9), kDataMethod);
  writer.AddXorAddress(kXorPeerAddress, {IpAddress::V4({192, 0, 2, 7}), 7});
  writer.Add(kData, data);
  bytes.resize(writer.size());
  return bytes;
}

std::vector<uint8_t> Copy(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

TEST(ConsentTest, AnAnswerWithThePeersPasswordRenewsIt) {
  Consent consent;
  EXPECT_FALSE(consent.OnMessage(Answer(1)));  // The password is not known yet.
  consent.SetPassword(kPassword);
  EXPECT_TRUE(consent.OnMessage(Answer(1)));
  EXPECT_TRUE(consent.OnMessage(Answer(2)));
}

TEST(ConsentTest, NothingElseDoes) {
  Consent consent;
  consent.SetPassword(kPassword);
  EXPECT_FALSE(consent.OnMessage({}));
  EXPECT_FALSE(consent.OnMessage(Answer(1, "another-password-22-cha")));
  EXPECT_FALSE(consent.OnMessage(Answer(1, "")));
  EXPECT_FALSE(consent.OnMessage(Answer(1, kPassword, stun::Class::kRequest)));
  EXPECT_FALSE(consent.OnMessage(Answer(1, kPassword, stun::Class::kIndication)));
  EXPECT_FALSE(consent.OnMessage(Answer(1, kPassword, stun::Class::kError)));
  std::vector<uint8_t> cut = Answer(1);
  cut.resize(cut.size() - 1);
  EXPECT_FALSE(consent.OnMessage(cut));
  EXPECT_FALSE(consent.OnMessage(std::vector<uint8_t>{0x01, 0x01, 0, 0}));
}

TEST(ConsentTest, ACopyOfARecentAnswerDoesNot) {
  Consent consent;
  consent.SetPassword(kPassword);
  for (uint8_t i = 1; i <= Consent::kRemembered; ++i) EXPECT_TRUE(consent.OnMessage(Answer(i)));
  for (uint8_t i = 1; i <= Consent::kRemembered; ++i) EXPECT_FALSE(consent.OnMessage(Answer(i)));
}

TEST(ConsentTest, ARelaysFramingIsTakenOff) {
  const std::vector<uint8_t> answer = Answer(1);
  EXPECT_EQ(Copy(RelayedData(InChannel(answer))), answer);
  EXPECT_EQ(Copy(RelayedData(InChannel(answer, 0x4FFF))), answer);
  EXPECT_EQ(Copy(RelayedData(InIndication(answer))), answer);
  EXPECT_EQ(Copy(RelayedData(InIndication({1, 2, 3}))), (std::vector<uint8_t>{1, 2, 3}));
}

TEST(ConsentTest, WhatBringsNothingFromAPeerIsEmpty) {
  EXPECT_TRUE(RelayedData({}).empty());
  EXPECT_TRUE(RelayedData(Answer(1)).empty());
  EXPECT_TRUE(RelayedData(InChannel(Answer(1), 0x5000)).empty());
  std::vector<uint8_t> cut = InChannel(Answer(1));
  cut.pop_back();
  EXPECT_TRUE(RelayedData(cut).empty());
  std::vector<uint8_t> indication = InIndication(Answer(1));
  indication.resize(60);
  EXPECT_TRUE(RelayedData(indication).empty());
  indication.resize(20);
  EXPECT_TRUE(RelayedData(indication).empty());
}

}  // namespace
}  // namespace pcd::ice

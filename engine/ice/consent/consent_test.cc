#include "engine/ice/consent/consent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
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

Consent::TransactionId Id(uint8_t transaction) {
  Consent::TransactionId id;
  id.fill(transaction);
  return id;
}

class ConsentTest : public ::testing::Test {
 protected:
  std::vector<uint8_t> Send(uint8_t transaction, Timestamp now = {}) {
    std::vector<uint8_t> bytes(Consent::kMaxCheckSize);
    bytes.resize(consent_.WriteCheck(check_, Id(transaction), now, bytes));
    return bytes;
  }
  bool Renews(const std::vector<uint8_t>& message) {
    return consent_.OnMessage(message, Timestamp{}).has_value();
  }
  ConsentCheck check_{.remote_ufrag = "peer",
                      .local_ufrag = "ours",
                      .priority = 1853882623,
                      .controlling = true,
                      .tie_breaker = 77};
  Consent consent_;
};

TEST_F(ConsentTest, ACheckIsOneThatThePeerTakes) {
  consent_.SetPassword(kPassword);
  for (const bool controlling : {true, false}) {
    check_.controlling = controlling;
    const std::vector<uint8_t> bytes = Send(3);
    const auto check = stun::Parse(bytes);
    ASSERT_TRUE(check.has_value());
    EXPECT_EQ(check->message_class, stun::Class::kRequest);
    EXPECT_EQ(check->method, stun::kBinding);
    EXPECT_EQ(check->username, "peer:ours");
    EXPECT_EQ(check->priority, 1853882623u);
    EXPECT_EQ(check->controlling, controlling ? std::optional<uint64_t>(77) : std::nullopt);
    EXPECT_EQ(check->controlled, controlling ? std::nullopt : std::optional<uint64_t>(77));
    EXPECT_FALSE(check->use_candidate);
    EXPECT_TRUE(check->has_fingerprint);
    EXPECT_TRUE(check->VerifyIntegrity(kPassword));
  }
}

TEST_F(ConsentTest, TheLongestUserNameFits) {
  consent_.SetPassword(kPassword);
  const std::string longest(256, 'u');
  check_.remote_ufrag = check_.local_ufrag = longest;
  EXPECT_FALSE(Send(1).empty());
  std::vector<uint8_t> small(100);
  EXPECT_EQ(consent_.WriteCheck(check_, Id(2), Timestamp{}, small), 0u);
  EXPECT_FALSE(Renews(Answer(2))) << "it was not sent";
}

TEST_F(ConsentTest, AnAnswerRenewsItAndTellsTheRoundTrip) {
  consent_.SetPassword(kPassword);
  const Timestamp now{std::chrono::seconds(5)};
  Send(1, now);
  Send(2, now + std::chrono::seconds(4));
  using std::chrono::milliseconds;
  EXPECT_EQ(consent_.OnMessage(Answer(2), now + milliseconds(4030)), milliseconds(30));
  EXPECT_EQ(consent_.OnMessage(Answer(1), now + milliseconds(4040)), milliseconds(4040));
}

TEST_F(ConsentTest, NothingElseDoes) {
  EXPECT_FALSE(Renews(Answer(1, "")));  // The password is not known yet.
  consent_.SetPassword(kPassword);
  EXPECT_FALSE(Renews(Answer(1))) << "nothing was asked";
  Send(1);
  EXPECT_FALSE(Renews({}));
  EXPECT_FALSE(Renews(Answer(2)));
  EXPECT_FALSE(Renews(Answer(1, "another-password-22-cha")));
  EXPECT_FALSE(Renews(Answer(1, "")));
  EXPECT_FALSE(Renews(Answer(1, kPassword, stun::Class::kRequest)));
  EXPECT_FALSE(Renews(Answer(1, kPassword, stun::Class::kIndication)));
  EXPECT_FALSE(Renews(Answer(1, kPassword, stun::Class::kError)));
  std::vector<uint8_t> cut = Answer(1);
  cut.resize(cut.size() - 1);
  EXPECT_FALSE(Renews(cut));
  EXPECT_FALSE(Renews({0x01, 0x01, 0, 0}));
  EXPECT_TRUE(Renews(Answer(1))) << "none of them took its place";
}

TEST_F(ConsentTest, AnAnswerCountsOnce) {
  consent_.SetPassword(kPassword);
  Send(1);
  EXPECT_TRUE(Renews(Answer(1)));
  EXPECT_FALSE(Renews(Answer(1)));
}

TEST_F(ConsentTest, AnswersToOldChecksDoNotCount) {
  consent_.SetPassword(kPassword);
  for (uint8_t i = 0; i <= Consent::kAwaited; ++i) Send(i);
  EXPECT_FALSE(Renews(Answer(0)));
  EXPECT_TRUE(Renews(Answer(1)));
  EXPECT_TRUE(Renews(Answer(Consent::kAwaited)));
  Send(20);
  consent_.Forget();
  EXPECT_FALSE(Renews(Answer(20)));
}

TEST_F(ConsentTest, ARelaysFramingIsTakenOff) {
  const std::vector<uint8_t> answer = Answer(1);
  EXPECT_EQ(Copy(RelayedData(InChannel(answer))), answer);
  EXPECT_EQ(Copy(RelayedData(InChannel(answer, 0x4FFF))), answer);
  EXPECT_EQ(Copy(RelayedData(InIndication(answer))), answer);
  EXPECT_EQ(Copy(RelayedData(InIndication({1, 2, 3}))), (std::vector<uint8_t>{1, 2, 3}));
}

TEST_F(ConsentTest, WhatBringsNothingFromAPeerIsEmpty) {
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

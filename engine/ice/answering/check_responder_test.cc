#include "engine/ice/answering/check_responder.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ice/check_testing.h"
#include "engine/ice/stun_message.h"

namespace pcd::ice {
namespace {

const IceParameters kOurs{.ufrag = "ours", .pwd = "our-password-of-22-chars"};
const IceParameters kPeers{.ufrag = "peer", .pwd = "its-password-of-22-chars"};
const SocketAddress kFrom = *SocketAddress::Parse("192.0.2.1:1000");

struct Answer {
  size_t size = 0;
  int error = 0;
  std::optional<SocketAddress> mapped{};
  bool authentic = false;  // Made with our password.
};

Answer Ask(const std::vector<uint8_t>& datagram, Answering answering) {
  std::array<uint8_t, 1500> bytes{};
  const CheckAnswer written = AnswerCheck(datagram, kFrom, kOurs, answering, bytes);
  Answer answer{.size = written.size};
  if (answer.size == 0) {
    EXPECT_FALSE(written.accepted);
    return answer;
  }
  const auto message = stun::Parse(ByteSpan(bytes).first(answer.size));
  EXPECT_TRUE(message.has_value());
  if (!message) return answer;
  EXPECT_EQ(std::string(message->transaction_id.begin(), message->transaction_id.end()),
            std::string(datagram.begin() + 8, datagram.begin() + 20));
  answer.error = message->error_code;
  answer.mapped = message->mapped_address;
  answer.authentic = message->VerifyIntegrity(kOurs.pwd);
  EXPECT_EQ(written.accepted, answer.error == 0);
  return answer;
}

CheckToMake With(void (*change)(CheckToMake&)) {
  CheckToMake check = CheckFor(kOurs, kPeers);
  change(check);
  return check;
}

TEST(CheckResponderTest, AChecksAnswerTellsWhereItCameFrom) {
  const Answer answer = Ask(MakeCheck(CheckFor(kOurs, kPeers)), Answering::kAnyRole);
  EXPECT_EQ(answer.error, 0);
  EXPECT_EQ(answer.mapped, kFrom);
  EXPECT_TRUE(answer.authentic);
}

TEST(CheckResponderTest, EachRoleWillDo) {
  const CheckToMake controlled = With([](CheckToMake& check) {
    check.controlling.reset();
    check.controlled = 1;
  });
  EXPECT_EQ(Ask(MakeCheck(controlled), Answering::kAnyRole).error, 0);
}

TEST(CheckResponderTest, WhatIsRefused) {
  const std::vector<std::pair<CheckToMake, int>> cases = {
      {With([](CheckToMake& check) { check.username.clear(); }), 400},
      {With([](CheckToMake& check) { check.password.clear(); }), 400},
      {With([](CheckToMake& check) { check.username = "ours"; }), 401},
      {With([](CheckToMake& check) { check.username = "theirs:peer"; }), 401},
      {With([](CheckToMake& check) { check.password = "another-password-of-some"; }), 401},
      {With([](CheckToMake& check) { check.unknown = {0x7001}; }), 420},
  };
  for (const auto& [check, error] : cases) {
    const std::vector<uint8_t> datagram = MakeCheck(check);
    const Answer answer = Ask(datagram, Answering::kAnyRole);
    EXPECT_EQ(answer.error, error) << check.username;
    EXPECT_LE(answer.size, datagram.size());
    EXPECT_EQ(answer.authentic, error == 420);
  }
}

TEST(CheckResponderTest, AllIsRefusedWhereThePeerShallLeave) {
  const Answer answer = Ask(MakeCheck(CheckFor(kOurs, kPeers)), Answering::kRefused);
  EXPECT_EQ(answer.error, 401);
  EXPECT_FALSE(answer.authentic);
}

TEST(CheckResponderTest, WhatIsNoCheckGetsNoAnswer) {
  std::vector<uint8_t> success = MakeCheck(CheckFor(kOurs, kPeers));
  success[0] = 0x01;
  std::vector<uint8_t> allocate = MakeCheck(With([](CheckToMake& c) { c.fingerprint = false; }));
  allocate[1] = 0x03;
  for (const auto& datagram :
       {success, allocate, std::vector<uint8_t>{}, std::vector<uint8_t>{0, 1, 0}}) {
    EXPECT_EQ(Ask(datagram, Answering::kAnyRole).size, 0u);
  }
}

}  // namespace
}  // namespace pcd::ice

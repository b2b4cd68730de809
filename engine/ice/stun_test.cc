#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ice/stun_integrity.h"
#include "engine/ice/stun_message.h"
#include "engine/ice/stun_writer.h"
#include "engine/testing/hex.h"

namespace pcd::ice::stun {
namespace {

using testing::BytesOf;
using testing::FromHex;
using testing::ToHex;

constexpr char kPassword[] = "VOkJxbRl1RmTxUk/WvJxBt";
constexpr char kTransactionId[] = "b7e7a701bc34d686fa87dfae";

// RFC 5769 section 2.1.
std::vector<uint8_t> SampleRequest() {
  return FromHex(
      "00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74"
      "00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020"
      "00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf");
}
// Section 2.2.
std::vector<uint8_t> SampleIpv4Response() {
  return FromHex(
      "0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220"
      "00200008 0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7"
      "80280004 c07d4c96");
}
// Section 2.3.
std::vector<uint8_t> SampleIpv6Response() {
  return FromHex(
      "01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220"
      "00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1"
      "1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c");
}

TEST(StunVectorTest, ReadsTheSampleRequest) {
  const auto bytes = SampleRequest();
  const auto message = Parse(bytes);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->message_class, Class::kRequest);
  EXPECT_EQ(message->method, kBinding);
  EXPECT_EQ(ToHex(message->transaction_id), ToHex(FromHex(kTransactionId)));
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(message->priority, 0x6e0001ffu);
  EXPECT_EQ(message->controlled, 0x932ff9b151263b36u);
  EXPECT_EQ(message->controlling, std::nullopt);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->has_fingerprint);
  EXPECT_EQ(message->unknown_count, 0u);
  EXPECT_TRUE(message->VerifyIntegrity(kPassword));
  EXPECT_FALSE(message->VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBu"));
}

TEST(StunVectorTest, ReadsTheSampleIpv4Response) {
  const auto bytes = SampleIpv4Response();
  const auto message = Parse(bytes);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->message_class, Class::kSuccess);
  ASSERT_TRUE(message->mapped_address.has_value());
  EXPECT_EQ(message->mapped_address->ToString(), "192.0.2.1:32853");
  EXPECT_TRUE(message->VerifyIntegrity(kPassword));
}

TEST(StunVectorTest, ReadsTheSampleIpv6Response) {
  const auto bytes = SampleIpv6Response();
  const auto message = Parse(bytes);
  ASSERT_TRUE(message.has_value());
  ASSERT_TRUE(message->mapped_address.has_value());
  EXPECT_EQ(*message->mapped_address,
            SocketAddress::Parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
  EXPECT_TRUE(message->VerifyIntegrity(kPassword));
}

// What we write for the same input is the same but for SOFTWARE, which we leave out: the vectors
// with it put in by hand, whose padding differs, have other digests.
TEST(StunVectorTest, WritesAddressesAsTheSamplesHaveThem) {
  for (const auto& [sample, address] :
       {std::pair{SampleIpv4Response(), "192.0.2.1:32853"},
        std::pair{SampleIpv6Response(), "[2001:db8:1234:5678:11:2233:4455:6677]:32853"}}) {
    std::array<uint8_t, 128> out;
    Writer writer(out, Class::kSuccess, FromHex(kTransactionId));
    writer.Add(0x8022, FromHex("746573742076656374 6f72"));
    out[20 + 4 + 11] = 0x20;  // The samples pad with a space.
    writer.AddXorMappedAddress(*SocketAddress::Parse(address));
    writer.AddIntegrity(kPassword);
    writer.AddFingerprint();
    ASSERT_EQ(writer.size(), sample.size());
    EXPECT_EQ(ToHex(ByteSpan(out).first(writer.size())), ToHex(sample));
  }
}

TEST(StunMessageTest, ReadsTheMethodThatWasWritten) {
  for (const uint16_t method : {kBinding, kAllocate, uint16_t{9}, uint16_t{0xBC}}) {
    for (const Class message_class :
         {Class::kRequest, Class::kIndication, Class::kSuccess, Class::kError}) {
      std::array<uint8_t, 64> out;
      const Writer writer(out, message_class, FromHex(kTransactionId), method);
      const auto message = Parse(ByteSpan(out).first(writer.size()));
      ASSERT_TRUE(message.has_value()) << method;
      EXPECT_EQ(message->method, method);
      EXPECT_EQ(message->message_class, message_class);
    }
  }
}

TEST(StunMessageTest, AnAddressHasTheSizeOfItsFamily) {
  const auto id = FromHex(kTransactionId);
  EXPECT_EQ(ReadXorAddress(FromHex("0001a147 e112a643"), id),
            SocketAddress::Parse("192.0.2.1:32853"));
  for (const char* broken : {"", "0001a147", "0001a147 e112a643 00000000", "0002a147 e112a643",
                             "0003a147 e112a643", "0001a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9"}) {
    EXPECT_EQ(ReadXorAddress(FromHex(broken), id), std::nullopt) << broken;
  }
}

// RFC 2202 section 3.
TEST(StunIntegrityTest, HmacMatchesItsVectors) {
  const auto hmac = [](const std::vector<uint8_t>& key, const std::vector<uint8_t>& data) {
    return ToHex(HmacSha1({reinterpret_cast<const char*>(key.data()), key.size()}, {data}));
  };
  const auto lower = [](const char* hex) { return ToHex(FromHex(hex)); };
  EXPECT_EQ(hmac(std::vector<uint8_t>(20, 0x0b), BytesOf("Hi There")),
            lower("b617318655057264e28bc0b6fb378c8ef146be00"));
  EXPECT_EQ(hmac(BytesOf("Jefe"), BytesOf("what do ya want for nothing?")),
            lower("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
  EXPECT_EQ(hmac(std::vector<uint8_t>(80, 0xaa),
                 BytesOf("Test Using Larger Than Block-Size Key - Hash Key First")),
            lower("aa4ae5e15272d00e95705637ce8a3b55ed402112"));
}

struct BrokenCase {
  const char* name;
  void (*breaks)(std::vector<uint8_t>&);
};

class StunBrokenTest : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(StunBrokenTest, IsNotRead) {
  auto bytes = SampleRequest();
  GetParam().breaks(bytes);
  EXPECT_FALSE(Parse(bytes).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, StunBrokenTest,
    ::testing::Values(
        BrokenCase{"Empty", [](std::vector<uint8_t>& b) { b.clear(); }},
        BrokenCase{"ShortHeader", [](std::vector<uint8_t>& b) { b.resize(19); }},
        BrokenCase{"CutShort", [](std::vector<uint8_t>& b) { b.resize(b.size() - 4); }},
        BrokenCase{"TrailingBytes", [](std::vector<uint8_t>& b) { b.resize(b.size() + 4); }},
        BrokenCase{"FirstBitsSet", [](std::vector<uint8_t>& b) { b[0] = 0x80; }},
        BrokenCase{"NoCookie", [](std::vector<uint8_t>& b) { b[4] ^= 1; }},
        BrokenCase{"LengthNotOfWords", [](std::vector<uint8_t>& b) { b[3] ^= 1; }},
        BrokenCase{"WrongFingerprint", [](std::vector<uint8_t>& b) { b.back() ^= 1; }},
        BrokenCase{"ChangedContent", [](std::vector<uint8_t>& b) { b[30] ^= 1; }},
        BrokenCase{"AttributeBeyondTheEnd", [](std::vector<uint8_t>& b) { b[22] = 0x7f; }},
        BrokenCase{"PriorityOfAnotherSize", [](std::vector<uint8_t>& b) { b[43] = 3; }}),
    [](const auto& info) { return info.param.name; });

std::vector<uint8_t> Write(const std::function<void(Writer&)>& fill) {
  std::vector<uint8_t> out(600);
  Writer writer(out, Class::kRequest, FromHex(kTransactionId));
  fill(writer);
  out.resize(writer.size());
  return out;
}

TEST(StunMessageTest, TheFirstOfTwoAttributesCounts) {
  const auto bytes = Write([](Writer& writer) {
    writer.Add(kPriority, FromHex("00000001"));
    writer.Add(kPriority, FromHex("00000002"));
    writer.Add(kUsername, BytesOf("first"));
    writer.Add(kUsername, BytesOf("second"));
  });
  const auto message = Parse(bytes);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->priority, 1u);
  EXPECT_EQ(message->username, "first");
}

TEST(StunMessageTest, NothingBehindTheIntegrityCounts) {
  const auto bytes = Write([](Writer& writer) {
    writer.AddIntegrity(kPassword);
    writer.Add(kUseCandidate, {});
    writer.Add(kUsername, BytesOf("forged"));
    writer.Add(0x0042, FromHex("00000000"));
    writer.AddFingerprint();
  });
  const auto message = Parse(bytes);
  ASSERT_TRUE(message.has_value());
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->username.empty());
  EXPECT_EQ(message->unknown_count, 0u);
  EXPECT_TRUE(message->VerifyIntegrity(kPassword));
}

TEST(StunMessageTest, WhatMustBeUnderstoodIsListedAndTheRestIgnored) {
  const auto bytes = Write([](Writer& writer) {
    writer.Add(0xC001, FromHex("00000000"));
    for (uint16_t type = 0x0040; type < 0x004C; ++type) writer.Add(type, {});
  });
  const auto message = Parse(bytes);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->unknown_count, 12u);
  ASSERT_EQ(message->unknown_types().size(), Message::kMaxUnknown);
  EXPECT_EQ(message->unknown_types().front(), 0x0040);
}

TEST(StunMessageTest, AFingerprintStandsLast) {
  const auto bytes = Write([](Writer& writer) {
    writer.AddFingerprint();
    writer.Add(kUseCandidate, {});
  });
  EXPECT_FALSE(Parse(bytes).has_value());
}

TEST(StunMessageTest, AWriterThatIsFullHasNoMessage) {
  std::array<uint8_t, 40> out;
  Writer writer(out, Class::kSuccess, FromHex(kTransactionId));
  writer.AddXorMappedAddress(*SocketAddress::Parse("[2001:db8::1]:1"));
  writer.AddIntegrity(kPassword);
  writer.AddFingerprint();
  EXPECT_EQ(writer.size(), 0u);
}

}  // namespace
}  // namespace pcd::ice::stun

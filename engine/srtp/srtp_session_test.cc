#include "engine/srtp/srtp_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/base/random.h"
#include "engine/srtp/srtp_testing.h"

namespace pcd::srtp {
namespace {

class SrtpSessionTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  std::unique_ptr<SrtpSession> Session(SrtpDirection direction, size_t max_ssrcs = 8) {
    return MakeSession(direction, GetParam(), max_ssrcs);
  }
  PacketPtr Protected(SrtpSession& sender, const std::vector<uint8_t>& rtp) {
    PacketPtr packet = pool_.CopyOf(rtp);
    EXPECT_EQ(sender.ProtectRtp(*packet), SrtpResult::kOk);
    return packet;
  }
  // Packets that count but change nothing, until what is silent is no longer in use.
  void LetTimePass(SrtpSession& receiver) {
    for (uint64_t i = 0; i <= SrtpSession::kInUsePackets; ++i) {
      EXPECT_NE(receiver.UnprotectRtp(*pool_.CopyOf(MakeRtp(999'999, 1))), SrtpResult::kOk);
    }
  }
  PacketPool pool_;
};

TEST_P(SrtpSessionTest, RtpRoundTripRestoresEveryByte) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound);
  for (size_t payload : {0, 1, 15, 16, 17, 100, 1100, 1400}) {
    const std::vector<uint8_t> original = MakeRtp(5, static_cast<uint16_t>(payload + 1), payload);
    PacketPtr packet = Protected(*sender, original);
    EXPECT_GT(packet->size(), original.size());
    EXPECT_FALSE(payload > 8 &&
                 std::equal(original.begin() + 12, original.end(), packet->data() + 12));
    ASSERT_EQ(receiver->UnprotectRtp(*packet), SrtpResult::kOk) << payload;
    EXPECT_TRUE(std::ranges::equal(packet->bytes(), original));
  }
}

TEST_P(SrtpSessionTest, RtcpRoundTripRestoresEveryByte) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound);
  for (int i = 0; i < 5; ++i) {
    PacketPtr packet = pool_.CopyOf(MakeRtcp(9));
    ASSERT_EQ(sender->ProtectRtcp(*packet), SrtpResult::kOk);
    ASSERT_EQ(receiver->UnprotectRtcp(*packet), SrtpResult::kOk);
    EXPECT_TRUE(std::ranges::equal(packet->bytes(), MakeRtcp(9)));
  }
}

TEST_P(SrtpSessionTest, AReplayIsRefused) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound);
  PacketPtr packet = Protected(*sender, MakeRtp(5, 1));
  PacketPtr copy = pool_.CopyOf(packet->bytes());
  EXPECT_EQ(receiver->UnprotectRtp(*packet), SrtpResult::kOk);
  EXPECT_EQ(receiver->UnprotectRtp(*copy), SrtpResult::kReplayed);

  PacketPtr rtcp = pool_.CopyOf(MakeRtcp(5));
  ASSERT_EQ(sender->ProtectRtcp(*rtcp), SrtpResult::kOk);
  PacketPtr rtcp_copy = pool_.CopyOf(rtcp->bytes());
  EXPECT_EQ(receiver->UnprotectRtcp(*rtcp), SrtpResult::kOk);
  EXPECT_EQ(receiver->UnprotectRtcp(*rtcp_copy), SrtpResult::kReplayed);
}

TEST_P(SrtpSessionTest, SendingASequenceNumberTwiceIsRefused) {
  auto sender = Session(SrtpDirection::kOutbound);
  Protected(*sender, MakeRtp(5, 1));
  PacketPtr again = pool_.CopyOf(MakeRtp(5, 1, 50));
  EXPECT_EQ(sender->ProtectRtp(*again), SrtpResult::kReplayed);
}

TEST_P(SrtpSessionTest, ReorderingWithinTheWindowIsAccepted) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound);
  std::vector<PacketPtr> packets;
  for (uint16_t i = 0; i < 1000; ++i) packets.push_back(Protected(*sender, MakeRtp(5, i)));
  EXPECT_EQ(receiver->UnprotectRtp(*packets.back()), SrtpResult::kOk);
  for (size_t i = 0; i < 999; ++i) {
    ASSERT_EQ(receiver->UnprotectRtp(*packets[i]), SrtpResult::kOk) << i;
  }
}

TEST_P(SrtpSessionTest, TheSequenceNumberWrapsWithLossAroundIt) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound);
  for (uint32_t i = 65'000; i < 65'536 * 2 + 1'000; ++i) {
    PacketPtr packet = Protected(*sender, MakeRtp(5, static_cast<uint16_t>(i), 4));
    const uint32_t low = i & 0xffff;
    if (low > 65'500 || low < 30) continue;  // Lost.
    ASSERT_EQ(receiver->UnprotectRtp(*packet), SrtpResult::kOk) << i;
  }
}

TEST_P(SrtpSessionTest, EveryFlippedBitFailsAuthentication) {
  auto sender = Session(SrtpDirection::kOutbound);
  PacketPtr good = Protected(*sender, MakeRtp(5, 1, 20));
  for (size_t byte = 0; byte < good->size(); ++byte) {
    auto receiver = Session(SrtpDirection::kInbound);
    PacketPtr bad = pool_.CopyOf(good->bytes());
    bad->data()[byte] ^= 0x01;
    EXPECT_NE(receiver->UnprotectRtp(*bad), SrtpResult::kOk) << byte;
    EXPECT_EQ(receiver->ssrc_count(), 0u) << byte;
  }
}

TEST_P(SrtpSessionTest, AnotherKeyFailsAuthentication) {
  auto sender = Session(SrtpDirection::kOutbound);
  std::vector<uint8_t> key = TestKey(GetParam());
  key[0] ^= 1;
  auto receiver =
      SrtpSession::Create(SrtpDirection::kInbound, GetParam(), key, TestSalt(GetParam()), 8)
          .value();
  PacketPtr packet = Protected(*sender, MakeRtp(5, 1));
  EXPECT_EQ(receiver->UnprotectRtp(*packet), SrtpResult::kAuthFailed);
}

TEST_P(SrtpSessionTest, ForgedPacketsMakeNoState) {
  auto receiver = Session(SrtpDirection::kInbound, 4);
  for (uint32_t ssrc = 0; ssrc < 1000; ++ssrc) {
    PacketPtr forged = pool_.CopyOf(MakeRtp(ssrc, 1));
    EXPECT_EQ(receiver->UnprotectRtp(*forged), SrtpResult::kAuthFailed);
    PacketPtr forged_rtcp = pool_.CopyOf(MakeRtcp(ssrc));
    EXPECT_NE(receiver->UnprotectRtcp(*forged_rtcp), SrtpResult::kOk);
  }
  EXPECT_EQ(receiver->ssrc_count(), 0u);
}

TEST_P(SrtpSessionTest, ANewSsrcTakesThePlaceOfTheOneSilentLongest) {
  auto sender = Session(SrtpDirection::kOutbound, 100);
  auto receiver = Session(SrtpDirection::kInbound, 3);
  std::vector<PacketPtr> replays(4);
  const auto deliver = [&](uint32_t ssrc, uint16_t sequence_number) {
    PacketPtr packet = Protected(*sender, MakeRtp(ssrc, sequence_number));
    if (ssrc < replays.size()) replays[ssrc] = pool_.CopyOf(packet->bytes());
    return receiver->UnprotectRtp(*packet);
  };
  for (uint32_t ssrc : {1, 2, 3}) ASSERT_EQ(deliver(ssrc, 1), SrtpResult::kOk);
  LetTimePass(*receiver);
  // 1 was heard from again, so that 2 is silent longest.
  ASSERT_EQ(deliver(1, 2), SrtpResult::kOk);
  EXPECT_EQ(deliver(4, 1), SrtpResult::kOk);
  EXPECT_EQ(receiver->ssrc_count(), 3u);
  // 1 and 3 kept their replay windows, and 2 takes the place of 3.
  EXPECT_EQ(receiver->UnprotectRtp(*pool_.CopyOf(replays[1]->bytes())), SrtpResult::kReplayed);
  EXPECT_EQ(receiver->UnprotectRtp(*pool_.CopyOf(replays[3]->bytes())), SrtpResult::kReplayed);
  EXPECT_EQ(deliver(2, 2), SrtpResult::kOk);
  EXPECT_EQ(receiver->UnprotectRtp(*replays[1]), SrtpResult::kReplayed);
  EXPECT_EQ(receiver->ssrc_count(), 3u);
}

TEST_P(SrtpSessionTest, SsrcsInUseAreNotPushedOutByFurtherOnes) {
  auto sender = Session(SrtpDirection::kOutbound, 100);
  auto receiver = Session(SrtpDirection::kInbound, 3);
  for (uint16_t round = 0; round < 100; ++round) {
    for (uint32_t ssrc : {1, 2, 3, 4}) {
      PacketPtr packet = Protected(*sender, MakeRtp(ssrc, round));
      EXPECT_EQ(receiver->UnprotectRtp(*packet), ssrc < 4 ? SrtpResult::kOk : SrtpResult::kNoRoom);
    }
  }
  receiver->RemoveSsrc(3);
  EXPECT_EQ(receiver->UnprotectRtp(*Protected(*sender, MakeRtp(4, 500))), SrtpResult::kOk);
  EXPECT_EQ(receiver->ssrc_count(), 3u);
}

TEST_P(SrtpSessionTest, WhenAllFallSilentANewSsrcIsNotLockedOut) {
  auto sender = Session(SrtpDirection::kOutbound, 100);
  auto receiver = Session(SrtpDirection::kInbound, 3);
  for (uint32_t ssrc : {1, 2, 3}) {
    ASSERT_EQ(receiver->UnprotectRtp(*Protected(*sender, MakeRtp(ssrc, 1))), SrtpResult::kOk);
  }
  uint64_t refused = 0;
  while (refused < 10'000 &&
         receiver->UnprotectRtp(*Protected(*sender, MakeRtp(4, static_cast<uint16_t>(refused)))) !=
             SrtpResult::kOk) {
    ++refused;
  }
  EXPECT_GT(refused, 0u);
  EXPECT_LE(refused, SrtpSession::kInUsePackets);
}

TEST_P(SrtpSessionTest, ALongCallMayUseAnyNumberOfSsrcsOneAfterTheOther) {
  auto sender = Session(SrtpDirection::kOutbound, 1000);
  auto receiver = Session(SrtpDirection::kInbound, 4);
  uint16_t audio_number = 0;
  for (uint32_t track = 1; track <= 100; ++track) {
    // The audio goes on all the time and must never lose its state.
    for (int i = 0; i < 400; ++i) {
      PacketPtr audio = Protected(*sender, MakeRtp(7777, ++audio_number));
      PacketPtr replay = pool_.CopyOf(audio->bytes());
      ASSERT_EQ(receiver->UnprotectRtp(*audio), SrtpResult::kOk) << track;
      ASSERT_EQ(receiver->UnprotectRtp(*replay), SrtpResult::kReplayed) << track;
    }
    ASSERT_EQ(receiver->UnprotectRtp(*Protected(*sender, MakeRtp(track, 1))), SrtpResult::kOk);
    PacketPtr rtcp = pool_.CopyOf(MakeRtcp(track));
    ASSERT_EQ(sender->ProtectRtcp(*rtcp), SrtpResult::kOk);
    ASSERT_EQ(receiver->UnprotectRtcp(*rtcp), SrtpResult::kOk) << track;
    ASSERT_LE(receiver->ssrc_count(), 4u);
  }
}

TEST_P(SrtpSessionTest, ForgedPacketsTakeNoPlace) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound, 2);
  std::vector<PacketPtr> replays;
  for (uint32_t ssrc : {1, 2}) {
    PacketPtr packet = Protected(*sender, MakeRtp(ssrc, 1));
    replays.push_back(pool_.CopyOf(packet->bytes()));
    ASSERT_EQ(receiver->UnprotectRtp(*packet), SrtpResult::kOk);
  }
  LetTimePass(*receiver);
  for (uint32_t ssrc = 10; ssrc < 100; ++ssrc) {
    EXPECT_EQ(receiver->UnprotectRtp(*pool_.CopyOf(MakeRtp(ssrc, 1))), SrtpResult::kAuthFailed);
    EXPECT_NE(receiver->UnprotectRtcp(*pool_.CopyOf(MakeRtcp(ssrc))), SrtpResult::kOk);
  }
  for (const PacketPtr& replay : replays) {
    EXPECT_EQ(receiver->UnprotectRtp(*replay), SrtpResult::kReplayed);
  }
  EXPECT_EQ(receiver->ssrc_count(), 2u);
}

TEST_P(SrtpSessionTest, SendingSsrcsAreCappedAndCanBeMadeRoomFor) {
  auto sender = Session(SrtpDirection::kOutbound, 3);
  for (uint32_t ssrc : {1, 2, 3}) Protected(*sender, MakeRtp(ssrc, 1));
  EXPECT_EQ(sender->ProtectRtp(*pool_.CopyOf(MakeRtp(4, 1))), SrtpResult::kNoRoom);
  EXPECT_EQ(sender->ProtectRtcp(*pool_.CopyOf(MakeRtcp(4))), SrtpResult::kNoRoom);
  EXPECT_EQ(sender->ssrc_count(), 3u);
  Protected(*sender, MakeRtp(1, 2));
  sender->RemoveSsrc(3);
  Protected(*sender, MakeRtp(4, 1));
  EXPECT_EQ(sender->ssrc_count(), 3u);
}

TEST_P(SrtpSessionTest, ARemovedSsrcStartsAnew) {
  auto sender = Session(SrtpDirection::kOutbound), receiver = Session(SrtpDirection::kInbound);
  PacketPtr packet = Protected(*sender, MakeRtp(0x01020304, 1));
  PacketPtr copy = pool_.CopyOf(packet->bytes());
  ASSERT_EQ(receiver->UnprotectRtp(*packet), SrtpResult::kOk);
  receiver->RemoveSsrc(0x01020304);
  receiver->RemoveSsrc(0x01020304);
  EXPECT_EQ(receiver->ssrc_count(), 0u);
  EXPECT_EQ(receiver->UnprotectRtp(*copy), SrtpResult::kOk);
}

TEST_P(SrtpSessionTest, GarbageOfEveryLengthIsRefused) {
  auto receiver = Session(SrtpDirection::kInbound);
  SeededRandom random(3);
  for (size_t length = 0; length < 200; ++length) {
    for (int round = 0; round < 20; ++round) {
      std::vector<uint8_t> bytes(length);
      random.Fill(bytes);
      if (length > 0 && round % 2 == 0) bytes[0] = static_cast<uint8_t>(0x80 | (bytes[0] & 0x3f));
      PacketPtr rtp = pool_.CopyOf(bytes), rtcp = pool_.CopyOf(bytes);
      EXPECT_NE(receiver->UnprotectRtp(*rtp), SrtpResult::kOk);
      EXPECT_NE(receiver->UnprotectRtcp(*rtcp), SrtpResult::kOk);
    }
  }
  EXPECT_EQ(receiver->ssrc_count(), 0u);
}

TEST_P(SrtpSessionTest, ThereIsAlwaysRoomForTheTrailer) {
  auto sender = Session(SrtpDirection::kOutbound);
  PacketPtr longest = pool_.CopyOf(MakeRtp(5, 1, Packet::kMaxPayload - 12));
  ASSERT_NE(longest, nullptr);
  EXPECT_EQ(sender->ProtectRtp(*longest), SrtpResult::kOk);
  EXPECT_LE(longest->size(), Packet::kCapacity);
  longest->set_size(Packet::kCapacity);
  EXPECT_EQ(sender->ProtectRtp(*longest), SrtpResult::kNoRoom);
  EXPECT_EQ(sender->ProtectRtcp(*longest), SrtpResult::kNoRoom);
}

TEST_P(SrtpSessionTest, WrongKeyLengthsAreRefused) {
  const std::vector<uint8_t> key = TestKey(GetParam()), salt = TestSalt(GetParam());
  const ByteSpan short_key = ByteSpan(key).first(key.size() - 1);
  const ByteSpan short_salt = ByteSpan(salt).first(salt.size() - 1);
  for (const auto& result :
       {SrtpSession::Create(SrtpDirection::kInbound, GetParam(), short_key, salt, 8).status(),
        SrtpSession::Create(SrtpDirection::kInbound, GetParam(), key, short_salt, 8).status(),
        SrtpSession::Create(SrtpDirection::kInbound, GetParam(), {}, {}, 8).status()}) {
    EXPECT_EQ(result.code(), absl::StatusCode::kInvalidArgument);
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpSessionTest,
                         testing::Values(SrtpProfile::kAes128CmSha1_80,
                                         SrtpProfile::kAes128CmSha1_32, SrtpProfile::kAeadAes128Gcm,
                                         SrtpProfile::kAeadAes256Gcm),
                         [](const auto& info) { return std::string(ToString(info.param)); });

TEST(SrtpResultTest, HasANameForEachValue) {
  EXPECT_EQ(ToString(SrtpResult::kOk), "ok");
  EXPECT_EQ(ToString(SrtpResult::kAuthFailed), "auth_failed");
  EXPECT_EQ(ToString(SrtpResult::kReplayed), "replayed");
  EXPECT_EQ(ToString(SrtpResult::kMalformed), "malformed");
  EXPECT_EQ(ToString(SrtpResult::kNoRoom), "no_room");
}

}  // namespace
}  // namespace pcd::srtp

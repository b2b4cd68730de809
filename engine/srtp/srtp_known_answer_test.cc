// Whole packets against answers computed by an independent implementation, and the RFCs' own
// vectors below them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/srtp/aes_gcm_cipher.h"
#include "engine/srtp/aes_icm_cipher.h"
#include "engine/srtp/boringssl_srtp_crypto.h"
#include "engine/srtp/hmac_sha1_auth.h"
#include "engine/srtp/srtp_session.h"
#include "engine/srtp/srtp_testing.h"

namespace pcd::srtp {
namespace {

constexpr char kRtp[] = "800f1234decafbadcafebabeabababababababababababababababab";
constexpr char kRtcp[] =
    "81c8000bcafebabeabababababababababababababababababababababababababababababababababababababab"
    "abab";

struct KnownAnswer {
  SrtpProfile profile;
  const char* rtp;   // kRtp as the first packet of its SSRC.
  const char* rtcp;  // kRtcp with SRTCP index 1, the first that a sender uses.
};

const KnownAnswer kAnswers[] = {
    {SrtpProfile::kAes128CmSha1_80,
     "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
     "81c8000bcafebabe7128035be487b9bdbef89041f977a5a8d5efb8816abf868c340e5082be1e90ca6bdd31954a81"
     "a47d8000000163a50d16b51439563031"},
    {SrtpProfile::kAeadAes128Gcm,
     "800f1234decafbadcafebabe0eca0cf95ee955b26cd3d288b49f6ca959171450975f4144da9cdd7ae989a277",
     "81c8000bcafebabeea6e5eb3c75c462000f59ebf9e4ebd4e92ccf6f107a35cd2bb895994b50d7a15a1e736dbb2ef"
     "158101c940575e7bff19e69d24a59ba2abc280000001"},
    {SrtpProfile::kAeadAes256Gcm,
     "800f1234decafbadcafebabe3dd0222db6d401a44cb192df94a744b9fed76c6eba2688f4764917808528f693",
     "81c8000bcafebabe94ed8013a0a479301900a173b92449f7b150abeaef688783ba05c1df09f27f61de0dda1a0c1a"
     "49f02ff4cf36e54c8ae6db152d6c600f2fa780000001"}};

class SrtpKnownAnswerTest : public testing::TestWithParam<KnownAnswer> {
 protected:
  PacketPtr Load(const char* hex) { return pool_.CopyOf(FromHex(hex)); }
  static bool Is(const Packet& packet, const char* hex) {
    return std::ranges::equal(packet.bytes(), FromHex(hex));
  }
  PacketPool pool_;
};

TEST_P(SrtpKnownAnswerTest, RtpIsProtectedAsComputedElsewhere) {
  auto session = MakeSession(SrtpDirection::kOutbound, GetParam().profile);
  PacketPtr packet = Load(kRtp);
  ASSERT_EQ(session->ProtectRtp(*packet), SrtpResult::kOk);
  EXPECT_TRUE(Is(*packet, GetParam().rtp));
}

TEST_P(SrtpKnownAnswerTest, RtpProtectedElsewhereIsRead) {
  auto session = MakeSession(SrtpDirection::kInbound, GetParam().profile);
  PacketPtr packet = Load(GetParam().rtp);
  ASSERT_EQ(session->UnprotectRtp(*packet), SrtpResult::kOk);
  EXPECT_TRUE(Is(*packet, kRtp));
}

TEST_P(SrtpKnownAnswerTest, RtcpIsProtectedAsComputedElsewhere) {
  auto session = MakeSession(SrtpDirection::kOutbound, GetParam().profile);
  PacketPtr packet = Load(kRtcp);
  ASSERT_EQ(session->ProtectRtcp(*packet), SrtpResult::kOk);
  EXPECT_TRUE(Is(*packet, GetParam().rtcp));
}

TEST_P(SrtpKnownAnswerTest, RtcpProtectedElsewhereIsRead) {
  auto session = MakeSession(SrtpDirection::kInbound, GetParam().profile);
  PacketPtr packet = Load(GetParam().rtcp);
  ASSERT_EQ(session->UnprotectRtcp(*packet), SrtpResult::kOk);
  EXPECT_TRUE(Is(*packet, kRtcp));
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpKnownAnswerTest, testing::ValuesIn(kAnswers),
                         [](const auto& info) {
                           return std::string(ToString(info.param.profile));
                         });

TEST(SrtpCipherTest, EveryTypePassesLibsrtpsSelfTest) {
  ASSERT_TRUE(InitializeSrtp().ok());
  for (const srtp_cipher_type_t* type : {AesIcm128(), AesIcm256(), AesGcm128(), AesGcm256()}) {
    EXPECT_EQ(srtp_cipher_type_self_test(type), srtp_err_status_ok) << type->description;
  }
  EXPECT_EQ(srtp_auth_type_self_test(HmacSha1()), srtp_err_status_ok);
}

// RFC 7714 section 16.1.1.
TEST(SrtpCipherTest, AeadAes128GcmMatchesRfc7714) {
  std::vector<uint8_t> key(28);
  for (uint8_t i = 0; i < 16; ++i) key[i] = i;
  srtp_cipher_t* cipher = nullptr;
  ASSERT_EQ(srtp_cipher_type_alloc(AesGcm128(), &cipher, 28, 16), srtp_err_status_ok);
  ASSERT_EQ(srtp_cipher_init(cipher, key.data()), srtp_err_status_ok);
  std::vector<uint8_t> iv = FromHex("51753c6580c2726f20718414");
  ASSERT_EQ(srtp_cipher_set_iv(cipher, iv.data(), srtp_direction_encrypt), srtp_err_status_ok);
  const std::vector<uint8_t> aad = FromHex("8040f17b8041f8d35501a0b2");
  ASSERT_EQ(srtp_cipher_set_aad(cipher, aad.data(), 12), srtp_err_status_ok);
  const std::string text = "Gallia est omnis divisa in partes tres";
  std::vector<uint8_t> buffer(text.begin(), text.end());
  uint32_t length = static_cast<uint32_t>(buffer.size()), tag_length = 16;
  ASSERT_EQ(srtp_cipher_encrypt(cipher, buffer.data(), &length), srtp_err_status_ok);
  buffer.resize(length + 16);
  ASSERT_EQ(srtp_cipher_get_tag(cipher, buffer.data() + length, &tag_length), srtp_err_status_ok);
  EXPECT_EQ(buffer, FromHex("f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de"
                            "3adf8833899d7f27beb16a9152cf765ee4390cce"));
  srtp_cipher_dealloc(cipher);
}

TEST(SrtpCipherTest, AssociatedDataInPiecesEqualsTheWhole) {
  std::vector<uint8_t> key(28, 3), iv(12, 4), aad(40, 5), text(50, 6);
  std::vector<uint8_t> tags[2];
  for (size_t first : {size_t{40}, size_t{13}}) {
    srtp_cipher_t* cipher = nullptr;
    ASSERT_EQ(srtp_cipher_type_alloc(AesGcm128(), &cipher, 28, 16), srtp_err_status_ok);
    srtp_cipher_init(cipher, key.data());
    srtp_cipher_set_iv(cipher, iv.data(), srtp_direction_encrypt);
    srtp_cipher_set_aad(cipher, aad.data(), static_cast<uint32_t>(first));
    for (size_t i = first; i < aad.size(); i += 9) {
      const std::vector<uint8_t> piece(
          aad.begin() + static_cast<ptrdiff_t>(i),
          aad.begin() + static_cast<ptrdiff_t>(std::min(i + 9, aad.size())));
      srtp_cipher_set_aad(cipher, piece.data(), static_cast<uint32_t>(piece.size()));
    }
    std::vector<uint8_t> buffer = text;
    uint32_t length = 50, tag_length = 16;
    srtp_cipher_encrypt(cipher, buffer.data(), &length);
    std::vector<uint8_t>& tag = tags[first == 40 ? 0 : 1];
    tag.resize(16);
    srtp_cipher_get_tag(cipher, tag.data(), &tag_length);
    srtp_cipher_dealloc(cipher);
  }
  EXPECT_EQ(tags[0], tags[1]);
}

// A keystream read in odd pieces is the same keystream.
TEST(SrtpCipherTest, CounterModeContinuesBetweenCalls) {
  std::vector<uint8_t> key(30, 7), iv(16, 8), whole(100), pieces(100);
  srtp_cipher_t* cipher = nullptr;
  ASSERT_EQ(srtp_cipher_type_alloc(AesIcm128(), &cipher, 30, 0), srtp_err_status_ok);
  srtp_cipher_init(cipher, key.data());
  srtp_cipher_set_iv(cipher, iv.data(), srtp_direction_encrypt);
  uint32_t length = 100;
  srtp_cipher_encrypt(cipher, whole.data(), &length);
  srtp_cipher_set_iv(cipher, iv.data(), srtp_direction_encrypt);
  for (uint32_t at = 0; at < 100; at += length) {
    length = std::min<uint32_t>(7, 100 - at);
    srtp_cipher_encrypt(cipher, pieces.data() + at, &length);
  }
  EXPECT_EQ(whole, pieces);
  srtp_cipher_dealloc(cipher);
}

}  // namespace
}  // namespace pcd::srtp

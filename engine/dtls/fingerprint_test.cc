#include "engine/dtls/fingerprint.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace pcd::dtls {
namespace {

// FIPS 180 test message "abc" stands for a certificate: the digests are known.
constexpr uint8_t kAbc[] = {'a', 'b', 'c'};
constexpr char kSha1[] = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
constexpr char kSha256[] =
    "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:"
    "15:AD";

TEST(FingerprintTest, KnownDigestsAreWrittenInUpperCaseHexWithColons) {
  EXPECT_EQ(ComputeFingerprint(kAbc, "sha-1")->value, kSha1);
  EXPECT_EQ(ComputeFingerprint(kAbc, "sha-256")->value, kSha256);
  EXPECT_EQ(ComputeFingerprint(kAbc, "sha-224")->value.size(), 28u * 3 - 1);
  EXPECT_EQ(ComputeFingerprint(kAbc, "sha-384")->value.size(), 48u * 3 - 1);
  EXPECT_EQ(ComputeFingerprint(kAbc, "sha-512")->value.size(), 64u * 3 - 1);
}

TEST(FingerprintTest, AlgorithmIsReadWithoutCaseAndWrittenInLowerCase) {
  EXPECT_EQ(ComputeFingerprint(kAbc, "SHA-256")->algorithm, "sha-256");
  EXPECT_TRUE(IsSupportedHash("Sha-384"));
}

TEST(FingerprintTest, WeakAndUnknownHashesAreRefused) {
  for (std::string_view name : {"md5", "md2", "sha", "sha-3", "", "sha-2560"}) {
    EXPECT_FALSE(ComputeFingerprint(kAbc, name)) << name;
    EXPECT_FALSE(IsSupportedHash(name)) << name;
  }
}

TEST(FingerprintTest, HexComparesWithoutCase) {
  const std::vector<Fingerprint> lower = {
      {"sha-1", "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d"}};
  EXPECT_TRUE(MatchesFingerprint(kAbc, lower));
}

TEST(FingerprintTest, AnyOfSeveralOfTheStrongestHashSuffices) {
  const std::vector<Fingerprint> two = {{"sha-256", "00:11"}, {"sha-256", kSha256}};
  EXPECT_TRUE(MatchesFingerprint(kAbc, two));
}

TEST(FingerprintTest, AWeakerMatchDoesNotOutweighAStrongerMismatch) {
  const std::vector<Fingerprint> mixed = {{"sha-1", kSha1}, {"sha-256", "00:11"}};
  EXPECT_FALSE(MatchesFingerprint(kAbc, mixed));
}

TEST(FingerprintTest, UnknownHashesAreLookedPast) {
  const std::vector<Fingerprint> mixed = {{"sha-3-512", "00"}, {"sha-1", kSha1}};
  EXPECT_TRUE(MatchesFingerprint(kAbc, mixed));
}

TEST(FingerprintTest, NothingMatchesAnEmptyOrUnsupportedList) {
  EXPECT_FALSE(MatchesFingerprint(kAbc, {}));
  const std::vector<Fingerprint> unsupported = {{"md5", "90:01"}};
  EXPECT_FALSE(MatchesFingerprint(kAbc, unsupported));
}

TEST(FingerprintTest, APrefixIsNoMatch) {
  const std::vector<Fingerprint> prefix = {{"sha-1", "A9:99"}};
  EXPECT_FALSE(MatchesFingerprint(kAbc, prefix));
}

}  // namespace
}  // namespace pcd::dtls

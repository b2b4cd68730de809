#include "engine/dtls/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "engine/base/status.h"
#include "engine/dtls/fingerprint.h"

namespace pcd::dtls {
namespace {

constexpr int64_t kNow = 1'700'000'000'000'000;
constexpr int64_t kThirtyDays = 30ll * 24 * 60 * 60 * 1'000'000;

std::shared_ptr<const Certificate> Generate() {
  auto certificate = Certificate::Generate(kNow);
  EXPECT_TRUE(certificate.ok()) << certificate.status();
  return *certificate;
}

TEST(CertificateTest, ExpiresThirtyDaysAfterTheGivenTime) {
  EXPECT_EQ(Generate()->expires_unix_us(), kNow + kThirtyDays);
}

TEST(CertificateTest, FingerprintIsSha256OfTheDer) {
  const auto certificate = Generate();
  EXPECT_EQ(certificate->fingerprint(), *ComputeFingerprint(certificate->der(), "sha-256"));
}

TEST(CertificateTest, NoTwoAreAlike) {
  EXPECT_NE(Generate()->fingerprint().value, Generate()->fingerprint().value);
}

TEST(CertificateTest, ValidityIsAsLongAsAskedFor) {
  const auto certificate =
      *Certificate::Generate(kNow, KeyAlgorithm::kEcdsaP256, std::chrono::hours(1));
  EXPECT_EQ(certificate->expires_unix_us(), kNow + 3600ll * 1'000'000);
}

TEST(CertificateTest, OneFingerprintForEachHash) {
  const auto certificate = Generate();
  ASSERT_EQ(certificate->fingerprints().size(), 3u);
  for (const Fingerprint& one : certificate->fingerprints()) {
    EXPECT_EQ(one, *ComputeFingerprint(certificate->der(), one.algorithm));
  }
  EXPECT_EQ(certificate->fingerprints()[0].algorithm, "sha-256");
  EXPECT_EQ(certificate->fingerprints()[2].algorithm, "sha-512");
}

TEST(CertificateTest, TheCertificateAloneHasNoKeyInIt) {
  const auto certificate = Generate();
  const std::string pem = certificate->CertificatePem();
  EXPECT_EQ(pem.find("PRIVATE"), std::string::npos);
  EXPECT_TRUE(std::ranges::equal(CertificateDerOf(pem), certificate->der()));
  EXPECT_TRUE(CertificateDerOf("nonsense").empty());
  EXPECT_TRUE(CertificateDerOf(pem + pem).empty()) << "a chain is not one certificate";
}

class CertificatePemTest : public ::testing::TestWithParam<KeyAlgorithm> {};

INSTANTIATE_TEST_SUITE_P(Keys, CertificatePemTest,
                         ::testing::Values(KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kRsa2048));

TEST_P(CertificatePemTest, RoundTripKeepsEverything) {
  const auto certificate = *Certificate::Generate(kNow, GetParam());
  const auto copy = Certificate::FromPem(certificate->ToPem());
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_TRUE(std::ranges::equal((*copy)->der(), certificate->der()));
  EXPECT_EQ((*copy)->fingerprints(), certificate->fingerprints());
  EXPECT_EQ((*copy)->key_algorithm(), GetParam());
  EXPECT_EQ((*copy)->expires_unix_us(), certificate->expires_unix_us());
  EXPECT_EQ((*copy)->ToPem(), certificate->ToPem());
}

TEST(CertificateTest, PemBlocksMayComeInEitherOrder) {
  const std::string pem = Generate()->ToPem();
  const size_t second = pem.find("-----BEGIN CERTIFICATE");
  ASSERT_NE(second, std::string::npos);
  EXPECT_TRUE(Certificate::FromPem(pem.substr(second) + pem.substr(0, second)).ok());
}

TEST(CertificateTest, BadPemIsRefusedWithTheCause) {
  const std::string pem = Generate()->ToPem();
  const size_t second = pem.find("-----BEGIN CERTIFICATE");
  const std::string key = pem.substr(0, second), certificate = pem.substr(second);
  const std::string other = Generate()->ToPem();
  const std::string stranger = other.substr(other.find("-----BEGIN CERTIFICATE"));
  for (const std::string& text :
       {std::string(), std::string("nonsense"), key, certificate, key + stranger,
        pem.substr(0, pem.size() / 2), pem + certificate}) {
    const auto result = Certificate::FromPem(text);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument) << text.size();
    EXPECT_EQ(GetErrorReason(result.status()), ErrorReason::INVALID_ARGUMENT);
  }
}

TEST(CertificateTest, StatsCarryFingerprintAndBase64) {
  const auto certificate = Generate();
  const CertificateStats stats = MakeCertificateStats("C1", certificate->der());
  EXPECT_EQ(stats.id, "C1");
  EXPECT_EQ(stats.fingerprint, certificate->fingerprint().value);
  EXPECT_EQ(stats.fingerprint_algorithm, "sha-256");
  // PEM is the same base64 in lines.
  std::string pem = certificate->ToPem();
  std::erase(pem, '\n');
  EXPECT_NE(pem.find(stats.base64_certificate), std::string::npos);
  EXPECT_EQ(stats.base64_certificate.size(), (certificate->der().size() + 2) / 3 * 4);
}

}  // namespace
}  // namespace pcd::dtls

#include "engine/host/certificate_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "engine/testing/status_matchers.h"

namespace pcd::host {
namespace {

using peerconnection::OwnCertificate;
using testing::HasReason;
using testing::IsOk;
using namespace std::chrono_literals;

constexpr int64_t kNow = 1'700'000'000'000'000;
constexpr int64_t kHour = 3'600'000'000;

absl::StatusOr<OwnCertificate> Generate(CertificateStore& store, const std::string& id,
                                        const GenerateCertificateOptions& options = {},
                                        int64_t now = kNow) {
  std::promise<absl::StatusOr<OwnCertificate>> made;
  store.Generate(id, options, now,
                 [&made](absl::StatusOr<OwnCertificate> result) { made.set_value(result); });
  return made.get_future().get();
}

TEST(CertificateStore, WhatWasGeneratedIsFoundByItsId) {
  CertificateStore store(10);
  const auto made = Generate(store, "one");
  ASSERT_THAT(made, IsOk());
  const auto found = store.Resolve({{.id = "one"}}, kNow);
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().id, "one");
  EXPECT_EQ(found->front().certificate, made->certificate);
}

TEST(CertificateStore, RsaKeysAreMade) {
  CertificateStore store(10);
  const auto made = Generate(store, "one", {.algorithm = KeyAlgorithm::kRsa2048});
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->certificate->key_algorithm(), KeyAlgorithm::kRsa2048);
}

TEST(CertificateStore, WhatIsDeletedMakesRoomAndStaysWithWhoHasIt) {
  CertificateStore store(1);
  ASSERT_THAT(Generate(store, "one"), IsOk());
  const auto held = store.Resolve({{.id = "one"}}, kNow);
  ASSERT_THAT(held, IsOk());
  EXPECT_THAT(store.Delete("one"), IsOk());
  EXPECT_THAT(store.Delete("one"), HasReason(ErrorReason::CERTIFICATE_NOT_FOUND));
  EXPECT_THAT(store.Resolve({{.id = "one"}}, kNow).status(),
              HasReason(ErrorReason::CERTIFICATE_NOT_FOUND));
  EXPECT_FALSE(held->front().certificate->fingerprint().value.empty());
  EXPECT_THAT(Generate(store, "two"), IsOk());
}

TEST(CertificateStore, AnUnknownIdNamesItsField) {
  CertificateStore store(10);
  ASSERT_THAT(Generate(store, "one"), IsOk());
  const auto found = store.Resolve({{.id = "one"}, {.id = "two"}}, kNow);
  EXPECT_THAT(found.status(), HasReason(ErrorReason::CERTIFICATE_NOT_FOUND));
  EXPECT_EQ(GetErrorDetail(found.status()).field, "configuration.certificates[1].certificate_id");
}

TEST(CertificateStore, AnExpiredCertificateIsRefused) {
  CertificateStore store(10);
  ASSERT_THAT(Generate(store, "one", {.validity = 1h}), IsOk());
  EXPECT_THAT(store.Resolve({{.id = "one"}}, kNow + kHour - 1), IsOk());
  const auto late = store.Resolve({{.id = "one"}}, kNow + kHour);
  EXPECT_THAT(late.status(), HasReason(ErrorReason::INVALID_CERTIFICATE));
  EXPECT_EQ(GetErrorDetail(late.status()).dom_exception, "InvalidAccessError");
}

TEST(CertificateStore, ACertificateMayBeBroughtAlong) {
  CertificateStore store(10);
  const auto own = *dtls::Certificate::Generate(kNow);
  const std::string pem = own->ToPem();
  const size_t second = pem.find("-----BEGIN CERTIFICATE");
  const CertificateSource source{.certificate_pem = pem.substr(second),
                                 .private_key_pem = pem.substr(0, second)};
  const auto found = store.Resolve({source}, kNow);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->front().id, "");
  EXPECT_EQ(found->front().certificate->fingerprint(), own->fingerprint());
}

TEST(CertificateStore, UnreadableTextsAreRefused) {
  CertificateStore store(10);
  const std::string stranger = (*dtls::Certificate::Generate(kNow))->ToPem();
  const std::string other = (*dtls::Certificate::Generate(kNow))->CertificatePem();
  const std::string key = stranger.substr(0, stranger.find("-----BEGIN CERTIFICATE"));
  for (const CertificateSource& source : std::vector<CertificateSource>{
           {},
           {.certificate_pem = "nonsense", .private_key_pem = "nonsense"},
           {.certificate_pem = other, .private_key_pem = key},
           {.certificate_pem = std::string(CertificateStore::kMaxPemBytes + 1, ' '),
            .private_key_pem = key},
           {.certificate_pem = other,
            .private_key_pem = std::string(CertificateStore::kMaxPemBytes + 1, ' ')}}) {
    EXPECT_THAT(store.Resolve({source}, kNow).status(),
                HasReason(ErrorReason::INVALID_CERTIFICATE));
  }
  EXPECT_THAT(
      store.Resolve(std::vector<CertificateSource>(CertificateStore::kMaxPerConnection + 1), kNow)
          .status(),
      HasReason(ErrorReason::INVALID_ARGUMENT));
}

TEST(CertificateStore, AFullStoreMakesRoomOnlyForWhatHasExpired) {
  CertificateStore store(2);
  ASSERT_THAT(Generate(store, "short", {.validity = 1h}), IsOk());
  ASSERT_THAT(Generate(store, "long"), IsOk());
  EXPECT_THAT(Generate(store, "third").status(), HasReason(ErrorReason::LIMIT_EXCEEDED));
  EXPECT_THAT(Generate(store, "third", {}, kNow + kHour), IsOk());
  EXPECT_THAT(store.Resolve({{.id = "long"}, {.id = "third"}}, kNow + kHour), IsOk());
}

}  // namespace
}  // namespace pcd::host

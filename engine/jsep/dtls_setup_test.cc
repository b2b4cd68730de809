#include "engine/jsep/dtls_setup.h"

#include <gtest/gtest.h>

namespace pcd::jsep {
namespace {

using Setup = std::optional<DtlsSetup>;
constexpr Setup kAbsent = std::nullopt;
constexpr Setup kRefused = std::nullopt;
constexpr Setup kActpass = DtlsSetup::kActpass;
constexpr Setup kActive = DtlsSetup::kActive;
constexpr Setup kPassive = DtlsSetup::kPassive;

struct Row {
  Setup offered;
  DtlsRole established;
  Setup prefer_server;  // Expected answers.
  Setup prefer_client;
};

TEST(DtlsSetupTest, AnswersEveryOfferInEveryRole) {
  const Row kTable[] = {
      {kActpass, DtlsRole::kAuto, kPassive, kActive},
      {kActpass, DtlsRole::kServer, kPassive, kPassive},
      {kActpass, DtlsRole::kClient, kActive, kActive},
      {kActive, DtlsRole::kAuto, kPassive, kPassive},
      {kActive, DtlsRole::kServer, kPassive, kPassive},
      {kActive, DtlsRole::kClient, kRefused, kRefused},
      {kPassive, DtlsRole::kAuto, kActive, kActive},
      {kPassive, DtlsRole::kServer, kRefused, kRefused},
      {kPassive, DtlsRole::kClient, kActive, kActive},
      {kAbsent, DtlsRole::kAuto, kPassive, kPassive},
      {kAbsent, DtlsRole::kServer, kPassive, kPassive},
      {kAbsent, DtlsRole::kClient, kRefused, kRefused},
  };
  for (const Row& row : kTable) {
    EXPECT_EQ(AnswerSetup(row.offered, row.established, true), row.prefer_server);
    EXPECT_EQ(AnswerSetup(row.offered, row.established, false), row.prefer_client);
  }
}

TEST(DtlsSetupTest, TheAnswerGivesTheRoleWeActIn) {
  EXPECT_EQ(RoleByLocalAnswer(DtlsSetup::kActive), DtlsRole::kClient);
  EXPECT_EQ(RoleByLocalAnswer(DtlsSetup::kPassive), DtlsRole::kServer);
  EXPECT_EQ(RoleByLocalAnswer(DtlsSetup::kActpass), DtlsRole::kAuto);
  EXPECT_EQ(RoleByRemoteAnswer(DtlsSetup::kActive, DtlsRole::kAuto), DtlsRole::kServer);
  EXPECT_EQ(RoleByRemoteAnswer(DtlsSetup::kPassive, DtlsRole::kAuto), DtlsRole::kClient);
  EXPECT_EQ(RoleByRemoteAnswer(DtlsSetup::kActpass, DtlsRole::kAuto), DtlsRole::kAuto);
}

TEST(DtlsSetupTest, AFlippingAnswerDoesNotChangeAnEstablishedRole) {
  EXPECT_EQ(RoleByRemoteAnswer(DtlsSetup::kActive, DtlsRole::kClient), DtlsRole::kClient);
  EXPECT_EQ(RoleByRemoteAnswer(DtlsSetup::kPassive, DtlsRole::kServer), DtlsRole::kServer);
}

}  // namespace
}  // namespace pcd::jsep

#include "service/server_credentials.h"

#include <gtest/gtest.h>

namespace pcd::service {
namespace {

TEST(ServerCredentials, LoopbackIsKnownInAllItsForms) {
  for (const char* address :
       {"127.0.0.1:50051", "127.9.9.9:1", "[::1]:0", "localhost:1", "unix:/run/x"}) {
    EXPECT_TRUE(IsLoopbackAddress(address)) << address;
  }
  for (const char* address :
       {"0.0.0.0:50051", "[::]:1", "10.0.0.1:1", "*:1", "example:1", "localhost.example:1", ""}) {
    EXPECT_FALSE(IsLoopbackAddress(address)) << address;
  }
}

TEST(ServerCredentials, PlaintextIsForLoopbackUnlessItIsAskedFor) {
  EXPECT_TRUE(MakeServerCredentials({}, "127.0.0.1:0").ok());
  EXPECT_FALSE(MakeServerCredentials({}, "0.0.0.0:0").ok());
  EXPECT_TRUE(MakeServerCredentials({.allow_insecure = true}, "0.0.0.0:0").ok());
}

TEST(ServerCredentials, TlsWithoutClientCertificatesIsForLoopbackUnlessItIsAskedFor) {
  SecurityOptions options{.certificate_file = "/dev/null", .key_file = "/dev/null"};
  const auto refused = MakeServerCredentials(options, "0.0.0.0:0");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(std::string(refused.status().message()).find("--allow-unauthenticated-clients"),
            std::string::npos);
  EXPECT_TRUE(MakeServerCredentials(options, "127.0.0.1:0").ok());
  options.allow_unauthenticated_clients = true;
  EXPECT_TRUE(MakeServerCredentials(options, "0.0.0.0:0").ok());
  options.allow_unauthenticated_clients = false;
  options.client_ca_file = "/dev/null";
  EXPECT_TRUE(MakeServerCredentials(options, "0.0.0.0:0").ok());
}

TEST(ServerCredentials, APortThatIsOpenToEverybodyIsWarnedOf) {
  EXPECT_EQ(SecurityWarning({}, "127.0.0.1:0"), "");
  EXPECT_NE(SecurityWarning({.allow_insecure = true}, "0.0.0.0:0").find("--insecure"),
            std::string::npos);
  const SecurityOptions tls{.certificate_file = "c", .key_file = "k"};
  EXPECT_NE(SecurityWarning(tls, "0.0.0.0:0").find("--allow-unauthenticated-clients"),
            std::string::npos);
  EXPECT_EQ(SecurityWarning(tls, "localhost:0"), "");
  EXPECT_EQ(SecurityWarning({.certificate_file = "c", .key_file = "k", .client_ca_file = "a"},
                            "0.0.0.0:0"),
            "");
}

TEST(ServerCredentials, HalfATlsConfigurationIsRefused) {
  EXPECT_FALSE(MakeServerCredentials({.certificate_file = "/dev/null"}, "127.0.0.1:0").ok());
  EXPECT_FALSE(MakeServerCredentials({.key_file = "/dev/null"}, "127.0.0.1:0").ok());
  EXPECT_FALSE(MakeServerCredentials({.client_ca_file = "/dev/null"}, "127.0.0.1:0").ok());
}

TEST(ServerCredentials, AFileThatCannotBeReadIsNamed) {
  const auto credentials = MakeServerCredentials(
      {.certificate_file = "/nowhere/cert.pem", .key_file = "/dev/null"}, "127.0.0.1:0");
  ASSERT_FALSE(credentials.ok());
  EXPECT_NE(std::string(credentials.status().message()).find("/nowhere/cert.pem"),
            std::string::npos);
}

}  // namespace
}  // namespace pcd::service

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

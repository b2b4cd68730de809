#include <fstream>
#include <memory>
#include <sstream>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

const std::string kFolder = "clients/pcctl/testdata/";

std::string Read(const std::string& name) {
  std::ifstream file(kFolder + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class TlsTest : public AppFixture {
 protected:
  TlsTest() { variables_["PCCTL_SERVER"] = tls_service_.address(); }

  FakeService tls_service_{
      {.ca = Read("ca.pem"), .certificate = Read("server.pem"), .key = Read("server.key")}};
};

TEST_F(TlsTest, ConnectsWithACertificate) {
  const RunResult result = Run({"create", "--tls-ca", kFolder + "ca.pem", "--tls-cert",
                                kFolder + "client.pem", "--tls-key", kFolder + "client.key"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "made\n");
}

TEST_F(TlsTest, DoesNotConnectWithoutWhatTheServerDemands) {
  EXPECT_EQ(Run({"create", "--tls-ca", kFolder + "ca.pem"}).code, 3);
  EXPECT_EQ(Run({"create"}).code, 3) << "plain text to a server with TLS";
  EXPECT_TRUE(tls_service_.state.create_requests.empty());
}

TEST_F(TlsTest, DoesNotTrustAnotherAuthority) {
  EXPECT_EQ(Run({"create", "--tls-ca", kFolder + "client.pem", "--tls-cert", kFolder + "client.pem",
                 "--tls-key", kFolder + "client.key"})
                .code,
            3);
  EXPECT_TRUE(tls_service_.state.create_requests.empty());
}

TEST_F(TlsTest, NamesAFileThatCannotBeRead) {
  const RunResult result = Run({"create", "--tls-ca", kFolder + "none.pem"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "Error: cannot read " + kFolder +
                            "none.pem: No such file or directory\n"
                            "See \"pcctl create --help\".\n");
}

}  // namespace
}  // namespace pcd::pcctl

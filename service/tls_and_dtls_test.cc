// gRPC's TLS is OpenSSL, the engine's DTLS is BoringSSL. Here both work in one process, which
// they can only as long as neither sees the other's symbols.
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "engine/dtls/certificate.h"
#include "engine/dtls/dtls_transport.h"
#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

std::shared_ptr<const dtls::Certificate> NewCertificate() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return *dtls::Certificate::Generate(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

// One PEM block of a text that has several.
std::string Block(const std::string& pem, const std::string& name) {
  const std::string begin = "-----BEGIN " + name + "-----";
  const std::string end = "-----END " + name + "-----\n";
  const size_t from = pem.find(begin);
  const size_t to = pem.find(end);
  EXPECT_NE(from, std::string::npos);
  EXPECT_NE(to, std::string::npos);
  return pem.substr(from, to + end.size() - from);
}

struct Identity {
  explicit Identity(const std::string& name) {
    const std::string folder = std::getenv("TEST_TMPDIR");
    const std::string pem = NewCertificate()->ToPem();
    certificate = Block(pem, "CERTIFICATE");
    key = Block(pem, "PRIVATE KEY");
    certificate_file = folder + "/" + name + ".crt";
    key_file = folder + "/" + name + ".key";
    std::ofstream(certificate_file) << certificate;
    std::ofstream(key_file) << key;
  }
  std::string certificate, key, certificate_file, key_file;
};

// A client that checks the server against `root`; its certificates name no host.
std::shared_ptr<grpc::Channel> TlsChannel(int port, const std::string& root,
                                          const Identity* client) {
  using grpc::experimental::IdentityKeyCertPair;
  std::vector<IdentityKeyCertPair> pairs;
  if (client != nullptr) pairs.push_back({client->key, client->certificate});
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(root, pairs));
  options.watch_root_certs();
  if (client != nullptr) options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  options.set_check_call_host(false);
  return grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                             grpc::experimental::TlsCredentials(options));
}

grpc::Status CallList(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::PeerConnectionService::NewStub(channel);
  v1::ListResponse response;
  return ServiceHarness::Call(&v1::PeerConnectionService::Stub::List, *stub, v1::ListRequest(),
                              &response);
}

// A DTLS handshake between two engine transports; true when both have connected.
bool DtlsHandshake() {
  const auto client_certificate = NewCertificate();
  const auto server_certificate = NewCertificate();
  dtls::DtlsTransport client({.certificate = client_certificate});
  dtls::DtlsTransport server({.certificate = server_certificate});
  const Timestamp now{};
  client.SetRemoteFingerprints({server_certificate->fingerprint()}, now);
  server.SetRemoteFingerprints({client_certificate->fingerprint()}, now);
  server.Start(DtlsRole::kServer, now);
  client.Start(DtlsRole::kClient, now);
  for (bool moved = true; moved;) {
    moved = false;
    while (auto datagram = client.PollOutput()) {
      server.HandleDatagram(*datagram, now);
      moved = true;
    }
    while (auto datagram = server.PollOutput()) {
      client.HandleDatagram(*datagram, now);
      moved = true;
    }
  }
  return client.state() == DtlsState::kConnected && server.state() == DtlsState::kConnected;
}

ServerOptions TlsOptions(const Identity& identity, const std::string& client_ca = "") {
  ServerOptions options;
  options.security = {.certificate_file = identity.certificate_file,
                      .key_file = identity.key_file,
                      .client_ca_file = client_ca};
  return options;
}

TEST(TlsAndDtls, OneProcessServesTlsAndCompletesDtlsHandshakes) {
  const Identity identity("server");
  ServiceHarness service({}, TlsOptions(identity));
  const auto channel = TlsChannel(service.port(), identity.certificate, nullptr);
  EXPECT_TRUE(DtlsHandshake());
  EXPECT_TRUE(CallList(channel).ok());
  EXPECT_TRUE(DtlsHandshake());
  EXPECT_TRUE(CallList(TlsChannel(service.port(), identity.certificate, nullptr)).ok());
}

TEST(TlsAndDtls, AClientWithoutCertificateIsRefusedWhenOneIsRequired) {
  const Identity identity("server");
  const Identity friendly("friendly");
  const Identity stranger("stranger");
  ServiceHarness service({}, TlsOptions(identity, friendly.certificate_file));
  EXPECT_TRUE(CallList(TlsChannel(service.port(), identity.certificate, &friendly)).ok());
  EXPECT_FALSE(CallList(TlsChannel(service.port(), identity.certificate, nullptr)).ok());
  EXPECT_FALSE(CallList(TlsChannel(service.port(), identity.certificate, &stranger)).ok());
}

TEST(TlsAndDtls, AClientThatTrustsSomebodyElseDoesNotConnect) {
  const Identity identity("server");
  const Identity other("other");
  ServiceHarness service({}, TlsOptions(identity));
  EXPECT_FALSE(CallList(TlsChannel(service.port(), other.certificate, nullptr)).ok());
}

TEST(TlsAndDtls, PlaintextDoesNotReachATlsPort) {
  const Identity identity("server");
  ServiceHarness service({}, TlsOptions(identity));
  const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(service.port()),
                                           grpc::InsecureChannelCredentials());
  EXPECT_FALSE(CallList(channel).ok());
}

}  // namespace
}  // namespace pcd::service

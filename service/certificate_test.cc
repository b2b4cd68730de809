// Certificates through the API: made here, brought along, and what may not be done with them.
#include <ctime>
#include <string>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;

class CertificateMethodsTest : public ::testing::Test {
 protected:
  v1::Certificate Generate(v1::KeyAlgorithm algorithm = v1::KEY_ALGORITHM_UNSPECIFIED,
                           int64_t valid_seconds = -1) {
    v1::GenerateCertificateRequest request;
    request.set_key_algorithm(algorithm);
    if (valid_seconds >= 0) request.mutable_validity()->set_seconds(valid_seconds);
    v1::GenerateCertificateResponse response;
    const grpc::Status status = Call(&Stub::GenerateCertificate, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.certificate();
  }
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    return ServiceHarness::Call(method, *service_.connections, request, response);
  }
  grpc::Status CreateWith(const v1::Certificate& certificate, v1::PeerConnection* created) {
    v1::CreateRequest request;
    request.mutable_configuration()->add_certificates()->set_certificate_id(
        certificate.certificate_id());
    v1::CreateResponse response;
    const grpc::Status status = Call(&Stub::Create, request, &response);
    *created = response.peer_connection();
    return status;
  }
  grpc::Status SetConfiguration(const std::string& id, const v1::Configuration& configuration) {
    v1::SetConfigurationRequest request;
    request.set_peer_connection_id(id);
    *request.mutable_configuration() = configuration;
    v1::SetConfigurationResponse response;
    return Call(&Stub::SetConfiguration, request, &response);
  }

  ServiceHarness service_;
};

TEST_F(CertificateMethodsTest, AGeneratedCertificateIsDescribedAndHasNoKey) {
  const v1::Certificate certificate = Generate();
  EXPECT_FALSE(certificate.certificate_id().empty());
  EXPECT_EQ(certificate.key_algorithm(), v1::KEY_ALGORITHM_ECDSA_P256);
  ASSERT_EQ(certificate.fingerprints_size(), 3);
  EXPECT_EQ(certificate.fingerprints(0).algorithm(), "sha-256");
  EXPECT_EQ(certificate.fingerprints(0).value().size(), 32u * 3 - 1);
  const int64_t now = std::time(nullptr);
  EXPECT_NEAR(static_cast<double>(certificate.expires().seconds() - now), 30.0 * 86'400, 60);
  EXPECT_NE(Generate().certificate_id(), certificate.certificate_id());
}

TEST_F(CertificateMethodsTest, ValidityIsAtMostAYear) {
  const int64_t now = std::time(nullptr);
  const int64_t year = int64_t{365} * 86'400;
  EXPECT_NEAR(static_cast<double>(
                  Generate(v1::KEY_ALGORITHM_ECDSA_P256, 10 * year).expires().seconds() - now),
              static_cast<double>(year), 60);
  v1::GenerateCertificateRequest request;
  request.mutable_validity()->set_seconds(-1);
  v1::GenerateCertificateResponse response;
  EXPECT_EQ(Reason(Call(&Stub::GenerateCertificate, request, &response)), "INVALID_ARGUMENT");
  request.Clear();
  request.set_key_algorithm(static_cast<v1::KeyAlgorithm>(99));
  EXPECT_EQ(Reason(Call(&Stub::GenerateCertificate, request, &response)), "INVALID_ARGUMENT");
}

TEST_F(CertificateMethodsTest, AnRsaCertificateIsAnnouncedAndConnects) {
  const v1::Certificate rsa = Generate(v1::KEY_ALGORITHM_RSA_2048);
  EXPECT_EQ(rsa.key_algorithm(), v1::KEY_ALGORITHM_RSA_2048);
  v1::PeerConnection a;
  ASSERT_TRUE(CreateWith(rsa, &a).ok());
  ASSERT_EQ(a.certificates_size(), 1);
  EXPECT_EQ(a.certificates(0).certificate_id(), rsa.certificate_id());
  EXPECT_EQ(a.configuration().certificates(0).certificate_id(), rsa.certificate_id());
  v1::CreateDataChannelRequest channel;
  channel.set_peer_connection_id(a.peer_connection_id());
  v1::CreateDataChannelResponse created;
  ASSERT_TRUE(ServiceHarness::Call(&v1::DataChannelService::Stub::CreateDataChannel, *service_.data,
                                   channel, &created)
                  .ok());
  const std::string b = service_.Create();
  service_.Negotiate(a.peer_connection_id(), b);
  EXPECT_NE(service_.Get(b).remote_description().sdp().find("a=fingerprint:sha-256 " +
                                                            rsa.fingerprints(0).value()),
            std::string::npos);
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(b);
  EventReader(service_, watch).Until([](const v1::WatchEventsResponse& message) {
    const auto connected = v1::PEER_CONNECTION_STATE_CONNECTED;
    return message.snapshot().peer_connection().connection_state() == connected ||
           message.event().connection_state_change().connection_state() == connected;
  });
}

TEST_F(CertificateMethodsTest, WhatCannotBeUsedIsRefusedAndNothingIsMade) {
  v1::PeerConnection created;
  v1::Certificate unknown;
  unknown.set_certificate_id("certificate-unknown");
  EXPECT_EQ(Reason(CreateWith(unknown, &created)), "CERTIFICATE_NOT_FOUND");
  const grpc::Status expired = CreateWith(Generate(v1::KEY_ALGORITHM_ECDSA_P256, 0), &created);
  EXPECT_EQ(Reason(expired), "INVALID_CERTIFICATE");
  EXPECT_EQ(InfoOf(expired).metadata().at("domException"), "InvalidAccessError");
  v1::CreateRequest request;
  request.mutable_configuration()->add_certificates()->mutable_pem()->set_certificate_pem("x");
  v1::CreateResponse response;
  EXPECT_EQ(Reason(Call(&Stub::Create, request, &response)), "INVALID_CERTIFICATE");
  request.mutable_configuration()->mutable_certificates(0)->clear_source();
  EXPECT_EQ(Reason(Call(&Stub::Create, request, &response)), "INVALID_ARGUMENT");
  EXPECT_EQ(service_.host().size(), 0u);
}

TEST_F(CertificateMethodsTest, CertificatesAreFixedAtCreation) {
  v1::PeerConnection pc;
  ASSERT_TRUE(CreateWith(Generate(), &pc).ok());
  const std::string id = pc.peer_connection_id();
  v1::GetConfigurationRequest get;
  get.set_peer_connection_id(id);
  v1::GetConfigurationResponse got;
  ASSERT_TRUE(Call(&Stub::GetConfiguration, get, &got).ok());
  EXPECT_TRUE(SetConfiguration(id, got.configuration()).ok()) << "as it is";
  EXPECT_TRUE(SetConfiguration(id, {}).ok()) << "not named: not changed (W3C)";
  EXPECT_EQ(service_.Get(id).configuration().certificates_size(), 1);

  v1::Configuration other;
  other.add_certificates()->set_certificate_id(Generate().certificate_id());
  const grpc::Status changed = SetConfiguration(id, other);
  EXPECT_EQ(Reason(changed), "CONFIGURATION_CHANGE_REFUSED");
  EXPECT_EQ(InfoOf(changed).metadata().at("domException"), "InvalidModificationError");
  *other.add_certificates() = got.configuration().certificates(0);
  EXPECT_EQ(Reason(SetConfiguration(id, other)), "CONFIGURATION_CHANGE_REFUSED");
  EXPECT_EQ(Reason(SetConfiguration(service_.Create(), got.configuration())),
            "CONFIGURATION_CHANGE_REFUSED")
      << "one that was made for the connection is not the caller's";
}

TEST_F(CertificateMethodsTest, WhatIsDeletedStaysWithTheConnectionsThatHaveIt) {
  const v1::Certificate certificate = Generate();
  v1::PeerConnection pc;
  ASSERT_TRUE(CreateWith(certificate, &pc).ok());
  v1::DeleteCertificateRequest request;
  request.set_certificate_id(certificate.certificate_id());
  request.set_request_id("once");
  v1::DeleteCertificateResponse response;
  EXPECT_TRUE(Call(&Stub::DeleteCertificate, request, &response).ok());
  EXPECT_TRUE(Call(&Stub::DeleteCertificate, request, &response).ok()) << "a repeat";
  request.clear_request_id();
  EXPECT_EQ(Reason(Call(&Stub::DeleteCertificate, request, &response)), "CERTIFICATE_NOT_FOUND");
  v1::PeerConnection other;
  EXPECT_EQ(Reason(CreateWith(certificate, &other)), "CERTIFICATE_NOT_FOUND");
  EXPECT_TRUE(SetConfiguration(pc.peer_connection_id(),
                               service_.Get(pc.peer_connection_id()).configuration())
                  .ok())
      << "it is not looked up again";
  v1::CreateDataChannelRequest channel;
  channel.set_peer_connection_id(pc.peer_connection_id());
  v1::CreateDataChannelResponse created;
  ASSERT_TRUE(ServiceHarness::Call(&v1::DataChannelService::Stub::CreateDataChannel, *service_.data,
                                   channel, &created)
                  .ok());
  const std::string b = service_.Create();
  service_.Negotiate(pc.peer_connection_id(), b);
  EXPECT_NE(service_.Get(b).remote_description().sdp().find(certificate.fingerprints(0).value()),
            std::string::npos);
}

TEST(CertificateLimits, AFullNodeSaysSo) {
  ServiceHarness service({.max_certificates = 1});
  v1::GenerateCertificateResponse response;
  EXPECT_TRUE(ServiceHarness::Call(&Stub::GenerateCertificate, *service.connections,
                                   v1::GenerateCertificateRequest(), &response)
                  .ok());
  EXPECT_EQ(Reason(ServiceHarness::Call(&Stub::GenerateCertificate, *service.connections,
                                        v1::GenerateCertificateRequest(), &response)),
            "LIMIT_EXCEEDED");
}

}  // namespace
}  // namespace pcd::service

// Create, Get, List, Close and what a caller can do wrong with them.
#include <set>
#include <string>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;

class LifecycleTest : public ::testing::Test {
 protected:
  grpc::Status Create(const v1::CreateRequest& request, v1::CreateResponse* response) {
    return ServiceHarness::Call(&Stub::Create, *service_.connections, request, response);
  }
  grpc::Status List(const v1::ListRequest& request, v1::ListResponse* response) {
    return ServiceHarness::Call(&Stub::List, *service_.connections, request, response);
  }
  grpc::Status TryGet(const std::string& id) {
    v1::GetRequest request;
    request.set_peer_connection_id(id);
    v1::GetResponse response;
    return ServiceHarness::Call(&Stub::Get, *service_.connections, request, &response);
  }

  ServiceHarness service_{Limits{.max_peer_connections = 4}};
};

TEST_F(LifecycleTest, ANewConnectionHasTheInitialStatesOfW3c) {
  v1::CreateRequest request;
  request.set_peer_connection_id_suffix("alice-1");
  (*request.mutable_labels())["tenant"] = "acme";
  v1::CreateResponse created;
  ASSERT_TRUE(Create(request, &created).ok());
  const v1::PeerConnection pc = service_.Get(created.peer_connection().peer_connection_id());
  EXPECT_EQ(pc.peer_connection_id().rfind("test.", 0), 0u);
  EXPECT_NE(pc.peer_connection_id().find("alice-1"), std::string::npos);
  EXPECT_EQ(pc.labels().at("tenant"), "acme");
  EXPECT_EQ(pc.signaling_state(), v1::SIGNALING_STATE_STABLE);
  EXPECT_EQ(pc.ice_gathering_state(), v1::ICE_GATHERING_STATE_NEW);
  EXPECT_EQ(pc.ice_connection_state(), v1::ICE_CONNECTION_STATE_NEW);
  EXPECT_EQ(pc.connection_state(), v1::PEER_CONNECTION_STATE_NEW);
  EXPECT_EQ(pc.can_trickle_ice_candidates(), v1::CAN_TRICKLE_ICE_CANDIDATES_UNKNOWN);
  EXPECT_FALSE(pc.has_local_description());
  EXPECT_FALSE(pc.has_sctp());
  EXPECT_EQ(pc.revision(), 1u);
  EXPECT_GE(pc.last_event_sequence(), 1u);
  EXPECT_GT(pc.create_time().seconds(), 0);
  ASSERT_EQ(pc.certificates_size(), 1);
  EXPECT_EQ(pc.certificates(0).fingerprints(0).algorithm(), "sha-256");
  EXPECT_EQ(pc.configuration().bundle_policy(), v1::BUNDLE_POLICY_MAX_BUNDLE);
}

TEST_F(LifecycleTest, AClosedConnectionIsGone) {
  const std::string id = service_.Create();
  v1::CloseRequest request;
  request.set_peer_connection_id(id);
  request.set_message("done with it");
  v1::CloseResponse response;
  ASSERT_TRUE(ServiceHarness::Call(&Stub::Close, *service_.connections, request, &response).ok());
  EXPECT_EQ(response.peer_connection().connection_state(), v1::PEER_CONNECTION_STATE_CLOSED);
  EXPECT_EQ(response.peer_connection().signaling_state(), v1::SIGNALING_STATE_CLOSED);
  EXPECT_EQ(response.peer_connection().close_reason(), v1::CLOSE_REASON_REQUESTED);
  EXPECT_EQ(response.peer_connection().close_message(), "done with it");
  EXPECT_EQ(Reason(TryGet(id)), "PEER_CONNECTION_NOT_FOUND");
  EXPECT_EQ(Reason(service_.Close(id)), "PEER_CONNECTION_NOT_FOUND");
}

TEST_F(LifecycleTest, UnknownAndMissingIdsAreTold) {
  const grpc::Status unknown = TryGet("test.nobody");
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(unknown), "PEER_CONNECTION_NOT_FOUND");
  const grpc::Status missing = TryGet("");
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(missing).metadata().at("field"), "peer_connection_id");
}

TEST_F(LifecycleTest, AFieldThatIsNotBuiltIsRefusedByName) {
  v1::CreateRequest request;
  v1::CreateResponse response;
  request.set_lease_id("1");
  grpc::Status status = Create(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Reason(status), "FIELD_NOT_IMPLEMENTED");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "lease_id");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "NotSupportedError");
  EXPECT_EQ(service_.host().size(), 0u);
}

TEST_F(LifecycleTest, IceServersAreTakenByTheRulesOfW3C) {
  v1::CreateRequest request;
  v1::CreateResponse response;
  v1::IceServer& server = *request.mutable_configuration()->add_ice_servers();
  server.add_urls("stun:192.0.2.1");
  server.add_urls("turn:192.0.2.1?transport=udp");
  grpc::Status status = Create(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(status), "INVALID_ICE_SERVER");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "configuration.ice_servers[0].username");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidAccessError");
  server.set_username("user");
  server.set_credential("secret");
  request.mutable_configuration()->set_ice_transport_policy(v1::ICE_TRANSPORT_POLICY_RELAY);
  ASSERT_TRUE(Create(request, &response).ok());
  // The credential is never told.
  const v1::Configuration& configuration = response.peer_connection().configuration();
  ASSERT_EQ(configuration.ice_servers_size(), 1);
  EXPECT_EQ(configuration.ice_servers(0).urls(1), "turn:192.0.2.1?transport=udp");
  EXPECT_EQ(configuration.ice_servers(0).username(), "user");
  EXPECT_EQ(configuration.ice_servers(0).credential(), "");
  EXPECT_EQ(configuration.ice_transport_policy(), v1::ICE_TRANSPORT_POLICY_RELAY);
  server.set_urls(1, "turn:192.0.2.1?transport=tcp");
  EXPECT_TRUE(Create(request, &response).ok());
  // Each gathering tells that they are of no use.
  for (const char* url : {"turns:192.0.2.1", "stuns:192.0.2.1"}) {
    server.set_urls(1, url);
    EXPECT_TRUE(Create(request, &response).ok()) << url;
    EXPECT_TRUE(service_.Close(response.peer_connection().peer_connection_id()).ok());
  }
  server.set_urls(1, "turns:");
  status = Create(request, &response);
  EXPECT_EQ(Reason(status), "INVALID_ICE_SERVER");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "SyntaxError");
  server.set_urls(1, "stun:169.254.169.254");
  status = Create(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Reason(status), "ICE_SERVER_DENIED");
  server.set_urls(1, "stun:192.0.2.2");
  request.mutable_configuration()->set_ice_backend(v1::ICE_BACKEND_SHARED_PORT);
  EXPECT_EQ(InfoOf(Create(request, &response)).metadata().at("field"), "configuration.ice_backend");
}

TEST_F(LifecycleTest, TheIceBackendIsAsAskedForAndNeverAutomaticInUse) {
  struct Row {
    v1::IceBackend asked, configured, in_use;
  };
  for (const Row& row :
       {Row{v1::ICE_BACKEND_UNSPECIFIED, v1::ICE_BACKEND_AUTO, v1::ICE_BACKEND_SHARED_PORT},
        Row{v1::ICE_BACKEND_AUTO, v1::ICE_BACKEND_AUTO, v1::ICE_BACKEND_SHARED_PORT},
        Row{v1::ICE_BACKEND_FULL, v1::ICE_BACKEND_FULL, v1::ICE_BACKEND_FULL},
        Row{v1::ICE_BACKEND_SHARED_PORT, v1::ICE_BACKEND_SHARED_PORT,
            v1::ICE_BACKEND_SHARED_PORT}}) {
    v1::CreateRequest request;
    request.mutable_configuration()->set_ice_backend(row.asked);
    v1::CreateResponse response;
    ASSERT_TRUE(Create(request, &response).ok());
    EXPECT_EQ(response.peer_connection().configuration().ice_backend(), row.configured);
    EXPECT_EQ(response.peer_connection().ice_backend(), row.in_use);
  }
}

TEST_F(LifecycleTest, BundlePoliciesAreKept) {
  v1::CreateRequest request;
  v1::CreateResponse response;
  for (const auto policy :
       {v1::BUNDLE_POLICY_BALANCED, v1::BUNDLE_POLICY_MAX_COMPAT, v1::BUNDLE_POLICY_MAX_BUNDLE}) {
    request.mutable_configuration()->set_bundle_policy(policy);
    ASSERT_TRUE(Create(request, &response).ok());
    EXPECT_EQ(response.peer_connection().configuration().bundle_policy(), policy);
  }
  request.mutable_configuration()->set_bundle_policy(static_cast<v1::BundlePolicy>(9));
  const grpc::Status status = Create(request, &response);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "configuration.bundle_policy");
}

TEST_F(LifecycleTest, ACallThatCarriesALeaseTokenIsRefused) {
  const std::string id = service_.Create();
  const auto with_token = [] {
    auto context = NewContext();
    context->AddMetadata("peerconnection-lease-token", "secret");
    return context;
  };
  const auto expect_refusal = [](const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(Reason(status), "FIELD_NOT_IMPLEMENTED");
    EXPECT_EQ(InfoOf(status).metadata().at("field"), "peerconnection-lease-token");
  };
  v1::CreateResponse created;
  expect_refusal(service_.connections->Create(with_token().get(), {}, &created));
  v1::ListResponse listed;
  expect_refusal(service_.connections->List(with_token().get(), {}, &listed));
  v1::CloseRequest close;
  close.set_peer_connection_id(id);
  v1::CloseResponse closed;
  expect_refusal(service_.connections->Close(with_token().get(), close, &closed));
  v1::AcceptOfferResponse accepted;
  expect_refusal(service_.connections->AcceptOffer(with_token().get(), {}, &accepted));
  v1::GetRequest get;
  get.set_peer_connection_id(id);
  v1::GetResponse got;
  expect_refusal(service_.connections->Get(with_token().get(), get, &got));

  const auto watch_context = with_token();
  const auto watch = service_.events->WatchEvents(watch_context.get(), {});
  v1::WatchEventsResponse event;
  EXPECT_FALSE(watch->Read(&event));
  expect_refusal(watch->Finish());
  const auto stream_context = with_token();
  const auto stream = service_.data->Stream(stream_context.get());
  v1::StreamResponse message;
  EXPECT_FALSE(stream->Read(&message));
  expect_refusal(stream->Finish());
  EXPECT_EQ(service_.host().size(), 1u);
}

TEST_F(LifecycleTest, RtcpMuxPolicyNegotiateIsRefusedAsW3cDoes) {
  v1::CreateRequest request;
  request.mutable_configuration()->set_rtcp_mux_policy(v1::RTCP_MUX_POLICY_NEGOTIATE);
  v1::CreateResponse response;
  const grpc::Status status = Create(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "NotSupportedError");
}

TEST_F(LifecycleTest, TheLimitOfConnectionsHoldsAndClosingMakesRoom) {
  const std::string first = service_.Create();
  for (int i = 0; i < 3; ++i) service_.Create();
  v1::CreateResponse response;
  const grpc::Status status = Create({}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Reason(status), "LIMIT_EXCEEDED");
  EXPECT_TRUE(service_.Close(first).ok());
  EXPECT_TRUE(Create({}, &response).ok());
}

TEST_F(LifecycleTest, AListComesInPagesWithoutRepetition) {
  std::set<std::string> created;
  for (int i = 0; i < 4; ++i) created.insert(service_.Create());
  v1::ListRequest request;
  request.set_page_size(3);
  v1::ListResponse first;
  ASSERT_TRUE(List(request, &first).ok());
  ASSERT_EQ(first.peer_connections_size(), 3);
  ASSERT_FALSE(first.next_page_token().empty());
  request.set_page_token(first.next_page_token());
  v1::ListResponse second;
  ASSERT_TRUE(List(request, &second).ok());
  EXPECT_EQ(second.peer_connections_size(), 1);
  EXPECT_TRUE(second.next_page_token().empty());
  std::set<std::string> listed;
  for (const v1::ListResponse* page : {&first, &second}) {
    for (const auto& pc : page->peer_connections()) listed.insert(pc.peer_connection_id());
  }
  EXPECT_EQ(listed, created);
}

TEST_F(LifecycleTest, AReadMaskLeavesWhatItNames) {
  const std::string id = service_.Create();
  v1::GetRequest get;
  get.set_peer_connection_id(id);
  get.mutable_read_mask()->add_paths("revision");
  v1::GetResponse got;
  const auto call_get = [&] {
    return ServiceHarness::Call(&v1::PeerConnectionService::Stub::Get, *service_.connections, get,
                                &got);
  };
  ASSERT_TRUE(call_get().ok());
  EXPECT_GT(got.peer_connection().revision(), 0u);
  EXPECT_EQ(got.peer_connection().peer_connection_id(), "");
  get.mutable_read_mask()->add_paths("nothing");
  const grpc::Status unknown = call_get();
  EXPECT_EQ(Reason(unknown), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(unknown).metadata().at("field"), "read_mask");

  v1::ListRequest list;
  v1::ListResponse page;
  ASSERT_TRUE(List(list, &page).ok());
  EXPECT_EQ(page.peer_connections(0).certificates_size(), 0) << "left out unless asked for";
  list.mutable_read_mask()->add_paths("certificates");
  ASSERT_TRUE(List(list, &page).ok());
  EXPECT_EQ(page.peer_connections(0).certificates_size(), 1);
  EXPECT_EQ(page.peer_connections(0).peer_connection_id(), "");
}

TEST_F(LifecycleTest, ACloseWithAStaleRevisionClosesNothing) {
  const std::string id = service_.Create();
  v1::CloseRequest request;
  request.set_peer_connection_id(id);
  request.set_revision(service_.Get(id).revision() + 1);
  v1::CloseResponse response;
  const auto close = [&] {
    return ServiceHarness::Call(&v1::PeerConnectionService::Stub::Close, *service_.connections,
                                request, &response);
  };
  const grpc::Status stale = close();
  EXPECT_EQ(stale.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(Reason(stale), "STALE_REVISION");
  request.set_revision(service_.Get(id).revision());
  EXPECT_EQ(InfoOf(stale).metadata().at("revision"), std::to_string(request.revision()));
  EXPECT_TRUE(close().ok());
  EXPECT_EQ(response.peer_connection().peer_connection_id(), id);
}

TEST_F(LifecycleTest, APageTokenOfAnotherListIsStale) {
  for (int i = 0; i < 2; ++i) service_.Create();
  v1::ListRequest request;
  request.set_page_size(1);
  v1::ListResponse response;
  ASSERT_TRUE(List(request, &response).ok());
  request.set_page_token(response.next_page_token());
  request.set_label_selector("tenant=acme");
  EXPECT_EQ(Reason(List(request, &response)), "STALE_PAGE_TOKEN");
}

TEST_F(LifecycleTest, AListSelectsByLabels) {
  service_.Create();
  v1::CreateRequest create;
  (*create.mutable_labels())["tenant"] = "acme";
  v1::CreateResponse created;
  ASSERT_TRUE(Create(create, &created).ok());
  v1::ListRequest request;
  request.set_label_selector("tenant=acme");
  v1::ListResponse response;
  ASSERT_TRUE(List(request, &response).ok());
  ASSERT_EQ(response.peer_connections_size(), 1);
  EXPECT_EQ(response.peer_connections(0).peer_connection_id(),
            created.peer_connection().peer_connection_id());
  EXPECT_EQ(response.peer_connections(0).certificates_size(), 0);
  request.set_label_selector("tenant in (a)");
  EXPECT_EQ(Reason(List(request, &response)), "INVALID_LABEL_SELECTOR");
}

TEST_F(LifecycleTest, CloseChecksItsOptions) {
  const std::string id = service_.Create();
  v1::CloseRequest request;
  v1::CloseResponse response;
  request.set_peer_connection_id(id);
  request.set_message(std::string(257, 'x'));
  EXPECT_EQ(InfoOf(ServiceHarness::Call(&Stub::Close, *service_.connections, request, &response))
                .metadata()
                .at("field"),
            "message");
  request.clear_message();
  request.mutable_graceful_timeout()->set_seconds(1);
  EXPECT_EQ(Reason(ServiceHarness::Call(&Stub::Close, *service_.connections, request, &response)),
            "INVALID_ARGUMENT");
  request.set_graceful(true);
  request.mutable_graceful_timeout()->set_seconds(61);
  EXPECT_EQ(Reason(ServiceHarness::Call(&Stub::Close, *service_.connections, request, &response)),
            "INVALID_ARGUMENT");
  request.mutable_graceful_timeout()->set_seconds(60);
  EXPECT_TRUE(ServiceHarness::Call(&Stub::Close, *service_.connections, request, &response).ok());
}

}  // namespace
}  // namespace pcd::service

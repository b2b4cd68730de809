// request_id: a repeat is answered as the first call was, whatever happened since.
#include <future>
#include <string>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;

class RetryTest : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    return ServiceHarness::Call(method, *service_.connections, request, response);
  }
  std::string Create(const std::string& request_id, const std::string& suffix = "") {
    v1::CreateRequest request;
    request.set_request_id(request_id);
    request.set_peer_connection_id_suffix(suffix);
    v1::CreateResponse response;
    const grpc::Status status = Call(&Stub::Create, request, &response);
    return status.ok() ? response.peer_connection().peer_connection_id() : Reason(status);
  }

  ServiceHarness service_;
};

TEST_F(RetryTest, OneRequestIdMakesOneConnection) {
  const std::string id = Create("create-1");
  EXPECT_EQ(Create("create-1"), id);
  EXPECT_NE(Create("create-2"), id);
  EXPECT_EQ(Create("create-1", "other"), "REQUEST_ID_REUSED");
  EXPECT_EQ(service_.host().size(), 2u);
}

TEST_F(RetryTest, RepeatsAtTheSameTimeMakeOneConnection) {
  std::vector<std::future<std::string>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async, [this] { return Create("create-1"); }));
  }
  const std::string id = calls.front().get();
  for (size_t i = 1; i < calls.size(); ++i) EXPECT_EQ(calls[i].get(), id);
  EXPECT_EQ(service_.host().size(), 1u);
}

TEST_F(RetryTest, AnIdThatIsNotOneIsRefused) {
  EXPECT_EQ(Create(std::string(36, 'x')).rfind("test.", 0), 0u);
  for (const std::string& id : {std::string(37, 'x'), std::string("\n"), std::string("\xc3\xa4")}) {
    v1::CreateRequest request;
    request.set_request_id(id);
    v1::CreateResponse response;
    const grpc::Status status = Call(&Stub::Create, request, &response);
    if (status.error_code() == grpc::StatusCode::INTERNAL) continue;  // Not UTF-8 at all.
    EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
    EXPECT_EQ(InfoOf(status).metadata().at("field"), "request_id");
  }
}

TEST_F(RetryTest, AChangeIsMadeOnceAndAnsweredAgainWithTheRevisionOfThen) {
  v1::AddTransceiverRequest request;
  request.set_peer_connection_id(Create("create-1"));
  request.set_kind(v1::MEDIA_KIND_AUDIO);
  request.set_revision(service_.Get(request.peer_connection_id()).revision());
  request.set_request_id("add-1");
  v1::AddTransceiverResponse first, second;
  ASSERT_TRUE(Call(&Stub::AddTransceiver, request, &first).ok());
  ASSERT_TRUE(Call(&Stub::AddTransceiver, request, &second).ok()) << "not stale: it is the same";
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  v1::ListTransceiversRequest list;
  list.set_peer_connection_id(request.peer_connection_id());
  v1::ListTransceiversResponse listed;
  ASSERT_TRUE(Call(&Stub::ListTransceivers, list, &listed).ok());
  EXPECT_EQ(listed.transceivers_size(), 1);
}

TEST_F(RetryTest, OneIdIsOfOneMethod) {
  v1::RestartIceRequest request;
  request.set_peer_connection_id(Create("one"));
  request.set_request_id("one");
  v1::RestartIceResponse response;
  EXPECT_EQ(Reason(Call(&Stub::RestartIce, request, &response)), "REQUEST_ID_REUSED");
}

TEST_F(RetryTest, ACloseThatIsRepeatedHasTheSameAnswer) {
  v1::CloseRequest request;
  request.set_peer_connection_id(Create("create-1"));
  request.set_request_id("close-1");
  v1::CloseResponse first, second;
  ASSERT_TRUE(Call(&Stub::Close, request, &first).ok());
  ASSERT_TRUE(Call(&Stub::Close, request, &second).ok());
  EXPECT_EQ(second.peer_connection().peer_connection_id(), request.peer_connection_id());
  request.set_request_id("close-2");
  EXPECT_EQ(Reason(Call(&Stub::Close, request, &second)), "PEER_CONNECTION_NOT_FOUND");
}

TEST_F(RetryTest, WhatFailedIsCarriedOutAgain) {
  v1::SetTransceiverDirectionRequest request;
  request.set_peer_connection_id(Create("create-1"));
  request.set_transceiver_id("t");
  request.set_direction(v1::RTP_TRANSCEIVER_DIRECTION_RECVONLY);
  request.set_request_id("direction-1");
  v1::SetTransceiverDirectionResponse response;
  EXPECT_EQ(Reason(Call(&Stub::SetTransceiverDirection, request, &response)),
            "TRANSCEIVER_NOT_FOUND");
  v1::AddTransceiverRequest add;
  add.set_peer_connection_id(request.peer_connection_id());
  add.set_kind(v1::MEDIA_KIND_AUDIO);
  add.set_transceiver_id("t");
  v1::AddTransceiverResponse added;
  ASSERT_TRUE(Call(&Stub::AddTransceiver, add, &added).ok());
  EXPECT_TRUE(Call(&Stub::SetTransceiverDirection, request, &response).ok());
}

TEST_F(RetryTest, EveryServiceKeepsToIt) {
  v1::CreateDataChannelRequest request;
  request.set_peer_connection_id(Create("create-1"));
  request.set_request_id("channel-1");
  v1::CreateDataChannelResponse first, second;
  for (auto* response : {&first, &second}) {
    ASSERT_TRUE(ServiceHarness::Call(&v1::DataChannelService::Stub::CreateDataChannel,
                                     *service_.data, request, response)
                    .ok());
  }
  EXPECT_EQ(first.data_channel().data_channel_id(), second.data_channel().data_channel_id());
}

}  // namespace
}  // namespace pcd::service

// peerconnection-order: calls on one connection are carried out in the order that their caller
// gives, whatever order they arrive in.
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Connections = v1::PeerConnectionService::Stub;
using std::chrono_literals::operator""s;

constexpr char kOrderKey[] = "peerconnection-order";

// A call that goes on beside the test.
template <typename Response>
struct Pending {
  std::unique_ptr<grpc::ClientContext> context = NewContext();
  Response response{};
  std::promise<grpc::Status> ended{};
  std::future<grpc::Status> status = ended.get_future();

  grpc::Status Wait() {
    if (status.wait_for(60s) == std::future_status::ready) return status.get();
    return {grpc::StatusCode::UNKNOWN, "the call does not end"};
  }
  bool IsOver() { return status.wait_for(0s) == std::future_status::ready; }
};

using Add = std::unique_ptr<Pending<v1::AddTransceiverResponse>>;

class OrderedCallsTest : public ::testing::Test {
 protected:
  v1::AddTransceiverRequest AddRequest(const std::string& transceiver) {
    v1::AddTransceiverRequest request;
    request.set_peer_connection_id(id_);
    request.set_kind(v1::MEDIA_KIND_AUDIO);
    request.set_transceiver_id(transceiver);
    return request;
  }
  // AddTransceiver with a place among others, not awaited.
  Add Start(const std::string& order, const v1::AddTransceiverRequest& request) {
    auto call = std::make_unique<Pending<v1::AddTransceiverResponse>>();
    call->context->AddMetadata(kOrderKey, order);
    auto& pending = *call;
    requests_.push_back(std::make_unique<v1::AddTransceiverRequest>(request));
    service_.connections->async()->AddTransceiver(
        pending.context.get(), requests_.back().get(), &pending.response,
        [&pending](grpc::Status status) { pending.ended.set_value(std::move(status)); });
    return call;
  }
  Add Start(const std::string& order) { return Start(order, AddRequest(IdOf(order))); }
  std::string Run(const std::string& order) { return Reason(Start(order)->Wait()); }

  // A unary call of any stub, awaited.
  template <typename Stub, typename Base, typename Request, typename Response>
  grpc::Status CallInOrder(const std::string& order,
                           grpc::Status (Base::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           Stub& stub, const Request& request, Response* response) {
    const auto context = NewContext();
    context->AddMetadata(kOrderKey, order);
    return (stub.*method)(context.get(), request, response);
  }

  std::vector<std::string> Transceivers() {
    v1::ListTransceiversRequest request;
    request.set_peer_connection_id(id_);
    v1::ListTransceiversResponse response;
    EXPECT_TRUE(ServiceHarness::Call(&Connections::ListTransceivers, *service_.connections, request,
                                     &response)
                    .ok());
    std::vector<std::string> ids;
    for (const auto& transceiver : response.transceivers()) {
      ids.push_back(transceiver.transceiver_id());
    }
    return ids;
  }
  // "a/1" adds the transceiver "a.1".
  static std::string IdOf(std::string order) {
    order[order.find('/')] = '.';
    return order;
  }

  ServiceHarness service_;
  const std::string id_ = service_.Create();
  std::vector<std::unique_ptr<v1::AddTransceiverRequest>> requests_;
};

using Ids = std::vector<std::string>;

TEST_F(OrderedCallsTest, TheOrderIsThatOfTheNumbers) {
  std::vector<Add> calls;
  for (const char* order : {"a/3", "a/1", "a/4", "a/2", "a/0"}) calls.push_back(Start(order));
  for (const Add& call : calls) EXPECT_EQ(Reason(call->Wait()), "");
  EXPECT_EQ(Transceivers(), (Ids{"a.0", "a.1", "a.2", "a.3", "a.4"}));
}

TEST_F(OrderedCallsTest, CallsWithoutOrderAndOtherCallersDoNotWait) {
  const Add waiting = Start("a/1");
  EXPECT_EQ(Run("b/0"), "");
  v1::AddTransceiverResponse response;
  EXPECT_TRUE(ServiceHarness::Call(&Connections::AddTransceiver, *service_.connections,
                                   AddRequest("free"), &response)
                  .ok());
  EXPECT_FALSE(waiting->IsOver());
  EXPECT_EQ(Run("a/0"), "");
  EXPECT_EQ(Reason(waiting->Wait()), "");
  EXPECT_EQ(Transceivers(), (Ids{"b.0", "free", "a.0", "a.1"}));
}

TEST_F(OrderedCallsTest, AnOfferThatComesFirstHasWhatWasAddedBefore) {
  v1::CreateOfferRequest request;
  request.set_peer_connection_id(id_);
  Pending<v1::CreateOfferResponse> offer;
  offer.context->AddMetadata(kOrderKey, "a/2");
  service_.connections->async()->CreateOffer(
      offer.context.get(), &request, &offer.response,
      [&offer](grpc::Status status) { offer.ended.set_value(std::move(status)); });
  v1::CreateDataChannelRequest channel;
  channel.set_peer_connection_id(id_);
  Pending<v1::CreateDataChannelResponse> created;
  created.context->AddMetadata(kOrderKey, "a/1");
  service_.data->async()->CreateDataChannel(
      created.context.get(), &channel, &created.response,
      [&created](grpc::Status status) { created.ended.set_value(std::move(status)); });
  EXPECT_EQ(Run("a/0"), "");
  EXPECT_EQ(Reason(created.Wait()), "");
  EXPECT_EQ(Reason(offer.Wait()), "");
  const std::string& sdp = offer.response.description().sdp();
  EXPECT_NE(sdp.find("m=audio"), std::string::npos) << sdp;
  EXPECT_NE(sdp.find("m=application"), std::string::npos) << sdp;
}

TEST_F(OrderedCallsTest, WhatFailsOrIsRefusedTakesItsPlace) {
  const Add last = Start("a/4");
  const Add taken = Start("a/3", AddRequest("a.4"));
  v1::AddTransceiverRequest request = AddRequest("refused");
  request.set_request_id(std::string(37, 'x'));  // None at all.
  EXPECT_EQ(Reason(Start("a/2", request)->Wait()), "INVALID_ARGUMENT");
  EXPECT_FALSE(last->IsOver());
  EXPECT_EQ(Reason(Start("a/0", AddRequest("no id: a space"))->Wait()), "INVALID_ARGUMENT");
  v1::AddTransceiverRequest unknown = AddRequest("unknown");
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(999, 1);
  EXPECT_EQ(Reason(Start("a/1", unknown)->Wait()), "FIELD_NOT_IMPLEMENTED");
  EXPECT_EQ(Reason(taken->Wait()), "");
  EXPECT_EQ(Reason(last->Wait()), "ALREADY_EXISTS");
  EXPECT_EQ(Transceivers(), (Ids{"a.4"}));
}

TEST_F(OrderedCallsTest, ANumberHasItsTurnOnce) {
  EXPECT_EQ(Run("a/0"), "");
  const grpc::Status again = Start("a/0", AddRequest("again"))->Wait();
  EXPECT_EQ(Reason(again), "CALL_OUT_OF_ORDER");
  EXPECT_EQ(Transceivers(), (Ids{"a.0"}));
  EXPECT_EQ(Run("a/1"), "");
}

TEST_F(OrderedCallsTest, ARepeatGetsTheFirstAnswerAlsoIfThatIsAnError) {
  v1::AddTransceiverRequest request = AddRequest("t");
  request.set_request_id("add-1");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Reason(Start("a/0", request)->Wait()), "");
  request.set_request_id("add-2");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Reason(Start("a/1", request)->Wait()), "ALREADY_EXISTS");
  }
  EXPECT_EQ(Transceivers(), (Ids{"t"}));
  EXPECT_EQ(Run("a/2"), "") << "the repeats have taken no place of others";
}

TEST_F(OrderedCallsTest, ARepeatOfACallThatWaitsIsAnsweredWithIt) {
  v1::AddTransceiverRequest request = AddRequest("t");
  request.set_request_id("add-1");
  const Add first = Start("a/1", request);
  const Add second = Start("a/1", request);
  EXPECT_EQ(Run("a/0"), "");
  EXPECT_EQ(Reason(first->Wait()), "");
  EXPECT_EQ(Reason(second->Wait()), "");
  EXPECT_EQ(first->response.SerializeAsString(), second->response.SerializeAsString());
  EXPECT_EQ(Transceivers(), (Ids{"a.0", "t"}));
}

TEST_F(OrderedCallsTest, AnAnswerToARepeatWithAnotherNumberTakesThatPlace) {
  v1::AddTransceiverRequest request = AddRequest("t");
  request.set_request_id("add-1");
  EXPECT_EQ(Reason(Start("a/0", request)->Wait()), "");
  const Add next = Start("a/2");
  EXPECT_EQ(Reason(Start("a/1", request)->Wait()), "");
  EXPECT_EQ(Reason(next->Wait()), "");
}

TEST_F(OrderedCallsTest, ACancelledCallHoldsUpNobody) {
  const Add cancelled = Start("a/1");
  const Add last = Start("a/2");
  cancelled->context->TryCancel();
  EXPECT_EQ(cancelled->Wait().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Run("a/0"), "");
  EXPECT_EQ(Reason(last->Wait()), "");
  EXPECT_EQ(Transceivers().back(), "a.2");
}

TEST_F(OrderedCallsTest, ACancelledCallThatMayBeRepeatedIsCarriedOutInItsTurn) {
  v1::AddTransceiverRequest request = AddRequest("t");
  request.set_request_id("add-1");
  const Add cancelled = Start("a/1", request);
  const Add repeat = Start("a/1", request);
  cancelled->context->TryCancel();
  EXPECT_EQ(cancelled->Wait().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Run("a/0"), "");
  EXPECT_EQ(Reason(repeat->Wait()), "");
  EXPECT_EQ(Transceivers(), (Ids{"a.0", "t"}));
}

TEST_F(OrderedCallsTest, MoreThanMayWaitIsRefusedAndMayComeAgain) {
  constexpr int kMost = 128;
  std::vector<Add> calls(1);
  for (int number = 1; number <= kMost + 1; ++number) {
    calls.push_back(Start("a/" + std::to_string(number)));
  }
  int refused = 0;
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (refused == 0 && std::chrono::steady_clock::now() < end) {
    for (int number = 1; number <= kMost + 1; ++number) {
      if (calls[static_cast<size_t>(number)]->IsOver()) refused = number;
    }
  }
  ASSERT_NE(refused, 0);
  EXPECT_EQ(Reason(calls[static_cast<size_t>(refused)]->Wait()), "LIMIT_EXCEEDED");
  EXPECT_EQ(Transceivers(), Ids{});
  EXPECT_EQ(Run("a/0"), "");
  // More than a connection may have of them, so that most fail; each in its turn.
  Run("a/" + std::to_string(refused));
  for (int number = 1; number <= kMost + 1; ++number) {
    if (number != refused) calls[static_cast<size_t>(number)]->Wait();
  }
  const Ids made = Transceivers();
  ASSERT_GT(made.size(), 10u);
  for (size_t i = 0; i < made.size(); ++i) EXPECT_EQ(made[i], "a." + std::to_string(i));
}

TEST_F(OrderedCallsTest, WhatIsNoOrderIsRefused) {
  for (const char* order : {"", "a", "a/", "/0", "a/-1", "a/00", "a b/0", "a/9007199254740992"}) {
    const grpc::Status status = Start(order, AddRequest("t"))->Wait();
    EXPECT_EQ(Reason(status), "INVALID_ARGUMENT") << order;
    EXPECT_EQ(InfoOf(status).metadata().at("field"), kOrderKey);
  }
  const auto context = NewContext();
  context->AddMetadata(kOrderKey, "a/0");
  context->AddMetadata(kOrderKey, "a/1");
  v1::AddTransceiverResponse response;
  EXPECT_EQ(Reason(service_.connections->AddTransceiver(context.get(), AddRequest("t"), &response)),
            "INVALID_ARGUMENT");
  EXPECT_EQ(Transceivers(), Ids{});
}

TEST_F(OrderedCallsTest, OnlyCallsOnAConnectionHaveOne) {
  v1::CreateResponse created;
  EXPECT_EQ(Reason(CallInOrder("a/0", &Connections::Create, *service_.connections,
                               v1::CreateRequest(), &created)),
            "INVALID_ARGUMENT");
  v1::ListResponse listed;
  EXPECT_EQ(Reason(CallInOrder("a/0", &Connections::List, *service_.connections, v1::ListRequest(),
                               &listed)),
            "INVALID_ARGUMENT");
  EXPECT_EQ(service_.host().size(), 1u);
  const auto context = NewContext();
  context->AddMetadata(kOrderKey, "a/0");
  const auto watch = service_.events->WatchEvents(context.get(), v1::WatchEventsRequest());
  v1::WatchEventsResponse event;
  EXPECT_FALSE(watch->Read(&event));
  EXPECT_EQ(Reason(watch->Finish()), "INVALID_ARGUMENT");
}

TEST_F(OrderedCallsTest, CloseHasAPlaceAndWhatWaitsEndsWithIt) {
  const Add behind = Start("a/3");
  v1::CloseRequest request;
  request.set_peer_connection_id(id_);
  Pending<v1::CloseResponse> close;
  close.context->AddMetadata(kOrderKey, "a/1");
  service_.connections->async()->Close(
      close.context.get(), &request, &close.response,
      [&close](grpc::Status status) { close.ended.set_value(std::move(status)); });
  EXPECT_EQ(Transceivers(), Ids{}) << "it is not closed yet";
  EXPECT_EQ(Run("a/0"), "");
  EXPECT_EQ(Reason(close.Wait()), "");
  // The latter if it has come only now.
  const std::string reason = Reason(behind->Wait());
  EXPECT_TRUE(reason == "PEER_CONNECTION_CLOSED" || reason == "PEER_CONNECTION_NOT_FOUND")
      << reason;
  EXPECT_EQ(Run("a/2"), "PEER_CONNECTION_NOT_FOUND");
}

TEST_F(OrderedCallsTest, TheEndOfTheServiceEndsWhatWaits) {
  const Add waiting = Start("a/1");
  EXPECT_EQ(Transceivers(), Ids{});
  service_.StopServer();
  EXPECT_FALSE(waiting->Wait().ok());
}

}  // namespace
}  // namespace pcd::service

// WatchEvents: snapshot or replay, `synced`, gapless numbers, resumption, gaps, the end.
#include <map>
#include <string>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

class EventStreamTest : public ::testing::Test {
 protected:
  v1::WatchEventsRequest Named(const std::string& id) {
    v1::WatchEventsRequest request;
    request.add_peer_connection_ids(id);
    return request;
  }
  // gRPC itself takes in some hundred kilobytes of what nobody reads.
  void MakeMoreEventsThanAQueueHolds() {
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(service_.Close(service_.Create()).ok());
  }
  // Something that makes events: a transceiver.
  void Change(const std::string& id) {
    v1::AddTransceiverRequest request;
    request.set_peer_connection_id(id);
    request.set_kind(v1::MEDIA_KIND_AUDIO);
    v1::AddTransceiverResponse response;
    const grpc::Status status =
        ServiceHarness::Call(&v1::PeerConnectionService::Stub::AddTransceiver,
                             *service_.connections, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  static constexpr size_t kWatchBytes = 64 << 10;
  static ServerOptions SmallQueues() {
    ServerOptions options;
    options.max_watch_bytes = kWatchBytes;
    return options;
  }

  ServiceHarness service_{{}, SmallQueues()};
};

TEST_F(EventStreamTest, AWatchBeginsWithASnapshotAndGoesOnWithoutGaps) {
  const std::string id = service_.Create();
  EventReader reader(service_, Named(id));
  const auto initial = reader.Initial();
  ASSERT_EQ(initial.size(), 1u);
  ASSERT_TRUE(initial[0].has_snapshot());
  EXPECT_EQ(initial[0].snapshot().peer_connection().peer_connection_id(), id);
  uint64_t last = initial[0].snapshot().peer_connection().last_event_sequence();
  Change(id);
  Change(id);
  int transceiver_changes = 0;
  while (transceiver_changes < 2) {
    const v1::WatchEventsResponse response = reader.Next();
    ASSERT_TRUE(response.has_event()) << response.ShortDebugString();
    EXPECT_EQ(response.event().sequence(), last + 1);
    EXPECT_EQ(response.event().peer_connection_id(), id);
    EXPECT_GT(response.event().time().seconds(), 0);
    last = response.event().sequence();
    if (response.event().has_transceiver_change()) ++transceiver_changes;
  }
}

TEST_F(EventStreamTest, AWatchResumesAfterANumber) {
  const std::string id = service_.Create();
  Change(id);
  v1::WatchEventsRequest request = Named(id);
  (*request.mutable_resume_after())[id] = 1;
  EventReader reader(service_, request);
  const auto initial = reader.Initial();
  ASSERT_FALSE(initial.empty());
  uint64_t expected = 2;
  for (const auto& response : initial) EXPECT_EQ(response.event().sequence(), expected++);
}

TEST_F(EventStreamTest, ResumingAfterANumberThatWasNotReachedIsAnError) {
  const std::string id = service_.Create();
  v1::WatchEventsRequest request = Named(id);
  (*request.mutable_resume_after())[id] = 1000;
  EventReader reader(service_, request);
  const grpc::Status status = reader.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Reason(status), "EVENT_SEQUENCE_UNKNOWN");
}

TEST_F(EventStreamTest, AConnectionThatIsGoneMeanwhileIsAGap) {
  const std::string id = service_.Create();
  ASSERT_TRUE(service_.Close(id).ok());
  v1::WatchEventsRequest request = Named(id);
  (*request.mutable_resume_after())[id] = 3;
  EventReader reader(service_, request);
  const v1::WatchEventsResponse response = reader.Next();
  EXPECT_TRUE(response.gap().gone());
  EXPECT_EQ(response.gap().peer_connection_id(), id);
  EXPECT_EQ(response.gap().first_missing_sequence(), 4u);
  EXPECT_TRUE(reader.Finish().ok());
}

TEST_F(EventStreamTest, AnUnknownNameIsAnError) {
  EventReader reader(service_, Named("test.nobody"));
  EXPECT_EQ(Reason(reader.Finish()), "PEER_CONNECTION_NOT_FOUND");
}

TEST_F(EventStreamTest, TheStreamOfNamedConnectionsEndsAfterTheLastHasClosed) {
  const std::string first = service_.Create();
  const std::string second = service_.Create();
  v1::WatchEventsRequest request = Named(first);
  request.add_peer_connection_ids(second);
  EventReader reader(service_, request);
  EXPECT_EQ(reader.Initial().size(), 2u);
  ASSERT_TRUE(service_.Close(first).ok());
  const auto closed = [](const v1::WatchEventsResponse& r) { return r.event().has_closed(); };
  EXPECT_EQ(reader.Until(closed).event().peer_connection_id(), first);
  ASSERT_TRUE(service_.Close(second).ok());
  EXPECT_EQ(reader.Until(closed).event().peer_connection_id(), second);
  EXPECT_TRUE(reader.Finish().ok());
}

TEST_F(EventStreamTest, AWatchOfAllSeesLaterConnectionsFromTheirFirstEvent) {
  EventReader reader(service_, {});
  EXPECT_TRUE(reader.Initial().empty());
  const std::string id = service_.Create();
  const v1::WatchEventsResponse response = reader.Next();
  EXPECT_TRUE(response.event().has_created()) << response.ShortDebugString();
  EXPECT_EQ(response.event().sequence(), 1u);
  EXPECT_EQ(response.event().created().peer_connection().peer_connection_id(), id);
}

TEST_F(EventStreamTest, ALabelSelectorChooses) {
  v1::WatchEventsRequest request;
  request.set_label_selector("tenant=acme");
  EventReader reader(service_, request);
  EXPECT_TRUE(reader.Initial().empty());
  service_.Create();
  v1::CreateRequest create;
  (*create.mutable_labels())["tenant"] = "acme";
  v1::CreateResponse created;
  ASSERT_TRUE(ServiceHarness::Call(&v1::PeerConnectionService::Stub::Create, *service_.connections,
                                   create, &created)
                  .ok());
  EXPECT_EQ(reader.Next().event().peer_connection_id(),
            created.peer_connection().peer_connection_id());
}

TEST_F(EventStreamTest, AHeartbeatCarriesTheLastNumbers) {
  const std::string id = service_.Create();
  v1::WatchEventsRequest request = Named(id);
  request.mutable_heartbeat_interval()->set_seconds(1);
  EventReader reader(service_, request);
  const auto initial = reader.Initial();
  ASSERT_EQ(initial.size(), 1u);
  for (int i = 0; i < 2; ++i) {
    const v1::WatchEventsResponse response = reader.Next();
    ASSERT_TRUE(response.has_heartbeat()) << response.ShortDebugString();
    EXPECT_EQ(response.heartbeat().last_sequences().at(id),
              initial[0].snapshot().peer_connection().last_event_sequence());
  }
}

TEST_F(EventStreamTest, AWatchOfManyConnectionsIsNotCutOffByItsOwnSnapshots) {
  constexpr int kConnections = 200;
  for (int i = 0; i < kConnections; ++i) {
    const std::string id = service_.Create();
    for (int j = 0; j < 10; ++j) Change(id);
  }
  EventReader reader(service_, {});
  const auto initial = reader.Initial();
  ASSERT_EQ(initial.size(), static_cast<size_t>(kConnections));
  size_t bytes = 0;
  for (const auto& response : initial) bytes += response.ByteSizeLong();
  EXPECT_GT(bytes, kWatchBytes);
}

TEST_F(EventStreamTest, AReplayLongerThanTheQueueIsNotCutOff) {
  v1::WatchEventsRequest request;
  for (int i = 0; i < 70; ++i) {
    const std::string id = service_.Create();
    for (int j = 0; j < 15; ++j) Change(id);
    (*request.mutable_resume_after())[id] = 0;
  }
  EventReader reader(service_, request);
  size_t bytes = 0;
  for (const auto& response : reader.Initial()) bytes += response.ByteSizeLong();
  EXPECT_GT(bytes, kWatchBytes);
}

TEST_F(EventStreamTest, AReaderThatNeverReadsIsCutOff) {
  EventReader reader(service_, {});
  reader.Initial();
  MakeMoreEventsThanAQueueHolds();
  const grpc::Status status = reader.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Reason(status), "SLOW_CONSUMER");
}

TEST_F(EventStreamTest, WhoIsCutOffLearnsWhereToResume) {
  const std::string id = service_.Create();
  EventReader reader(service_, {});
  const auto initial = reader.Initial();
  std::map<std::string, uint64_t> got;
  got[id] = initial.at(0).snapshot().peer_connection().last_event_sequence();
  MakeMoreEventsThanAQueueHolds();
  for (int i = 0; i < 3; ++i) Change(id);
  std::vector<v1::WatchEventsResponse> rest;
  EXPECT_EQ(Reason(reader.Finish(&rest)), "SLOW_CONSUMER");
  ASSERT_FALSE(rest.empty());
  for (const auto& response : rest) {
    if (response.has_event())
      got[response.event().peer_connection_id()] = response.event().sequence();
  }
  ASSERT_TRUE(rest.back().has_heartbeat());
  const auto& cursor = rest.back().heartbeat().last_sequences();
  EXPECT_GT(cursor.size(), 1u);
  for (const auto& [watched, sequence] : cursor) EXPECT_EQ(sequence, got[watched]) << watched;
  // Exactly what was missed of the connection that is still there.
  v1::WatchEventsRequest again = Named(id);
  (*again.mutable_resume_after())[id] = cursor.at(id);
  EventReader resumed(service_, again);
  uint64_t expected = cursor.at(id) + 1;
  for (const auto& response : resumed.Initial()) {
    EXPECT_EQ(response.event().sequence(), expected++);
  }
  EventReader fresh(service_, Named(id));
  const auto now = fresh.Initial();
  EXPECT_EQ(expected, now.at(0).snapshot().peer_connection().last_event_sequence() + 1);
  EXPECT_GE(expected, got[id] + 3);
}

TEST(EventStreamLimits, MoreWatchesThanTheLimitAreRefused) {
  ServerOptions options;
  options.max_watches = 1;
  ServiceHarness service({}, options);
  EventReader first(service, {});
  first.Initial();
  const grpc::Status status = EventReader(service, {}).Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Reason(status), "LIMIT_EXCEEDED");
  EXPECT_EQ(InfoOf(status).metadata().at("limit"), "max-watches");
  EXPECT_EQ(InfoOf(status).metadata().at("value"), "1");
}

TEST_F(EventStreamTest, RequestsAreChecked) {
  v1::WatchEventsRequest request = Named(service_.Create());
  request.set_label_selector("a=b");
  EXPECT_EQ(Reason(EventReader(service_, request).Finish()), "INVALID_ARGUMENT");
  request.Clear();
  request.mutable_stats_interval()->set_seconds(1);
  EXPECT_EQ(Reason(EventReader(service_, request).Finish()), "FIELD_NOT_IMPLEMENTED");
  request.Clear();
  request.mutable_heartbeat_interval()->set_seconds(61);
  EXPECT_EQ(Reason(EventReader(service_, request).Finish()), "INVALID_ARGUMENT");
  request.Clear();
  request.set_label_selector("=");
  EXPECT_EQ(Reason(EventReader(service_, request).Finish()), "INVALID_LABEL_SELECTOR");
}

TEST_F(EventStreamTest, ACancelledWatchLeavesTheServiceWorking) {
  const std::string id = service_.Create();
  {
    EventReader reader(service_, Named(id));
    reader.Initial();
    reader.Cancel();
    EXPECT_EQ(reader.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  Change(id);
  EventReader again(service_, Named(id));
  EXPECT_EQ(again.Initial().size(), 1u);
}

}  // namespace
}  // namespace pcd::service

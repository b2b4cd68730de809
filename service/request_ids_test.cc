#include "service/request_ids.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "service/contract.h"
#include "service/status_mapping.h"

namespace pcd::service {
namespace {

using Kind = RequestIds::Kind;

// Its own clock.
class RequestIdsTest : public ::testing::Test {
 protected:
  RequestIds::Start Begin(const std::string& id, uint64_t digest = 1) {
    return ids_.Begin(id, digest, [this](const grpc::Status& status, const std::string& response) {
      waited_.push_back(status.ok() ? response : status.error_message());
    });
  }
  void Answer(const std::string& id, const std::string& response) {
    RequestIds::Start start = Begin(id);
    ASSERT_EQ(start.kind, Kind::kRun);
    start.ticket.Close(grpc::Status::OK, response);
  }

  RequestIds::Clock::time_point now_{};
  RequestIds ids_{{.max_bytes = 1000, .now = [this] { return now_; }}};
  std::vector<std::string> waited_;
};

TEST_F(RequestIdsTest, ARepeatGetsTheFirstAnswer) {
  Answer("a", "first");
  const RequestIds::Start again = Begin("a");
  EXPECT_EQ(again.kind, Kind::kAnswered);
  EXPECT_EQ(again.response, "first");
}

TEST_F(RequestIdsTest, AnotherRequestMayNotTakeTheId) {
  RequestIds::Start running = Begin("a", 1);
  EXPECT_EQ(Begin("a", 2).kind, Kind::kReused) << "while it runs";
  running.ticket.Close(grpc::Status::OK, "first");
  EXPECT_EQ(Begin("a", 2).kind, Kind::kReused) << "and afterwards";
}

TEST_F(RequestIdsTest, ARepeatOfACallThatGoesOnWaitsForIt) {
  RequestIds::Start running = Begin("a");
  for (size_t i = 0; i < RequestIds::kMaxWaiters; ++i) EXPECT_EQ(Begin("a").kind, Kind::kPending);
  EXPECT_EQ(Begin("a").kind, Kind::kTooMany);
  EXPECT_TRUE(waited_.empty());
  running.ticket.Close(grpc::Status::OK, "first");
  EXPECT_EQ(waited_, std::vector<std::string>(RequestIds::kMaxWaiters, "first"));
}

TEST_F(RequestIdsTest, ACallThatFailedIsCarriedOutAgain) {
  RequestIds::Start running = Begin("a");
  EXPECT_EQ(Begin("a").kind, Kind::kPending);
  running.ticket.Close(grpc::Status(grpc::StatusCode::NOT_FOUND, "nobody"), "");
  EXPECT_EQ(waited_, std::vector<std::string>{"nobody"});
  EXPECT_EQ(Begin("a", 2).kind, Kind::kRun);
}

TEST_F(RequestIdsTest, AFailureIsKeptIfTheCallSaysSo) {
  RequestIds::Start running = Begin("a");
  running.ticket.KeepFailure();
  RequestIds::Ticket moved = std::move(running.ticket);
  moved.Close(grpc::Status(grpc::StatusCode::NOT_FOUND, std::string(400, 'x'), "details"), "");
  const RequestIds::Start again = Begin("a");
  EXPECT_EQ(again.kind, Kind::kAnswered);
  EXPECT_EQ(again.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(again.status.error_details(), "details");
  Answer("b", std::string(600, 'x'));
  EXPECT_EQ(Begin("a").kind, Kind::kRun) << "it takes room as any answer";
}

TEST_F(RequestIdsTest, ACallThatIsDroppedEndsForThoseWhoWait) {
  {
    const RequestIds::Start running = Begin("a");
    EXPECT_EQ(Begin("a").kind, Kind::kPending);
  }
  EXPECT_EQ(waited_.size(), 1u);
  EXPECT_EQ(Begin("a").kind, Kind::kRun);
}

TEST_F(RequestIdsTest, AnAnswerIsKeptForTenMinutes) {
  Answer("a", "first");
  now_ += std::chrono::seconds(599);
  EXPECT_EQ(Begin("a").kind, Kind::kAnswered);
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(Begin("a").kind, Kind::kRun);
}

TEST_F(RequestIdsTest, TheOldestGoWhenTheRoomIsFull) {
  Answer("a", std::string(300, 'x'));
  Answer("b", std::string(300, 'x'));
  EXPECT_EQ(Begin("a").kind, Kind::kAnswered);
  Answer("c", std::string(300, 'x'));
  EXPECT_EQ(Begin("a").kind, Kind::kRun);
  EXPECT_EQ(Begin("b").kind, Kind::kAnswered);
  EXPECT_EQ(Begin("c").kind, Kind::kAnswered);
  Answer("d", std::string(2000, 'x'));
  EXPECT_EQ(Begin("d").kind, Kind::kRun) << "an answer beyond all room is not kept";
}

}  // namespace
}  // namespace pcd::service

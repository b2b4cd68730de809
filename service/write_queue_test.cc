#include "service/write_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "peerconnection/v1/data_channel_service.pb.h"
#include "service/contract.h"

namespace pcd::service {
namespace {

using Message = v1::ChannelCredit;

Message Make(uint64_t bytes, const std::string& channel = "") {
  Message message;
  message.set_bytes(bytes);
  message.set_data_channel_id(channel);
  return message;
}

class Stream : public WriteTarget<Message> {
 public:
  void StartWriteOf(const Message& message) override {
    EXPECT_FALSE(writing);
    EXPECT_TRUE(ends.empty());
    writing = true;
    written.push_back(message.bytes());
  }
  void FinishWith(const grpc::Status& status) override {
    EXPECT_FALSE(writing);
    ends.push_back(status.error_code());
  }

  bool writing = false;
  std::vector<uint64_t> written;
  std::vector<grpc::StatusCode> ends;
};

class WriteQueueTest : public ::testing::Test {
 protected:
  void Done(bool ok = true) {
    stream_.writing = false;
    queue_.OnWriteDone(ok);
  }

  Stream stream_;
  WriteQueue<Message> queue_{stream_, {.max_messages = 3, .max_bytes = 1000}};
};

TEST_F(WriteQueueTest, OneMessageIsWrittenAtATimeAndInOrder) {
  EXPECT_TRUE(queue_.Push(Make(1)));
  EXPECT_TRUE(queue_.Push(Make(2)));
  EXPECT_EQ(stream_.written, (std::vector<uint64_t>{1}));
  Done();
  EXPECT_EQ(stream_.written, (std::vector<uint64_t>{1, 2}));
}

TEST_F(WriteQueueTest, AFullQueueRefuses) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue_.Push(Make(1)));
  EXPECT_FALSE(queue_.Push(Make(1)));
  Done();
  EXPECT_TRUE(queue_.Push(Make(1)));
}

TEST_F(WriteQueueTest, TooManyBytesAreRefusedButOneMessageAlwaysFits) {
  EXPECT_TRUE(queue_.Push(Make(1, std::string(2000, 'x'))));
  EXPECT_FALSE(queue_.Push(Make(2)));
  Done();
  EXPECT_TRUE(queue_.Push(Make(3, std::string(600, 'x'))));
  EXPECT_FALSE(queue_.Push(Make(4, std::string(600, 'x'))));
}

TEST_F(WriteQueueTest, MessagesThatAreNotChargedNeitherFillTheQueueNorMeetItsLimits) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(queue_.Push(Make(0, std::string(500, 'x')), QueueCharge::kFree));
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue_.Push(Make(1)));
  EXPECT_FALSE(queue_.Push(Make(1)));
  EXPECT_TRUE(queue_.Push(Make(0), QueueCharge::kFree));
  for (int i = 0; i < 10; ++i) Done();
  // Those that were not charged gave no room back.
  EXPECT_FALSE(queue_.Push(Make(1)));
  Done();
  EXPECT_TRUE(queue_.Push(Make(1)));
}

TEST(WriteQueueBudgetTest, QueuesTogetherHoldNoMoreThanTheirBudgetBeyondTheirOwnShare) {
  constexpr size_t kOwn = ByteBudget::kOwnBytes;
  const auto budget = std::make_shared<ByteBudget>(3 * kOwn);
  Stream first_stream;
  Stream second_stream;
  {
    WriteQueue<Message> first(first_stream, {.max_bytes = 100 * kOwn, .budget = budget});
    WriteQueue<Message> second(second_stream, {.max_bytes = 100 * kOwn, .budget = budget});
    const Message half = Make(1, std::string(kOwn / 2, 'x'));
    int taken = 0;
    while (first.Push(half, QueueCharge::kFree)) ++taken;
    EXPECT_EQ(taken, 5);
    EXPECT_TRUE(second.Push(half)) << "the others' bytes must not cost it its first ones";
    EXPECT_FALSE(second.Push(half) && second.Push(half));
    first.FinishNow(grpc::Status::CANCELLED);
    EXPECT_TRUE(second.Push(half));
  }
  EXPECT_EQ(budget->used(), 0u);
}

TEST_F(WriteQueueTest, TheLastMessageIsMadeOfWhatIsDropped) {
  for (int i = 1; i <= 3; ++i) queue_.Push(Make(static_cast<uint64_t>(i)));
  queue_.FinishNowWith(grpc::Status::CANCELLED, [](const std::vector<const Message*>& dropped) {
    uint64_t sum = 0;
    for (const Message* message : dropped) sum += message->bytes();
    return Make(sum);
  });
  Done();
  Done();
  EXPECT_EQ(stream_.written, (std::vector<uint64_t>{1, 5}));
  EXPECT_EQ(stream_.ends.size(), 1u);
}

TEST_F(WriteQueueTest, TheEndComesAfterWhatIsQueued) {
  queue_.Push(Make(1));
  queue_.Push(Make(2));
  queue_.FinishAfterQueue(grpc::Status::OK);
  EXPECT_TRUE(queue_.ending());
  Done();
  EXPECT_TRUE(stream_.ends.empty());
  Done();
  EXPECT_EQ(stream_.ends, std::vector<grpc::StatusCode>{grpc::StatusCode::OK});
}

TEST_F(WriteQueueTest, AnImmediateEndDropsWhatIsQueuedButWaitsForTheWriteInFlight) {
  queue_.Push(Make(1));
  queue_.Push(Make(2));
  queue_.FinishNow(grpc::Status(grpc::StatusCode::ABORTED, ""));
  EXPECT_TRUE(stream_.ends.empty());
  Done();
  EXPECT_EQ(stream_.written, (std::vector<uint64_t>{1}));
  EXPECT_EQ(stream_.ends, std::vector<grpc::StatusCode>{grpc::StatusCode::ABORTED});
}

TEST_F(WriteQueueTest, AnEndOvertakesAnEndThatWaits) {
  queue_.Push(Make(1));
  queue_.Push(Make(2));
  queue_.FinishAfterQueue(grpc::Status::OK);
  queue_.FinishNow(grpc::Status::CANCELLED);
  Done();
  EXPECT_EQ(stream_.ends, std::vector<grpc::StatusCode>{grpc::StatusCode::CANCELLED});
}

TEST_F(WriteQueueTest, AnEmptyQueueEndsAtOnceAndOnce) {
  queue_.FinishAfterQueue(grpc::Status::OK);
  queue_.FinishAfterQueue(grpc::Status::CANCELLED);
  queue_.FinishNow(grpc::Status::CANCELLED);
  EXPECT_EQ(stream_.ends, std::vector<grpc::StatusCode>{grpc::StatusCode::OK});
}

TEST_F(WriteQueueTest, AfterTheEndMessagesAreDropped) {
  queue_.FinishAfterQueue(grpc::Status::OK);
  EXPECT_TRUE(queue_.Push(Make(1)));
  EXPECT_TRUE(stream_.written.empty());
}

TEST_F(WriteQueueTest, AFailedWriteEndsTheStream) {
  queue_.Push(Make(1));
  queue_.Push(Make(2));
  Done(false);
  EXPECT_EQ(stream_.written, (std::vector<uint64_t>{1}));
  EXPECT_EQ(stream_.ends, std::vector<grpc::StatusCode>{grpc::StatusCode::CANCELLED});
}

TEST_F(WriteQueueTest, AQueuedMessageCanBeMergedIntoButNotTheOneBeingWritten) {
  const auto add = [](Message& message) {
    message.set_bytes(message.bytes() + 10);
    return true;
  };
  EXPECT_FALSE(queue_.MergeInto(add));
  queue_.Push(Make(1));
  EXPECT_FALSE(queue_.MergeInto(add));
  queue_.Push(Make(2));
  EXPECT_TRUE(queue_.MergeInto(add));
  Done();
  EXPECT_EQ(stream_.written, (std::vector<uint64_t>{1, 12}));
}

}  // namespace
}  // namespace pcd::service

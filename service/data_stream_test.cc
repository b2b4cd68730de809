// Data channels and their streams, between two connections of one service.
#include <memory>
#include <string>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::DataChannelService::Stub;

// One DataChannelService.Stream, read and written step by step.
class DataStream {
 public:
  explicit DataStream(ServiceHarness& service)
      : context_(NewContext()), stream_(service.data->Stream(context_.get())) {}
  ~DataStream() {
    if (finished_) return;
    context_->TryCancel();
    Finish();
  }

  void Open(const std::string& id, const std::string& channel, uint64_t credit,
            bool take_over = false) {
    v1::StreamRequest request;
    request.mutable_open()->set_peer_connection_id(id);
    request.mutable_open()->set_data_channel_id(channel);
    request.mutable_open()->set_initial_receive_credit(credit);
    request.mutable_open()->set_take_over(take_over);
    stream_->Write(request);
  }
  void SendText(const std::string& channel, const std::string& text) {
    v1::StreamRequest request;
    request.mutable_message()->set_data_channel_id(channel);
    request.mutable_message()->mutable_message()->set_text(text);
    stream_->Write(request);
  }
  void Credit(uint64_t bytes) {
    v1::StreamRequest request;
    request.set_receive_credit(bytes);
    stream_->Write(request);
  }
  void WriteEmpty() { stream_->Write(v1::StreamRequest()); }
  void EndSending() { stream_->WritesDone(); }

  // Reads up to the first response of this kind.
  v1::StreamResponse Until(v1::StreamResponse::ResponseCase kind) {
    v1::StreamResponse response;
    while (stream_->Read(&response)) {
      if (response.response_case() == kind) return response;
    }
    ADD_FAILURE() << "the stream has ended";
    return {};
  }
  // Whether the first response says so; otherwise the stream has ended.
  bool IsOpened() {
    v1::StreamResponse response;
    return stream_->Read(&response) && response.has_opened();
  }
  std::string NextText() { return Until(v1::StreamResponse::kMessage).message().message().text(); }
  // Reads to the end.
  grpc::Status Finish() {
    v1::StreamResponse response;
    while (stream_->Read(&response)) {
    }
    finished_ = true;
    return stream_->Finish();
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamRequest, v1::StreamResponse>> stream_;
  bool finished_ = false;
};

class DataStreamTest : public ::testing::Test {
 protected:
  DataStreamTest() : left_(service_.Create("left")), right_(service_.Create("right")) {}

  v1::DataChannel CreateChannel(const std::string& label) {
    v1::CreateDataChannelRequest request;
    request.set_peer_connection_id(left_);
    request.set_data_channel_id(label);
    request.mutable_init()->set_label(label);
    v1::CreateDataChannelResponse response;
    const grpc::Status status =
        ServiceHarness::Call(&Stub::CreateDataChannel, *service_.data, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_GT(response.data_channel().create_time().seconds(), 1'600'000'000);
    return response.data_channel();
  }

  // Connects and waits until the remote side has the channel; returns its id there.
  std::string Connect() {
    v1::WatchEventsRequest watch;
    watch.add_peer_connection_ids(right_);
    EventReader events(service_, watch);
    events.Initial();
    service_.Negotiate(left_, right_);
    return events
        .Until([](const v1::WatchEventsResponse& r) { return r.event().has_data_channel(); })
        .event()
        .data_channel()
        .data_channel()
        .data_channel_id();
  }

  ServiceHarness service_;
  const std::string left_;
  const std::string right_;
};

TEST_F(DataStreamTest, TextTravelsBothWaysThroughStreams) {
  const v1::DataChannel channel = CreateChannel("chat");
  EXPECT_EQ(channel.ready_state(), v1::DATA_CHANNEL_STATE_CONNECTING);
  EXPECT_TRUE(channel.ordered());
  const std::string remote = Connect();
  DataStream left(service_);
  left.Open(left_, "chat", 1000);
  EXPECT_GT(left.Until(v1::StreamResponse::kOpened).opened().initial_send_credit(), 0u);
  DataStream right(service_);
  right.Open(right_, "", 1000);
  EXPECT_EQ(right.Until(v1::StreamResponse::kOpened).opened().data_channels_size(), 1);
  left.SendText("", "hello");
  EXPECT_EQ(right.NextText(), "hello");
  right.SendText(remote, "hello yourself");
  EXPECT_EQ(left.NextText(), "hello yourself");
}

TEST_F(DataStreamTest, WithoutCreditNothingIsDelivered) {
  CreateChannel("chat");
  const std::string remote = Connect();
  DataStream left(service_);
  left.Open(left_, "chat", 0);
  left.Until(v1::StreamResponse::kOpened);
  DataStream right(service_);
  right.Open(right_, remote, 0);
  right.Until(v1::StreamResponse::kOpened);
  left.SendText("", "one");
  left.SendText("", "two");
  // A message may overdraw the credit, so one byte lets exactly one message through.
  right.Credit(1);
  EXPECT_EQ(right.NextText(), "one");
  right.Credit(3);
  EXPECT_EQ(right.NextText(), "two");
}

TEST_F(DataStreamTest, AMessageThatCannotBeSentIsRefusedAndTheStreamGoesOn) {
  CreateChannel("chat");
  DataStream stream(service_);
  stream.Open(left_, "", 0);
  stream.Until(v1::StreamResponse::kOpened);
  stream.SendText("chat", "too early");
  v1::StreamResponse refused = stream.Until(v1::StreamResponse::kRefused);
  EXPECT_EQ(refused.refused().reason(), "DATA_CHANNEL_NOT_OPEN");
  EXPECT_EQ(refused.refused().message_number(), 1u);
  stream.SendText("nothing", "x");
  refused = stream.Until(v1::StreamResponse::kRefused);
  EXPECT_EQ(refused.refused().reason(), "DATA_CHANNEL_NOT_FOUND");
  EXPECT_EQ(refused.refused().message_number(), 2u);
}

TEST_F(DataStreamTest, AChannelHasOneReaderUnlessItIsTakenOver) {
  CreateChannel("chat");
  DataStream first(service_);
  first.Open(left_, "chat", 0);
  first.Until(v1::StreamResponse::kOpened);
  DataStream second(service_);
  second.Open(left_, "chat", 0);
  EXPECT_EQ(Reason(second.Finish()), "STREAM_ALREADY_ATTACHED");
  DataStream third(service_);
  third.Open(left_, "chat", 0, /*take_over=*/true);
  third.Until(v1::StreamResponse::kOpened);
  const grpc::Status status = first.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(Reason(status), "STREAM_TAKEN_OVER");
}

TEST_F(DataStreamTest, ACancelledStreamMakesRoomForTheNext) {
  CreateChannel("chat");
  {
    DataStream first(service_);
    first.Open(left_, "chat", 0);
    first.Until(v1::StreamResponse::kOpened);
  }
  // The caller's cancellation reaches the service some time after the caller knows of it.
  for (bool opened = false; !opened;) {
    DataStream next(service_);
    next.Open(left_, "chat", 0);
    opened = next.IsOpened();
    if (!opened) {
      ASSERT_EQ(Reason(next.Finish()), "STREAM_ALREADY_ATTACHED");
    }
  }
}

TEST_F(DataStreamTest, TheStreamOfAConnectionEndsWithIt) {
  CreateChannel("chat");
  DataStream stream(service_);
  stream.Open(left_, "", 0);
  stream.Until(v1::StreamResponse::kOpened);
  ASSERT_TRUE(service_.Close(left_).ok());
  EXPECT_TRUE(stream.Finish().ok());
}

TEST_F(DataStreamTest, RequestsAreChecked) {
  {
    DataStream stream(service_);
    stream.Credit(1);
    EXPECT_EQ(Reason(stream.Finish()), "INVALID_ARGUMENT");
  }
  {
    DataStream stream(service_);
    stream.EndSending();
    EXPECT_EQ(Reason(stream.Finish()), "INVALID_ARGUMENT");
  }
  {
    DataStream stream(service_);
    stream.WriteEmpty();
    EXPECT_EQ(Reason(stream.Finish()), "INVALID_ARGUMENT");
  }
  {
    DataStream stream(service_);
    stream.Open("test.nobody", "", 0);
    EXPECT_EQ(Reason(stream.Finish()), "PEER_CONNECTION_NOT_FOUND");
  }
  {
    DataStream stream(service_);
    stream.Open(left_, "nothing", 0);
    EXPECT_EQ(Reason(stream.Finish()), "DATA_CHANNEL_NOT_FOUND");
  }
  {
    DataStream stream(service_);
    stream.Open(left_, "", 0);
    stream.Until(v1::StreamResponse::kOpened);
    stream.Open(left_, "", 0);
    EXPECT_EQ(Reason(stream.Finish()), "INVALID_ARGUMENT");
  }
}

TEST_F(DataStreamTest, ChannelsAreListedAndClosed) {
  CreateChannel("chat");
  v1::ListDataChannelsRequest list;
  list.set_peer_connection_id(left_);
  v1::ListDataChannelsResponse listed;
  ASSERT_TRUE(ServiceHarness::Call(&Stub::ListDataChannels, *service_.data, list, &listed).ok());
  ASSERT_EQ(listed.data_channels_size(), 1);
  EXPECT_EQ(listed.data_channels(0).label(), "chat");
  EXPECT_EQ(listed.data_channels(0).counters().messages_sent(), 0u);

  v1::SendRequest send;
  send.set_peer_connection_id(left_);
  send.set_data_channel_id("chat");
  send.mutable_message()->set_text("x");
  v1::SendResponse sent;
  grpc::Status status = ServiceHarness::Call(&Stub::Send, *service_.data, send, &sent);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Reason(status), "DATA_CHANNEL_NOT_OPEN");

  v1::CloseDataChannelRequest close;
  close.set_peer_connection_id(left_);
  close.set_data_channel_id("chat");
  v1::CloseDataChannelResponse closed;
  ASSERT_TRUE(ServiceHarness::Call(&Stub::CloseDataChannel, *service_.data, close, &closed).ok());
  close.set_data_channel_id("nothing");
  EXPECT_EQ(Reason(ServiceHarness::Call(&Stub::CloseDataChannel, *service_.data, close, &closed)),
            "DATA_CHANNEL_NOT_FOUND");
}

TEST_F(DataStreamTest, AChannelsOptionsAreChecked) {
  v1::CreateDataChannelRequest request;
  request.set_peer_connection_id(left_);
  v1::CreateDataChannelResponse response;
  request.mutable_init()->set_id(3);
  grpc::Status status =
      ServiceHarness::Call(&Stub::CreateDataChannel, *service_.data, request, &response);
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "init.id");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "TypeError");
  request.mutable_init()->Clear();
  request.mutable_init()->set_max_retransmits(65536);
  status = ServiceHarness::Call(&Stub::CreateDataChannel, *service_.data, request, &response);
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "init.max_retransmits");
  request.mutable_init()->Clear();
  request.mutable_init()->set_priority(static_cast<v1::DataChannelPriority>(9));
  status = ServiceHarness::Call(&Stub::CreateDataChannel, *service_.data, request, &response);
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "init.priority");
  for (const auto priority : {v1::DATA_CHANNEL_PRIORITY_VERY_LOW, v1::DATA_CHANNEL_PRIORITY_LOW,
                              v1::DATA_CHANNEL_PRIORITY_MEDIUM, v1::DATA_CHANNEL_PRIORITY_HIGH}) {
    request.mutable_init()->set_priority(priority);
    status = ServiceHarness::Call(&Stub::CreateDataChannel, *service_.data, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.data_channel().priority(), priority);
  }
}

}  // namespace
}  // namespace pcd::service

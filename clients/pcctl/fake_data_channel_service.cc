#include "clients/pcctl/fake_data_channel_service.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace pcd::pcctl {
namespace {

// Delivers the messages of the test by the rules of credit. Its reactions may come on two threads.
class StreamReactor : public grpc::ServerBidiReactor<api::StreamRequest, api::StreamResponse> {
 public:
  StreamReactor(FakeServiceState* state, grpc::Status end) : state_(state), end_(std::move(end)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const std::lock_guard lock(mutex_);
    state_->stream_requests.push_back(request_);
    if (request_.has_open()) {
      credit_ = static_cast<int64_t>(request_.open().initial_receive_credit());
      response_.mutable_opened();
      writing_ = true;
      StartWrite(&response_);
    } else {
      credit_ += static_cast<int64_t>(request_.receive_credit());
      Deliver();
    }
    if (!finished_) StartRead(&request_);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (ok) {
      Deliver();
    } else {
      End(grpc::Status::CANCELLED);
    }
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    End(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  // With mutex_ held, as are the others.
  void Deliver() {
    if (writing_ || finished_) return;
    if (delivered_ == state_->messages.size()) {
      if (!state_->on_endless_stream) {
        End(end_);
      } else if (!std::exchange(told_, true)) {
        state_->on_endless_stream();
      }
      return;
    }
    if (credit_ <= 0) return;
    const api::DataMessage& message = state_->messages[delivered_++];
    credit_ -=
        static_cast<int64_t>(std::max<size_t>(message.text().size() + message.binary().size(), 1));
    response_.mutable_message()->set_data_channel_id("chat");
    *response_.mutable_message()->mutable_message() = message;
    writing_ = true;
    StartWrite(&response_);
  }

  void End(const grpc::Status& status) {
    if (std::exchange(finished_, true)) return;
    Finish(status);
  }

  FakeServiceState* const state_;
  const grpc::Status end_;
  std::recursive_mutex mutex_;  // A reaction may lead to another one at once.
  api::StreamRequest request_;
  api::StreamResponse response_;
  int64_t credit_ = 0;
  size_t delivered_ = 0;
  bool writing_ = false;
  bool told_ = false;
  bool finished_ = false;
};

}  // namespace

grpc::ServerUnaryReactor* FakeDataChannelService::ListDataChannels(
    grpc::CallbackServerContext* context, const api::ListDataChannelsRequest*,
    api::ListDataChannelsResponse* response) {
  response->mutable_data_channels()->Assign(state_->data_channels.begin(),
                                            state_->data_channels.end());
  return Reply(context, "ListDataChannels");
}

grpc::ServerUnaryReactor* FakeDataChannelService::CreateDataChannel(
    grpc::CallbackServerContext* context, const api::CreateDataChannelRequest* request,
    api::CreateDataChannelResponse* response) {
  state_->create_data_channel_requests.push_back(*request);
  response->mutable_data_channel()->set_data_channel_id(
      request->data_channel_id().empty() ? "made" : request->data_channel_id());
  response->mutable_data_channel()->set_label(request->init().label());
  return Reply(context, "CreateDataChannel");
}

grpc::ServerUnaryReactor* FakeDataChannelService::CloseDataChannel(
    grpc::CallbackServerContext* context, const api::CloseDataChannelRequest* request,
    api::CloseDataChannelResponse* response) {
  state_->close_data_channel_requests.push_back(*request);
  for (const api::DataChannel& channel : state_->data_channels) {
    if (channel.data_channel_id() != request->data_channel_id()) continue;
    *response->mutable_data_channel() = channel;
    response->mutable_data_channel()->set_ready_state(api::DATA_CHANNEL_STATE_CLOSING);
    return Reply(context, "CloseDataChannel");
  }
  return Reply(context, "CloseDataChannel",
               ToStatus({.code = grpc::StatusCode::NOT_FOUND,
                         .reason = "DATA_CHANNEL_NOT_FOUND",
                         .message = "no data channel has the id " + request->data_channel_id(),
                         .metadata = {}}));
}

grpc::ServerUnaryReactor* FakeDataChannelService::Send(grpc::CallbackServerContext* context,
                                                       const api::SendRequest* request,
                                                       api::SendResponse* response) {
  state_->send_requests.push_back(*request);
  response->set_buffered_amount(7);
  return Reply(context, "Send");
}

grpc::ServerBidiReactor<api::StreamRequest, api::StreamResponse>* FakeDataChannelService::Stream(
    grpc::CallbackServerContext*) {
  return new StreamReactor(state_, ErrorOf("Stream"));
}

}  // namespace pcd::pcctl

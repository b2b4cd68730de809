#include "service/data_stream_reactor.h"

#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "service/data_channel_mapping.h"
#include "service/field_guard.h"
#include "service/status_mapping.h"

namespace pcd::service {
namespace {

// The window bounds messages; the rest of what is queued is short, but there may be much of it
// when the caller does not read at all.
constexpr size_t kMaxQueuedMessages = 1 << 18;
constexpr size_t kMaxQueuedBytes = 16 << 20;

// Refusals of one message; every other error ends the stream.
bool IsRefusal(ErrorReason reason) {
  return reason == ErrorReason::DATA_CHANNEL_NOT_OPEN || reason == ErrorReason::MESSAGE_TOO_LARGE ||
         reason == ErrorReason::DATA_CHANNEL_NOT_FOUND || reason == ErrorReason::INVALID_ARGUMENT ||
         reason == ErrorReason::BUFFER_FULL;
}

uint64_t PayloadBytes(const v1::StreamResponse& response) {
  const v1::DataMessage& message = response.message().message();
  return message.has_text() ? message.text().size() : message.binary().size();
}

}  // namespace

grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse>* DataStreamReactor::Start(
    host::Host& host, StreamCap::Permit permit) {
  auto reactor = std::make_shared<DataStreamReactor>(host, std::move(permit));
  reactor->self_ = reactor;
  reactor->ReadNext();
  return reactor.get();
}

DataStreamReactor::DataStreamReactor(host::Host& host, StreamCap::Permit permit)
    : host_(host),
      permit_(std::move(permit)),
      queue_(*this, {.max_messages = kMaxQueuedMessages, .max_bytes = kMaxQueuedBytes}) {}

void DataStreamReactor::OnReadDone(bool ok) {
  if (queue_.ending()) return;
  if (ok) {
    HandleRequest();
  } else if (peer_connection_id_.empty()) {
    Fail(InvalidArgument("the first message opens the stream", "open"));
  }
  // Otherwise the caller has ended its side and goes on receiving.
}

void DataStreamReactor::HandleRequest() {
  const bool open = !peer_connection_id_.empty();
  const v1::StreamRequest::RequestCase kind = request_.request_case();
  if (open == (kind == v1::StreamRequest::kOpen)) {
    Fail(InvalidArgument(open ? "the stream is open already" : "the first message opens the stream",
                         "open"));
    return;
  }
  if (absl::Status status = CheckFields(request_, {"open", "message", "receive_credit"});
      !status.ok()) {
    Fail(status);
    return;
  }
  switch (kind) {
    case v1::StreamRequest::kOpen:
      HandleOpen();
      return;
    case v1::StreamRequest::kMessage:
      ++message_number_;
      host_.Visit(peer_connection_id_,
                  [self = shared_from_this()](absl::StatusOr<host::PeerConnection*> pc) {
                    if (!pc.ok()) {
                      self->Fail(pc.status());
                      return;
                    }
                    self->SendMessage(**pc);
                  });
      return;
    case v1::StreamRequest::kReceiveCredit:
      PassCreditOn(window_.Add(request_.receive_credit()));
      ReadNext();
      return;
    case v1::StreamRequest::REQUEST_NOT_SET:
      Fail(InvalidArgument("a message of a stream is open, message or receive_credit", "request"));
      return;
  }
}

void DataStreamReactor::HandleOpen() {
  peer_connection_id_ = request_.open().peer_connection_id();
  if (peer_connection_id_.empty()) {
    Fail(InvalidArgument("the connection is required", "open.peer_connection_id"));
    return;
  }
  host_.Visit(peer_connection_id_,
              [self = shared_from_this()](absl::StatusOr<host::PeerConnection*> pc) {
                if (!pc.ok()) {
                  self->Fail(pc.status());
                  return;
                }
                self->Attach(**pc);
              });
}

void DataStreamReactor::Attach(host::PeerConnection& pc) {
  if (detached_) return;
  const v1::OpenDataStream& open = request_.open();
  const auto id =
      pc.AttachStream({.channel_id = open.data_channel_id(),
                       .initial_receive_credit = window_.Add(open.initial_receive_credit()),
                       .take_over = open.take_over()},
                      [self = shared_from_this()](peerconnection::StreamItem item) {
                        self->OnItem(std::move(item));
                      });
  if (!id.ok()) {
    Fail(id.status());
    return;
  }
  stream_id_ = *id;
  Response response;
  v1::DataStreamOpened& opened = *response.mutable_opened();
  opened.set_initial_send_credit(peerconnection::DataStreams::kSendWindow);
  for (const auto& channel : pc.ListDataChannels()) {
    if (open.data_channel_id().empty() || open.data_channel_id() == channel.info.channel_id) {
      *opened.add_data_channels() = ToProto(peer_connection_id_, channel);
    }
  }
  Push(std::move(response));
  ReadNext();
}

void DataStreamReactor::SendMessage(host::PeerConnection& pc) {
  if (detached_ || !stream_id_.has_value()) return;
  const v1::ChannelMessage& message = request_.message();
  absl::Status status;
  if (const auto view = FromProto(message.message(), "message.message"); view.ok()) {
    status = pc.SendOnStream(*stream_id_, message.data_channel_id(), view->binary, view->bytes);
  } else {
    status = view.status();
  }
  if (!status.ok() && !IsRefusal(GetErrorReason(status))) {
    Fail(status);
    return;
  }
  if (!status.ok()) {
    Response response;
    v1::MessageRefused& refused = *response.mutable_refused();
    refused.set_data_channel_id(message.data_channel_id());
    refused.set_reason(std::string(ErrorReasonName(GetErrorReason(status))));
    refused.set_description(std::string(status.message()));
    refused.set_message_number(message_number_);
    Push(std::move(response));
  }
  ReadNext();
}

void DataStreamReactor::OnItem(peerconnection::StreamItem item) {
  Response response;
  if (auto* message = std::get_if<peerconnection::StreamMessage>(&item)) {
    response.mutable_message()->set_data_channel_id(message->channel_id);
    *response.mutable_message()->mutable_message() =
        MessageToProto(message->binary, message->bytes);
  } else if (const auto* credit = std::get_if<peerconnection::StreamSendCredit>(&item)) {
    // Credits of one channel add up while they wait.
    const auto merge = [credit](Response& queued) {
      if (!queued.has_send_credit()) return false;
      v1::ChannelCredit& waiting = *queued.mutable_send_credit();
      if (waiting.data_channel_id() != credit->channel_id) return false;
      waiting.set_bytes(waiting.bytes() + credit->bytes);
      waiting.set_buffered_amount(credit->buffered_amount);
      return true;
    };
    if (queue_.MergeInto(merge)) return;
    response.mutable_send_credit()->set_data_channel_id(credit->channel_id);
    response.mutable_send_credit()->set_bytes(credit->bytes);
    response.mutable_send_credit()->set_buffered_amount(credit->buffered_amount);
  } else if (const auto* changed = std::get_if<peerconnection::StreamChannelChanged>(&item)) {
    *response.mutable_data_channel() = ToProto(peer_connection_id_, changed->info);
  } else if (const auto* ended = std::get_if<peerconnection::StreamEnded>(&item)) {
    stream_id_.reset();
    queue_.FinishAfterQueue(ToGrpcStatus(ended->status));
    return;
  }
  Push(std::move(response));
}

void DataStreamReactor::PassCreditOn(uint64_t credit) {
  if (credit == 0) return;
  host_.Visit(peer_connection_id_,
              [self = shared_from_this(), credit](absl::StatusOr<host::PeerConnection*> pc) {
                if (pc.ok() && self->stream_id_.has_value()) {
                  (*pc)->AddReceiveCredit(*self->stream_id_, credit);
                }
              });
}

void DataStreamReactor::Push(Response response) {
  if (queue_.Push(std::move(response))) return;
  Fail(MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::SLOW_CONSUMER,
                 "the reader of the stream is too slow"));
}

void DataStreamReactor::ReadNext() {
  const std::lock_guard lock(finish_mutex_);
  if (!finished_) StartRead(&request_);
}

void DataStreamReactor::FinishWith(const grpc::Status& status) {
  const std::lock_guard lock(finish_mutex_);
  finished_ = true;
  Finish(status);
}

void DataStreamReactor::Fail(const absl::Status& status) { queue_.FinishNow(ToGrpcStatus(status)); }

void DataStreamReactor::StartWriteOf(const Response& response) {
  write_cost_ = response.has_message() ? ReceiveWindow::Cost(PayloadBytes(response)) : 0;
  StartWrite(&response);
}

void DataStreamReactor::OnWriteDone(bool ok) {
  const uint64_t cost = write_cost_;
  queue_.OnWriteDone(ok);
  if (ok && cost > 0) PassCreditOn(window_.Written(cost));
}

void DataStreamReactor::Detach() {
  if (peer_connection_id_.empty()) return;
  // After an Attach that may be on its way: tasks of one loop run in order.
  host_.Visit(peer_connection_id_,
              [self = shared_from_this()](absl::StatusOr<host::PeerConnection*> pc) {
                if (!pc.ok()) return;  // Its streams ended with it.
                self->detached_ = true;
                if (!self->stream_id_.has_value()) return;
                (*pc)->DetachStream(*self->stream_id_);
                self->stream_id_.reset();
              });
}

void DataStreamReactor::OnCancel() { queue_.FinishNow(grpc::Status::CANCELLED); }

void DataStreamReactor::OnDone() {
  Detach();
  // Destroys this unless a task still holds it.
  self_.reset();
}

}  // namespace pcd::service

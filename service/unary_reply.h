// The end of one unary call, as a value that can be moved to another thread and is used
// exactly once: a call whose reply is destroyed unused (its loop stopped, its task was
// dropped) ends with UNAVAILABLE instead of hanging for ever.
//
//   UnaryReply reply(context, response);
//   grpc::ServerUnaryReactor* reactor = reply.reactor();
//   loop.Post([reply = std::move(reply)]() mutable { std::move(reply).Finish(status); });
//   return reactor;
#ifndef SERVICE_UNARY_REPLY_H_
#define SERVICE_UNARY_REPLY_H_

#include <absl/status/status.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <string>
#include <utility>

#include "service/contract.h"
#include "service/reply_limit.h"
#include "service/request_ids.h"
#include "service/status_mapping.h"

namespace pcd::service {

// gRPC keeps the context, the request and the response until Finish has been called, also
// when the caller has cancelled meanwhile, so `response()` is valid as long as this object
// has not been finished. Threading: one thread at a time.
template <typename Response>
class UnaryReply {
 public:
  UnaryReply(grpc::CallbackServerContext* context, Response* response)
      : context_(context), reactor_(context->DefaultReactor()), response_(response) {}
  UnaryReply(UnaryReply&& other) noexcept
      : context_(other.context_),
        reactor_(std::exchange(other.reactor_, nullptr)),
        response_(other.response_),
        ticket_(std::move(other.ticket_)) {}
  UnaryReply& operator=(UnaryReply&&) = delete;
  ~UnaryReply() {
    if (reactor_ == nullptr) return;
    std::move(*this).Finish(MakeGrpcStatus(grpc::StatusCode::UNAVAILABLE,
                                           v1::ERROR_REASON_NOT_READY, "the service is stopping"));
  }

  // What the method returns to gRPC; take it before the reply is moved away.
  grpc::ServerUnaryReactor* reactor() const { return reactor_; }
  Response& response() { return *response_; }
  bool IsCancelled() const { return context_->IsCancelled(); }
  // A repeat of the call will get this answer.
  void Remember(RequestIds::Ticket ticket) { ticket_ = std::move(ticket); }
  // Also if it fails; without effect when it is not remembered.
  void KeepFailure() { ticket_.KeepFailure(); }
  bool IsRemembered() const { return static_cast<bool>(ticket_); }

  void Finish(const absl::Status& status) && {
    if (status.ok() && response_->ByteSizeLong() > MaxReplyBytes()) {
      response_->Clear();
      std::move(*this).Finish(MakeGrpcStatus(
          grpc::StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_REASON_LIMIT_EXCEEDED,
          "the reply is longer than --grpc-max-send-bytes", {{"limit", "grpc-max-send-bytes"}}));
      return;
    }
    std::move(*this).Finish(ToGrpcStatus(status));
  }
  void Finish(const grpc::Status& status) && {
    // Before gRPC frees the response.
    RequestIds::Ticket ticket = std::move(ticket_);
    std::string answer;
    if (ticket && status.ok()) answer = response_->SerializeAsString();
    std::exchange(reactor_, nullptr)->Finish(status);
    ticket.Close(status, std::move(answer));
  }
  // The answer to an equal call.
  void FinishWith(const std::string& serialized) && {
    response_->ParseFromString(serialized);
    std::move(*this).Finish(grpc::Status::OK);
  }

 private:
  grpc::CallbackServerContext* context_;
  grpc::ServerUnaryReactor* reactor_;
  Response* response_;
  RequestIds::Ticket ticket_;
};

}  // namespace pcd::service

#endif  // SERVICE_UNARY_REPLY_H_

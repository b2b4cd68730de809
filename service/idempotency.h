// The request_id of a call, checked and looked up; see request_ids.h.
#ifndef SERVICE_IDEMPOTENCY_H_
#define SERVICE_IDEMPOTENCY_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "service/request_ids.h"
#include "service/unary_reply.h"

namespace pcd::service {

// INVALID_ARGUMENT unless it is 1 to 36 printable ASCII characters.
absl::Status CheckRequestId(const std::string& request_id);
// Of the kind of the request and all that it holds.
uint64_t DigestOf(const google::protobuf::Message& request);
grpc::Status RequestIdReused();
grpc::Status TooManyRepeats();

// Gives the reply back when the call has to be carried out; then its end is remembered. Null: it
// is answered, or will be when the first call with its request_id has ended. Every call passes
// here after its fields were checked and before it does anything. `kind`: which of these it is, if
// not null.
template <typename Request, typename Response>
std::optional<UnaryReply<Response>> Admit(RequestIds& ids, const Request& request,
                                          UnaryReply<Response> reply,
                                          RequestIds::Kind* kind = nullptr) {
  const std::string& id = request.request_id();
  if (id.empty()) return reply;
  if (const absl::Status valid = CheckRequestId(id); !valid.ok()) {
    std::move(reply).Finish(valid);
    return std::nullopt;
  }
  // The waiter may be called before Begin has returned to us.
  const auto waiting = std::make_shared<UnaryReply<Response>>(std::move(reply));
  RequestIds::Start start = ids.Begin(
      id, DigestOf(request), [waiting](const grpc::Status& status, const std::string& response) {
        if (status.ok()) {
          std::move(*waiting).FinishWith(response);
        } else {
          std::move(*waiting).Finish(status);
        }
      });
  if (kind != nullptr) *kind = start.kind;
  switch (start.kind) {
    case RequestIds::Kind::kRun:
      waiting->Remember(std::move(start.ticket));
      return std::move(*waiting);
    case RequestIds::Kind::kAnswered:
      if (start.status.ok()) {
        std::move(*waiting).FinishWith(start.response);
      } else {
        std::move(*waiting).Finish(start.status);
      }
      break;
    case RequestIds::Kind::kReused:
      std::move(*waiting).Finish(RequestIdReused());
      break;
    case RequestIds::Kind::kTooMany:
      std::move(*waiting).Finish(TooManyRepeats());
      break;
    case RequestIds::Kind::kPending:
      break;
  }
  return std::nullopt;
}

}  // namespace pcd::service

#endif  // SERVICE_IDEMPOTENCY_H_

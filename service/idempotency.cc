#include "service/idempotency.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

constexpr size_t kMaxRequestIdBytes = 36;

// FNV-1a. A collision would only harm the caller who used one id for two requests.
uint64_t Hash(const std::string& text, uint64_t hash) {
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

absl::Status CheckRequestId(const std::string& request_id) {
  const bool printable = std::all_of(request_id.begin(), request_id.end(),
                                     [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  if (!request_id.empty() && request_id.size() <= kMaxRequestIdBytes && printable) {
    return absl::OkStatus();
  }
  return InvalidArgument("it is 1 to 36 printable ASCII characters", "request_id");
}

uint64_t DigestOf(const google::protobuf::Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // Maps in order.
    request.SerializeToCodedStream(&coded);
  }
  return Hash(bytes, Hash(request.GetTypeName(), 0xcbf29ce484222325ULL));
}

grpc::Status RequestIdReused() {
  return MakeGrpcStatus(grpc::StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_REQUEST_ID_REUSED,
                        "the request id was used for a request with other contents",
                        {{"field", "request_id"}});
}

grpc::Status TooManyRepeats() {
  return MakeGrpcStatus(grpc::StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_REASON_LIMIT_EXCEEDED,
                        "too many repeats of this request wait for its end",
                        {{"field", "request_id"}});
}

}  // namespace pcd::service

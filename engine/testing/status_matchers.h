// Matchers for absl::Status and absl::StatusOr.
//
//   EXPECT_THAT(pc.Close(), IsOk());
//   EXPECT_THAT(policy.Check(address), HasReason(ErrorReason::SINK_DESTINATION_DENIED));
#ifndef ENGINE_TESTING_STATUS_MATCHERS_H_
#define ENGINE_TESTING_STATUS_MATCHERS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <gmock/gmock.h>

#include <string>

#include "engine/base/status.h"

namespace pcd::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = StatusOf(arg);
  if (!status.ok()) *result_listener << status.ToString();
  return status.ok();
}

MATCHER_P(HasCode, code, "has the code " + absl::StatusCodeToString(code)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code;
}

// Also says that it is an error at all.
MATCHER_P(HasReason, reason, "has the reason " + std::string(ErrorReasonName(reason))) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString() << ", reason " << ErrorReasonName(GetErrorReason(status));
  return !status.ok() && GetErrorReason(status) == reason;
}

// `text` occurs in the message.
MATCHER_P(HasMessage, text, "has a message with \"" + std::string(text) + "\"") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return std::string(status.message()).find(text) != std::string::npos;
}

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_STATUS_MATCHERS_H_

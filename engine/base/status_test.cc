#include "engine/base/status.h"

#include <gtest/gtest.h>

namespace pcd {
namespace {

TEST(StatusTest, CarriesReasonAndDetail) {
  const absl::Status status =
      MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_SDP, "bad line",
                {.dom_exception = "OperationError",
                 .sdp_line = 12,
                 .field = "description.sdp",
                 .rule = "RFC 8866, 5.14"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorReason(status), ErrorReason::INVALID_SDP);
  EXPECT_EQ(GetErrorDetail(status).dom_exception, "OperationError");
  EXPECT_EQ(GetErrorDetail(status).sdp_line, 12);
  EXPECT_EQ(GetErrorDetail(status).field, "description.sdp");
  EXPECT_EQ(GetErrorDetail(status).rule, "RFC 8866, 5.14");
}

TEST(StatusTest, TheContractGivesTheDomExceptionThatNobodyNamed) {
  EXPECT_EQ(GetErrorDetail(InvalidArgument("x")).dom_exception, "TypeError");
  EXPECT_EQ(GetErrorDetail(MakeError(absl::StatusCode::kNotFound, ErrorReason::SINK_NOT_FOUND, "x"))
                .dom_exception,
            "");
}

TEST(StatusTest, AFieldIsPutBelowWhatHoldsIt) {
  const absl::Status status = WithFieldPrefix(InvalidArgument("x", "destination"), "sinks[2]");
  EXPECT_EQ(GetErrorDetail(status).field, "sinks[2].destination");
  EXPECT_EQ(GetErrorReason(status), ErrorReason::INVALID_ARGUMENT);
  EXPECT_EQ(GetErrorDetail(WithFieldPrefix(InvalidArgument("x"), "sinks[2]")).field, "");
}

TEST(StatusTest, ForeignStatusHasReasonInternal) {
  EXPECT_EQ(GetErrorReason(absl::UnknownError("x")), ErrorReason::INTERNAL);
  EXPECT_EQ(GetErrorDetail(absl::UnknownError("x")).sdp_line, 0);
}

TEST(StatusTest, ReasonNamesAreTheEnumNames) {
  EXPECT_EQ(ErrorReasonName(ErrorReason::PEER_CONNECTION_NOT_FOUND), "PEER_CONNECTION_NOT_FOUND");
  EXPECT_EQ(ErrorReasonName(static_cast<ErrorReason>(9999)), "INTERNAL");
}

absl::StatusOr<int> Twice(absl::StatusOr<int> in) {
  PCD_ASSIGN_OR_RETURN(const int value, in);
  return value * 2;
}

TEST(StatusTest, AssignOrReturnPassesTheErrorOn) {
  EXPECT_EQ(*Twice(21), 42);
  EXPECT_EQ(GetErrorReason(Twice(InvalidState("no")).status()), ErrorReason::INVALID_STATE);
}

}  // namespace
}  // namespace pcd

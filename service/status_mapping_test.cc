#include "service/status_mapping.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace pcd::service {
namespace {

google::rpc::ErrorInfo OnlyErrorInfo(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), status.error_code());
  EXPECT_EQ(details.message(), status.error_message());
  google::rpc::ErrorInfo info;
  EXPECT_EQ(details.details_size(), 1);
  if (details.details_size() == 1) {
    EXPECT_TRUE(details.details(0).UnpackTo(&info));
  }
  return info;
}

TEST(StatusMapping, EveryReasonOfTheEngineExistsInTheContract){
#define PCD_X(name)                                                              \
  {                                                                              \
    v1::ErrorReason reason;                                                      \
    EXPECT_TRUE(v1::ErrorReason_Parse("ERROR_REASON_" #name, &reason)) << #name; \
    EXPECT_EQ(ReasonName(reason), ErrorReasonName(ErrorReason::name));           \
  }
    PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
}

TEST(StatusMapping, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpcStatus(absl::OkStatus()).error_details(), "");
}

TEST(StatusMapping, AnErrorCarriesExactlyOneErrorInfoWithAllItsDetails) {
  const grpc::Status status = ToGrpcStatus(MakeError(absl::StatusCode::kInvalidArgument,
                                                     ErrorReason::INVALID_SDP, "bad line",
                                                     {.dom_exception = "RTCError",
                                                      .sdp_line = 7,
                                                      .field = "description.sdp",
                                                      .rule = "RFC 8866, 5.14"}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "bad line");
  const google::rpc::ErrorInfo info = OnlyErrorInfo(status);
  EXPECT_EQ(info.reason(), "INVALID_SDP");
  EXPECT_EQ(info.domain(), "peerconnection.v1");
  EXPECT_EQ(info.metadata().size(), 4u);
  EXPECT_EQ(info.metadata().at("domException"), "RTCError");
  EXPECT_EQ(info.metadata().at("sdpLineNumber"), "7");
  EXPECT_EQ(info.metadata().at("field"), "description.sdp");
  EXPECT_EQ(info.metadata().at("rule"), "RFC 8866, 5.14");
}

TEST(StatusMapping, DetailsThatDoNotExistAreLeftOut) {
  const google::rpc::ErrorInfo info = OnlyErrorInfo(ToGrpcStatus(
      MakeError(absl::StatusCode::kNotFound, ErrorReason::SINK_NOT_FOUND, "no such sink")));
  EXPECT_EQ(info.metadata().size(), 0u);
}

TEST(StatusMapping, AStatusWithoutAReasonIsABugOfOurs) {
  const grpc::Status status = ToGrpcStatus(absl::UnavailableError("what"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(OnlyErrorInfo(status).reason(), "INTERNAL");
}

TEST(StatusMapping, ALongMessageIsCutBetweenCharacters) {
  // 1023 bytes, then two-byte characters: byte 1024 is inside one.
  std::string message(1023, 'a');
  for (int i = 0; i < 1000; ++i) message += "\xC3\xA9";
  const grpc::Status status = ToGrpcStatus(InvalidArgument(message, "x"));
  EXPECT_EQ(status.error_message(), std::string(1023, 'a') + "...");
  OnlyErrorInfo(status);
}

TEST(StatusMapping, TheServicesOwnErrorsHaveTheSameForm) {
  const grpc::Status status =
      MakeGrpcStatus(grpc::StatusCode::UNIMPLEMENTED, v1::ERROR_REASON_FIELD_NOT_IMPLEMENTED,
                     "not yet", {{"field", "request_id"}});
  const google::rpc::ErrorInfo info = OnlyErrorInfo(status);
  EXPECT_EQ(info.reason(), "FIELD_NOT_IMPLEMENTED");
  EXPECT_EQ(info.metadata().at("field"), "request_id");
}

}  // namespace
}  // namespace pcd::service

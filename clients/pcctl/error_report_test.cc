#include "clients/pcctl/error_report.h"

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

#include "clients/pcctl/hints.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "peerconnection/v1/error_reason.pb.h"

namespace pcd::pcctl {
namespace {

using grpc::StatusCode;

grpc::Status MakeStatus(StatusCode code, const std::string& message, google::rpc::ErrorInfo info,
                        const google::protobuf::Message* more = nullptr) {
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  if (more != nullptr) details.add_details()->PackFrom(*more);
  return {code, message, details.SerializeAsString()};
}

google::rpc::ErrorInfo MakeInfo(const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("peerconnection.v1");
  return info;
}

struct Report {
  ExitCode code;
  std::string text;
};

Report Print(const grpc::Status& status, const std::string& subject = "",
             const GlobalOptions& options = {}) {
  std::ostringstream err;
  const ExitCode code = ReportError(status, subject, options, err);
  return {.code = code, .text = err.str()};
}

TEST(ErrorReportTest, PrintsCodeReasonMessageDetailsAndHint) {
  google::rpc::ErrorInfo info = MakeInfo("SINK_DESTINATION_IN_USE");
  (*info.mutable_metadata())["field"] = "sinks[0].destination";
  (*info.mutable_metadata())["address"] = "127.0.0.1:5004";
  const Report report = Print(MakeStatus(StatusCode::ALREADY_EXISTS, "taken", info), "abc");
  EXPECT_EQ(report.code, ExitCode::kFailed);
  EXPECT_EQ(report.text,
            "Error: abc: ALREADY_EXISTS (SINK_DESTINATION_IN_USE): taken\n"
            "  address: 127.0.0.1:5004\n"
            "  field: sinks[0].destination\n"
            "Hint: Another sink sends there; choose other ports, or delete it or close its "
            "connection.\n");
}

TEST(ErrorReportTest, PrintsFieldViolationsAndRetryDelay) {
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field("labels");
  violation->set_description("a key is too long");
  EXPECT_NE(Print(MakeStatus(StatusCode::INVALID_ARGUMENT, "bad", MakeInfo("INVALID_ARGUMENT"),
                             &bad_request))
                .text.find("\n  labels: a key is too long\n"),
            std::string::npos);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  EXPECT_NE(Print(MakeStatus(StatusCode::UNAVAILABLE, "no", MakeInfo("DRAINING"), &retry))
                .text.find("\n  retry after: 2000 ms\n"),
            std::string::npos);
}

TEST(ErrorReportTest, PrintsUnknownReasonsWithoutHint) {
  EXPECT_EQ(Print(MakeStatus(StatusCode::ABORTED, "m", MakeInfo("OF_THE_FUTURE"))).text,
            "Error: ABORTED (OF_THE_FUTURE): m\n");
}

TEST(ErrorReportTest, TellsHowToReachTheServer) {
  GlobalOptions options;
  options.server = "192.0.2.1:1";
  EXPECT_EQ(Print({StatusCode::UNAVAILABLE, "refused"}, "", options).text,
            "Error: UNAVAILABLE: refused\n"
            "Hint: Does peerconnectiond run at 192.0.2.1:1? --server or PCCTL_SERVER name another "
            "address.\n"
            "      A server with TLS needs --tls-ca.\n");
  options.tls_ca = "ca.pem";
  EXPECT_EQ(Print({StatusCode::UNAVAILABLE, "refused"}, "", options).text.find("needs --tls-ca"),
            std::string::npos);
}

TEST(ErrorReportTest, NamesTheTimeLimit) {
  GlobalOptions options;
  EXPECT_NE(Print({StatusCode::DEADLINE_EXCEEDED, ""}, "", options).text.find("within 30000 ms"),
            std::string::npos);
  options.timeout = std::chrono::milliseconds(5);
  EXPECT_NE(Print({StatusCode::DEADLINE_EXCEEDED, ""}, "", options).text.find("within 5 ms"),
            std::string::npos);
}

TEST(ErrorReportTest, DoesNotLetTheServiceSteerTheTerminal) {
  EXPECT_EQ(Print({StatusCode::ABORTED, "a\x1b[2Jb"}).text, "Error: ABORTED: a\\x1b[2Jb\n");
}

TEST(ErrorReportTest, ExitCodesFollowTheCanonicalCode) {
  const auto code = [](StatusCode status) { return ToExitCode({status, ""}); };
  EXPECT_EQ(code(StatusCode::OK), ExitCode::kOk);
  EXPECT_EQ(code(StatusCode::NOT_FOUND), ExitCode::kNotFound);
  EXPECT_EQ(code(StatusCode::DEADLINE_EXCEEDED), ExitCode::kTimeout);
  EXPECT_EQ(code(StatusCode::UNAUTHENTICATED), ExitCode::kDenied);
  EXPECT_EQ(code(StatusCode::PERMISSION_DENIED), ExitCode::kDenied);
  EXPECT_EQ(code(StatusCode::RESOURCE_EXHAUSTED), ExitCode::kTryLater);
  EXPECT_EQ(code(StatusCode::UNAVAILABLE), ExitCode::kUnreachable);
  EXPECT_EQ(code(StatusCode::INVALID_ARGUMENT), ExitCode::kFailed);
  EXPECT_EQ(code(StatusCode::INTERNAL), ExitCode::kFailed);
  EXPECT_EQ(ToExitCode(MakeStatus(StatusCode::UNAVAILABLE, "", MakeInfo("DRAINING"))),
            ExitCode::kTryLater)
      << "the service answered";
}

TEST(ErrorReportTest, NamesEveryCode) {
  EXPECT_EQ(CodeName(StatusCode::OK), "OK");
  EXPECT_EQ(CodeName(StatusCode::RESOURCE_EXHAUSTED), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(CodeName(StatusCode::UNAUTHENTICATED), "UNAUTHENTICATED");
  EXPECT_EQ(CodeName(static_cast<StatusCode>(99)), "99");
}

TEST(ErrorReportTest, ReadsTheSdpLine) {
  google::rpc::ErrorInfo info = MakeInfo("INVALID_SDP");
  EXPECT_EQ(SdpLineNumber(MakeStatus(StatusCode::INVALID_ARGUMENT, "", info)), 0u);
  (*info.mutable_metadata())["sdpLineNumber"] = "12";
  EXPECT_EQ(SdpLineNumber(MakeStatus(StatusCode::INVALID_ARGUMENT, "", info)), 12u);
  (*info.mutable_metadata())["sdpLineNumber"] = "12x";
  EXPECT_EQ(SdpLineNumber(MakeStatus(StatusCode::INVALID_ARGUMENT, "", info)), 0u);
  EXPECT_EQ(SdpLineNumber({StatusCode::INTERNAL, "", "no protobuf"}), 0u);
}

TEST(HintsTest, AreForReasonsOfTheApi) {
  for (const Hint& hint : Hints()) {
    ::peerconnection::v1::ErrorReason reason;
    EXPECT_TRUE(::peerconnection::v1::ErrorReason_Parse("ERROR_REASON_" + std::string(hint.reason),
                                                        &reason))
        << hint.reason;
    EXPECT_EQ(HintFor(hint.reason), hint.text) << "given twice";
  }
}

}  // namespace
}  // namespace pcd::pcctl

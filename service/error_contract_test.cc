// The comments of error_reason.proto promise a code and a DOMException name for each reason; what
// the engine gives is compared with them here, and what is sent in every test of the service
// (service_harness_testing).
#include "engine/base/error_contract.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/base/error_reason.h"
#include "engine/base/status.h"
#include "service/error_comments_testing.h"

namespace pcd::service {
namespace {

TEST(ErrorContract, IsWhatTheCommentsOfTheContractSay) {
  const auto comments = ReadErrorComments();
  size_t compared = 0;
#define PCD_X(name)                                                            \
  {                                                                            \
    const ErrorComment& comment = comments.at(#name);                          \
    const ErrorContract contract = ContractOf(ErrorReason::name);              \
    EXPECT_EQ(absl::StatusCodeToString(contract.code), comment.code) << #name; \
    EXPECT_EQ(std::string(contract.dom_exception),                             \
              comment.dom_exceptions.empty() ? "" : comment.dom_exceptions[0]) \
        << #name;                                                              \
    ++compared;                                                                \
  }
  PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
  EXPECT_EQ(compared, comments.size());
}

TEST(ErrorContract, ACommentMayNameSeveralExceptions) {
  const auto comments = ReadErrorComments();
  const std::vector<std::string> server = {"SyntaxError", "InvalidAccessError"};
  EXPECT_EQ(comments.at("INVALID_ICE_SERVER").dom_exceptions, server);
  EXPECT_FALSE(comments.at("INVALID_ICE_SERVER").any_dom_exception);
  EXPECT_EQ(comments.at("INVALID_SDP").dom_exceptions, std::vector<std::string>{"RTCError"});
  EXPECT_TRUE(comments.at("INVALID_ARGUMENT").any_dom_exception);
  EXPECT_TRUE(comments.at("SINK_NOT_FOUND").dom_exceptions.empty());
}

}  // namespace
}  // namespace pcd::service

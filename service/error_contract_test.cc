// The comments of error_reason.proto promise a code and a DOMException name for each reason; what
// the engine gives is compared with them.
#include "engine/base/error_contract.h"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>
#include <string>

#include "engine/base/error_reason.h"
#include "engine/base/status.h"

namespace pcd::service {
namespace {

constexpr char kProto[] = "proto/peerconnection/v1/error_reason.proto";

// By reason: the first line of its comment, such as "NOT_FOUND [InvalidStateError]: no ...".
std::map<std::string, std::string> Comments() {
  std::map<std::string, std::string> comments;
  std::ifstream file(kProto);
  std::string comment;
  for (std::string line; std::getline(file, line);) {
    const std::string prefix = "  // ";
    const std::string value = "  ERROR_REASON_";
    if (line.compare(0, prefix.size(), prefix) == 0) {
      if (comment.empty()) comment = line.substr(prefix.size());
    } else {
      if (line.compare(0, value.size(), value) == 0) {
        comments[line.substr(value.size(), line.find(" =") - value.size())] = comment;
      }
      comment.clear();
    }
  }
  comments.erase("UNSPECIFIED");
  return comments;
}

std::string FirstName(const std::string& comment) {
  const size_t open = comment.find('[');
  if (open == std::string::npos || open > comment.find(':')) return "";
  size_t end = open + 1;
  while (std::isalnum(static_cast<unsigned char>(comment[end])) != 0) ++end;
  return comment.substr(open + 1, end - open - 1);
}

TEST(ErrorContract, IsWhatTheCommentsOfTheContractSay) {
  const auto comments = Comments();
  size_t compared = 0;
#define PCD_X(name)                                                              \
  {                                                                              \
    const std::string& comment = comments.at(#name);                             \
    const ErrorContract contract = ContractOf(ErrorReason::name);                \
    EXPECT_EQ(absl::StatusCodeToString(contract.code),                           \
              comment.substr(0, comment.find_first_of(" :")))                    \
        << #name;                                                                \
    EXPECT_EQ(std::string(contract.dom_exception), FirstName(comment)) << #name; \
    ++compared;                                                                  \
  }
  PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
  EXPECT_EQ(compared, comments.size());
}

}  // namespace
}  // namespace pcd::service

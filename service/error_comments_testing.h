// What the comments of error_reason.proto say of each reason. Test-only; needs //proto:files.
#ifndef SERVICE_ERROR_COMMENTS_TESTING_H_
#define SERVICE_ERROR_COMMENTS_TESTING_H_

#include <map>
#include <string>
#include <vector>

namespace pcd::service {

struct ErrorComment {
  std::string code{};                         // "NOT_FOUND".
  std::vector<std::string> dom_exceptions{};  // In the order of the comment.
  bool any_dom_exception = false;             // "or as the specification says".
};

// By reason, without the prefix; UNSPECIFIED is left out.
std::map<std::string, ErrorComment> ReadErrorComments();

}  // namespace pcd::service

#endif  // SERVICE_ERROR_COMMENTS_TESTING_H_

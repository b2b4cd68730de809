#include "service/error_comments_testing.h"

#include <fstream>
#include <sstream>

namespace pcd::service {
namespace {

constexpr char kProto[] = "proto/peerconnection/v1/error_reason.proto";

// The first line of a comment, such as "NOT_FOUND [InvalidStateError]: no ...".
ErrorComment Read(const std::string& line) {
  ErrorComment comment{.code = line.substr(0, line.find_first_of(" :"))};
  const size_t open = line.find('[');
  if (open == std::string::npos || open > line.find(':')) return comment;
  std::istringstream words(line.substr(open + 1, line.find(']') - open - 1));
  for (std::string word; words >> word;) {
    if (word == "with") break;  // More about the name before it.
    if (word == "as") comment.any_dom_exception = true;
    if (word.ends_with("Error")) comment.dom_exceptions.push_back(word);
  }
  return comment;
}

}  // namespace

std::map<std::string, ErrorComment> ReadErrorComments() {
  std::map<std::string, ErrorComment> comments;
  std::ifstream file(kProto);
  std::string first;
  for (std::string line; std::getline(file, line);) {
    const std::string prefix = "  // ";
    const std::string value = "  ERROR_REASON_";
    if (line.starts_with(prefix)) {
      if (first.empty()) first = line.substr(prefix.size());
      continue;
    }
    if (line.starts_with(value)) {
      comments[line.substr(value.size(), line.find(" =") - value.size())] = Read(first);
    }
    first.clear();
  }
  comments.erase("UNSPECIFIED");
  return comments;
}

}  // namespace pcd::service

#include "engine/jsep/text_difference.h"

#include <algorithm>

namespace pcd::jsep {
namespace {

std::string_view WithoutEnd(std::string_view text) {
  const size_t last = text.find_last_not_of("\r\n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

int FirstDifferentLine(std::string_view expected, std::string_view given) {
  expected = WithoutEnd(expected);
  given = WithoutEnd(given);
  for (int number = 1; !expected.empty() || !given.empty(); ++number) {
    if (expected.empty() || given.empty()) return number;
    if (TakeLine(expected) != TakeLine(given)) return number;
  }
  return 0;
}

}  // namespace pcd::jsep

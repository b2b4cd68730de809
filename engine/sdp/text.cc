#include "engine/sdp/text.h"

#include <algorithm>

namespace pcd::sdp {
namespace {

constexpr std::string_view kWhiteSpace = " \t";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) - begin + 1);
}

std::vector<std::string_view> SplitFields(std::string_view text) {
  std::vector<std::string_view> fields;
  while (!(text = Trim(text)).empty()) fields.push_back(TakeField(text));
  return fields;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const size_t at = text.find(separator);
    pieces.push_back(Trim(text.substr(0, at)));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::string_view TakeField(std::string_view& text) {
  text = Trim(text);
  const size_t end = std::min(text.find_first_of(kWhiteSpace), text.size());
  const std::string_view field = text.substr(0, end);
  text = Trim(text.substr(end));
  return field;
}

std::string ToLower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), Lower);
  return result;
}

std::string ToUpper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), Upper);
  return result;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

int LineRank(char type) {
  switch (type) {
    case 'i':
    case 'u':
    case 'e':
    case 'p':
      return 0;
    case 'c':
      return 1;
    case 'b':
      return 2;
    default:
      return kLastLineRank;
  }
}

}  // namespace pcd::sdp

// Small text helpers of the SDP grammar. ASCII only, no locale.
#ifndef ENGINE_SDP_TEXT_H_
#define ENGINE_SDP_TEXT_H_

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcd::sdp {

// Without white space (space, tab) at both ends.
std::string_view Trim(std::string_view text);

// Cut at runs of white space; no empty fields.
std::vector<std::string_view> SplitFields(std::string_view text);

// Cut at every `separator`; pieces are trimmed and may be empty. Never empty itself.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Takes the first field off the front of `text` and leaves the trimmed rest.
std::string_view TakeField(std::string_view& text);

std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// Where RFC 8866 section 5 puts a line among those without a field of their own: 0 before
// "c=", 1 with "c=", 2 with "b=", 3 behind it.
int LineRank(char type);
inline constexpr int kLastLineRank = 3;

// Decimal digits only, the whole text, in range of T; null otherwise.
template <typename T>
std::optional<T> ParseNumber(std::string_view text) {
  T value{};
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace pcd::sdp

#endif  // ENGINE_SDP_TEXT_H_

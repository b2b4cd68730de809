#include "service/page_token.h"

#include <cstdint>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr size_t kCheckDigits = 16;
constexpr size_t kMaxTokenBytes = 1024;

// FNV-1a: a check against mistakes, not against forgery; a forged token only moves a list.
std::string Check(std::string_view position, std::string_view request) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ULL;
    hash = (hash ^ 0x100) * 0x100000001b3ULL;  // The end of a part.
  };
  add(position);
  add(request);
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += kDigits[(hash >> shift) & 0xF];
  return digits;
}

int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string MakePageToken(std::string_view position, std::string_view request) {
  std::string token = Check(position, request);
  for (const char c : position) {
    token += kDigits[static_cast<uint8_t>(c) >> 4];
    token += kDigits[static_cast<uint8_t>(c) & 0xF];
  }
  return token;
}

absl::StatusOr<std::string> ParsePageToken(std::string_view token, std::string_view request) {
  if (token.empty()) return std::string();
  const absl::Status stale =
      MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::STALE_PAGE_TOKEN,
                "the page token belongs to no request like this one", {.field = "page_token"});
  if (token.size() < kCheckDigits || token.size() > kMaxTokenBytes || token.size() % 2 != 0) {
    return stale;
  }
  std::string position;
  for (size_t i = kCheckDigits; i < token.size(); i += 2) {
    const int high = DigitValue(token[i]);
    const int low = DigitValue(token[i + 1]);
    if (high < 0 || low < 0) return stale;
    position += static_cast<char>(high * 16 + low);
  }
  if (Check(position, request) != token.substr(0, kCheckDigits)) return stale;
  return position;
}

}  // namespace pcd::service

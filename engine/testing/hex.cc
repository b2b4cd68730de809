#include "engine/testing/hex.h"

#include <cstdio>
#include <cstdlib>

namespace pcd::testing {
namespace {

int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsSeparator(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '-' || c == ':';
}

[[noreturn]] void Fail(const char* what, std::string_view text) {
  std::fprintf(stderr, "%s in hex text \"%s\"\n", what, std::string(text).c_str());
  std::abort();
}

}  // namespace

std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  int high = -1;
  for (char c : text) {
    if (IsSeparator(c)) continue;
    const int value = DigitValue(c);
    if (value < 0) Fail("a wrong digit", text);
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(static_cast<uint8_t>(high * 16 + value));
      high = -1;
    }
  }
  if (high >= 0) Fail("half a byte", text);
  return bytes;
}

std::string ToHex(ByteSpan bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::vector<uint8_t> BytesOf(std::string_view text) { return {text.begin(), text.end()}; }

std::string TextOf(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<uint8_t> PatternBytes(size_t size, uint8_t seed) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(seed + i * 7 + (i >> 8));
  return bytes;
}

}  // namespace pcd::testing

#include "clients/pcctl/text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <ctime>

#include "clients/pcctl/address.h"

namespace pcd::pcctl {
namespace {

std::string ToText(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(c));
  });
  return text;
}

// Bytes of the character that begins with this one; 0: none begins so.
size_t Utf8Length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

// Every enum of the API has X_UNSPECIFIED for zero, whose name holds the prefix of the others.
std::string_view Prefix(const google::protobuf::EnumDescriptor& type) {
  constexpr std::string_view kZero = "UNSPECIFIED";
  std::string_view name = type.value(0)->name();
  if (name.ends_with(kZero)) name.remove_suffix(kZero.size());
  return name;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F in UTF-8.
    const bool c1 = c == 0xC2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(text[i + 1]) <= 0x9F;
    if (c >= 0x20 && c != 0x7F && !c1) {
      printable += static_cast<char>(c);
      continue;
    }
    char escaped[8];
    const unsigned char code = c1 ? static_cast<unsigned char>(text[++i]) : c;
    std::snprintf(escaped, sizeof(escaped), "\\x%02x", code);
    printable += escaped;
  }
  return printable;
}

std::string EnumText(const google::protobuf::EnumDescriptor& type, int value) {
  if (value == 0) return "-";
  const auto* descriptor = type.FindValueByNumber(value);
  if (descriptor == nullptr) return std::to_string(value);
  std::string_view name = descriptor->name();
  name.remove_prefix(std::min(Prefix(type).size(), name.size()));
  return ToText(name);
}

std::optional<int> ParseEnum(const google::protobuf::EnumDescriptor& type, std::string_view text) {
  for (int i = 1; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    if (EnumText(type, number) == text) return number;
  }
  return std::nullopt;
}

std::vector<std::string> EnumTexts(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> texts;
  for (int i = 1; i < type.value_count(); ++i) {
    texts.push_back(EnumText(type, type.value(i)->number()));
  }
  return texts;
}

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t length = Utf8Length(first);
    if (length == 0 || text.size() - i < length) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) >> 6) != 2) return false;
    }
    // Not in the shortest form, a surrogate, or beyond U+10FFFF.
    const auto second = static_cast<unsigned char>(length > 1 ? text[i + 1] : 0);
    if (first == 0xE0 && second < 0xA0) return false;
    if (first == 0xED && second > 0x9F) return false;
    if (first == 0xF0 && second < 0x90) return false;
    if (first == 0xF4 && second > 0x8F) return false;
    i += length;
  }
  return true;
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  const std::time_t seconds = time.seconds();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof(text) - length, ".%03dZ", time.nanos() / 1000000);
  return text;
}

std::string AgeText(const google::protobuf::Timestamp& time,
                    std::chrono::system_clock::time_point now) {
  const int64_t now_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const int64_t age = std::max<int64_t>(now_seconds - time.seconds(), 0);
  constexpr int64_t kHour = 3600;
  constexpr int64_t kDay = 24 * kHour;
  if (age < 120) return std::to_string(age) + "s";
  if (age < 2 * kHour) return std::to_string(age / 60) + "m";
  if (age < 2 * kDay) return std::to_string(age / kHour) + "h";
  return std::to_string(age / kDay) + "d";
}

std::string LabelsText(const google::protobuf::Map<std::string, std::string>& labels) {
  const std::map<std::string, std::string> sorted(labels.begin(), labels.end());
  std::string text;
  for (const auto& [key, value] : sorted) {
    text.append(text.empty() ? "" : ",").append(key).append("=").append(value);
  }
  return text.empty() ? "-" : Printable(text);
}

std::string CandidateText(const api::IceCandidate& candidate) {
  return EnumText(candidate.type()) + " " + EnumText(candidate.protocol()) + " " +
         ToString(Printable(candidate.address()), candidate.port());
}

std::string OrDash(std::string_view text) { return text.empty() ? "-" : Printable(text); }

std::string ParseLabels(const std::vector<std::string>& pairs,
                        google::protobuf::Map<std::string, std::string>* labels) {
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return "--label takes KEY=VALUE, not '" + pair + "'";
    }
    const std::string key = pair.substr(0, equals);
    if (labels->contains(key)) return "--label names '" + key + "' twice";
    (*labels)[key] = pair.substr(equals + 1);
  }
  return "";
}

}  // namespace pcd::pcctl

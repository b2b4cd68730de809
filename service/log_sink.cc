#include "service/log_sink.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <utility>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

constexpr std::array<std::pair<LogLevel, const char*>, 6> kLevelNames = {{
    {LogLevel::kTrace, "trace"},
    {LogLevel::kDebug, "debug"},
    {LogLevel::kInfo, "info"},
    {LogLevel::kWarning, "warn"},
    {LogLevel::kError, "error"},
    {LogLevel::kOff, "off"},
}};

const char* LevelName(LogLevel level) {
  for (const auto& [known, name] : kLevelNames) {
    if (known == level) return name;
  }
  return "info";
}

// Length of the well-formed UTF-8 character at the front; 0 if it is not one.
size_t CharacterLength(std::string_view text) {
  const auto byte = [&text](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&byte](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xC2 && byte(0) < 0xE0) return follows(1) ? 2 : 0;
  if (byte(0) >= 0xE0 && byte(0) < 0xF0) {
    const bool overlong = byte(0) == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (byte(0) >= 0xF0 && byte(0) < 0xF5) {
    const bool overlong = byte(0) == 0xF0 && byte(1) < 0x90;
    const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void AppendJson(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    const char c = text.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned char>(c));
      out += escaped.data();
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

// Never destroyed: loops may still log while the process ends.
spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_pattern("%v");
    auto* made = new spdlog::logger("peerconnectiond", std::move(sink));
    made->set_level(spdlog::level::trace);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

void Write(LogLevel level, std::string_view module, std::string_view message) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  Logger().log(spdlog::level::info, FormatLogLine(micros, level, module, message));
}

}  // namespace

std::string FormatLogLine(int64_t unix_micros, LogLevel level, std::string_view module,
                          std::string_view message) {
  const std::time_t seconds = unix_micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> date{};
  const size_t length = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> millis{};
  std::snprintf(millis.data(), millis.size(), ".%03dZ",
                static_cast<int>(unix_micros / 1000 % 1000));
  std::string line = "{\"time\":\"" + std::string(date.data(), length) + millis.data() +
                     "\",\"level\":\"" + LevelName(level) + "\",\"module\":";
  AppendJson(line, module);
  line += ",\"message\":";
  AppendJson(line, message);
  line += '}';
  return line;
}

void InstallLogSink(LogLevel level) {
  Logger();
  SetLogLevel(level);
  SetLogSink(&Write);
}

void FlushLog() { Logger().flush(); }

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view text) {
  for (const auto& [level, name] : kLevelNames) {
    if (text == name) return level;
  }
  return InvalidArgument("\"" + std::string(text) +
                         "\" is not a level: trace, debug, info, warn, "
                         "error or off");
}

}  // namespace pcd::service

#include "engine/base/log.h"

#include <atomic>

namespace pcd {
namespace {

std::atomic<LogSink> g_sink{nullptr};
std::atomic<LogLevel> g_level{LogLevel::kOff};

}  // namespace

void SetLogSink(LogSink sink) { g_sink.store(sink, std::memory_order_release); }
void SetLogLevel(LogLevel level) { g_level.store(level, std::memory_order_relaxed); }

bool LogEnabled(LogLevel level) {
  return level >= g_level.load(std::memory_order_relaxed) &&
         g_sink.load(std::memory_order_relaxed) != nullptr;
}

void Log(LogLevel level, std::string_view module, const std::string& message) {
  if (LogSink sink = g_sink.load(std::memory_order_acquire)) sink(level, module, message);
}

}  // namespace pcd

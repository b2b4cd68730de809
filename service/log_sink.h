// Where the engine's log lines go: standard error, one JSON object per line.
#ifndef SERVICE_LOG_SINK_H_
#define SERVICE_LOG_SINK_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "engine/base/log.h"

namespace pcd::service {

// {"time":"2026-01-02T03:04:05.678Z","level":"info","module":"dtls","message":"..."}
// `time` is Unix microseconds. Control characters are escaped; bytes that are not UTF-8 are
// replaced, so a line is JSON whatever a peer sent.
std::string FormatLogLine(int64_t unix_micros, LogLevel level, std::string_view module,
                          std::string_view message);

// Installs the sink for the process. Threading: once, before other threads exist.
void InstallLogSink(LogLevel level);
// Writes what is still buffered.
void FlushLog();

// "trace", "debug", "info", "warn", "error", "off". INVALID_ARGUMENT otherwise.
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view text);

}  // namespace pcd::service

#endif  // SERVICE_LOG_SINK_H_

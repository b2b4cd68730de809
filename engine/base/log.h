// Logging without a logging library: the engine formats, the process decides where it goes.
// Nothing on the media path logs above kTrace, and no line ever carries a secret.
//
//   PCD_LOG(kInfo, "dtls", "connected, profile " + name);
#ifndef ENGINE_BASE_LOG_H_
#define ENGINE_BASE_LOG_H_

#include <string>
#include <string_view>

namespace pcd {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };

// Called with complete messages, from any thread. `module` is the room's name.
using LogSink = void (*)(LogLevel level, std::string_view module, std::string_view message);

// Both may be called at any time from any thread. Default: no sink, kOff.
void SetLogSink(LogSink sink);
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);
void Log(LogLevel level, std::string_view module, const std::string& message);

}  // namespace pcd

// The message expression is evaluated only when the level is enabled.
#define PCD_LOG(level, module, message)                    \
  do {                                                     \
    if (::pcd::LogEnabled(::pcd::LogLevel::level))         \
      ::pcd::Log(::pcd::LogLevel::level, module, message); \
  } while (false)

#endif  // ENGINE_BASE_LOG_H_

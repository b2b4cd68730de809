// Ids that callers of the API choose: of transceivers, data channels and sinks.
#ifndef ENGINE_BASE_CALLER_ID_H_
#define ENGINE_BASE_CALLER_ID_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pcd {

inline constexpr size_t kMaxCallerIdBytes = 64;

// Whether `id` has 1 to 64 letters, digits, '-', '_' and '.', ASCII only. Such an id can stand
// in a log line, a file name, a URL or SDP without being quoted.
inline bool IsCallerId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxCallerIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

}  // namespace pcd

#endif  // ENGINE_BASE_CALLER_ID_H_

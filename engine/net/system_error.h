// What a failed system call becomes for an API user.
#ifndef ENGINE_NET_SYSTEM_ERROR_H_
#define ENGINE_NET_SYSTEM_ERROR_H_

#include <absl/status/status.h>

#include <string_view>

namespace pcd::net {

// `error` is an errno. Addresses that cannot be used are INVALID_ARGUMENT, exhausted
// descriptors or memory LIMIT_EXCEEDED, all else INTERNAL; the message is "<what>: <text>".
absl::Status SystemError(std::string_view what, int error);

}  // namespace pcd::net

#endif  // ENGINE_NET_SYSTEM_ERROR_H_

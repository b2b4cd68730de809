#include "engine/net/system_error.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "engine/base/status.h"

namespace pcd::net {

absl::Status SystemError(std::string_view what, int error) {
  const std::string message = std::string(what) + ": " + std::generic_category().message(error);
  switch (error) {
    case EACCES:
    case EADDRINUSE:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EHOSTUNREACH:
    case EINVAL:
    case ENETUNREACH:
      return InvalidArgument(message);
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED, message);
    default:
      return MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL, message);
  }
}

}  // namespace pcd::net

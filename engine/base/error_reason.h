// The machine-readable reason of an error, as it reaches API users in
// google.rpc.ErrorInfo. Each name is the proto enum's without its prefix; a test in
// `service` proves that every value here exists there.
#ifndef ENGINE_BASE_ERROR_REASON_H_
#define ENGINE_BASE_ERROR_REASON_H_

#include <string_view>

namespace pcd {

// X-macro so that the enum and its names cannot drift apart.
#define PCD_ERROR_REASONS(X)   \
  X(INTERNAL)                  \
  X(INVALID_ARGUMENT)          \
  X(INVALID_STATE)             \
  X(NOT_IMPLEMENTED)           \
  X(FIELD_NOT_IMPLEMENTED)     \
  X(LIMIT_EXCEEDED)            \
  X(DRAINING)                  \
  X(DEADLINE_EXCEEDED)         \
  X(PEER_CONNECTION_NOT_FOUND) \
  X(PEER_CONNECTION_CLOSED)    \
  X(ALREADY_EXISTS)            \
  X(INVALID_SDP)               \
  X(SDP_TOO_LARGE)             \
  X(UNSUPPORTED_SDP)           \
  X(INVALID_CANDIDATE)         \
  X(INVALID_ICE_SERVER)        \
  X(TRANSCEIVER_NOT_FOUND)     \
  X(TRACK_NOT_FOUND)           \
  X(SINK_NOT_FOUND)            \
  X(SINK_ALREADY_EXISTS)       \
  X(SINK_DESTINATION_DENIED)   \
  X(SINK_NOT_NEGOTIATED)       \
  X(DATA_CHANNEL_NOT_FOUND)    \
  X(DATA_CHANNEL_NOT_OPEN)     \
  X(MESSAGE_TOO_LARGE)         \
  X(BUFFER_FULL)               \
  X(SLOW_CONSUMER)             \
  X(INVALID_PAGE_TOKEN)

enum class ErrorReason {
#define PCD_X(name) name,
  PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
};

std::string_view ErrorReasonName(ErrorReason reason);

}  // namespace pcd

#endif  // ENGINE_BASE_ERROR_REASON_H_

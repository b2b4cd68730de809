// The machine-readable reason of an error, as it reaches API users in
// google.rpc.ErrorInfo. Each name is the proto enum's without its prefix; a test in
// `service` proves that both are the same.
#ifndef ENGINE_BASE_ERROR_REASON_H_
#define ENGINE_BASE_ERROR_REASON_H_

#include <string_view>

namespace pcd {

// X-macro so that the enum and its names cannot drift apart.
#define PCD_ERROR_REASONS(X)      \
  X(INVALID_ARGUMENT)             \
  X(INVALID_STATE)                \
  X(NOT_IMPLEMENTED)              \
  X(FIELD_NOT_IMPLEMENTED)        \
  X(INTERNAL)                     \
  X(DEADLINE_EXCEEDED)            \
  X(CANCELLED)                    \
  X(LIMIT_EXCEEDED)               \
  X(ALREADY_EXISTS)               \
  X(STALE_REVISION)               \
  X(STALE_PAGE_TOKEN)             \
  X(REQUEST_ID_REUSED)            \
  X(UNAUTHENTICATED)              \
  X(PERMISSION_DENIED)            \
  X(INVALID_LABEL_SELECTOR)       \
  X(CALL_OUT_OF_ORDER)            \
  X(PEER_CONNECTION_NOT_FOUND)    \
  X(PEER_CONNECTION_CLOSED)       \
  X(TRANSCEIVER_NOT_FOUND)        \
  X(TRANSCEIVER_STOPPED)          \
  X(SENDER_NOT_FOUND)             \
  X(RECEIVER_NOT_FOUND)           \
  X(CONFIGURATION_CHANGE_REFUSED) \
  X(CERTIFICATE_NOT_FOUND)        \
  X(INVALID_CERTIFICATE)          \
  X(STALE_PARAMETERS)             \
  X(INVALID_SDP)                  \
  X(SDP_TOO_LARGE)                \
  X(SDP_SEMANTICS)                \
  X(UNSUPPORTED_SDP)              \
  X(SDP_MODIFIED)                 \
  X(INVALID_CANDIDATE)            \
  X(UNKNOWN_UFRAG)                \
  X(INVALID_ICE_SERVER)           \
  X(ICE_SERVER_DENIED)            \
  X(INVALID_CODEC)                \
  X(NOT_NEGOTIATED)               \
  X(SINK_NOT_FOUND)               \
  X(SINK_ALREADY_EXISTS)          \
  X(SINK_DESTINATION_DENIED)      \
  X(SINK_NOT_NEGOTIATED)          \
  X(SINK_DESTINATION_IN_USE)      \
  X(TRACK_NOT_FOUND)              \
  X(TRACK_NOT_ACTIVE)             \
  X(TRACK_KIND_MISMATCH)          \
  X(TRACK_IN_USE)                 \
  X(SOURCE_ADDRESS_DENIED)        \
  X(PORT_UNAVAILABLE)             \
  X(RELAY_LOOP)                   \
  X(INVALID_PACKET)               \
  X(DATA_CHANNEL_NOT_FOUND)       \
  X(DATA_CHANNEL_NOT_OPEN)        \
  X(MESSAGE_TOO_LARGE)            \
  X(BUFFER_FULL)                  \
  X(CREDIT_EXCEEDED)              \
  X(STREAM_ALREADY_ATTACHED)      \
  X(STREAM_TAKEN_OVER)            \
  X(NO_STREAM_ID)                 \
  X(SLOW_CONSUMER)                \
  X(EVENT_SEQUENCE_UNKNOWN)       \
  X(DRAINING)                     \
  X(NOT_READY)                    \
  X(OWNER_UNREACHABLE)            \
  X(OWNER_RESTARTED)              \
  X(INVALID_OWNER)                \
  X(LEASE_NOT_FOUND)              \
  X(LEASE_FENCED)                 \
  X(LEASE_EXPIRED)                \
  X(LEASE_REQUIRED)               \
  X(CAPTURE_NOT_FOUND)            \
  X(DIAGNOSTIC_DISABLED)

enum class ErrorReason {
#define PCD_X(name) name,
  PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
};

std::string_view ErrorReasonName(ErrorReason reason);

}  // namespace pcd

#endif  // ENGINE_BASE_ERROR_REASON_H_

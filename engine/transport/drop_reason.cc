#include "engine/transport/drop_reason.h"

#include <numeric>

namespace pcd::transport {

std::string_view ToString(DropReason reason) {
  switch (reason) {
    case DropReason::kReceiveNotDtlsOrRtp:
      return "receive_not_dtls_or_rtp";
    case DropReason::kReceiveBeforeKeys:
      return "receive_before_keys";
    case DropReason::kReceiveAuthFailed:
      return "receive_auth_failed";
    case DropReason::kReceiveReplayed:
      return "receive_replayed";
    case DropReason::kReceiveMalformed:
      return "receive_malformed";
    case DropReason::kReceiveTooManySsrcs:
      return "receive_too_many_ssrcs";
    case DropReason::kReceiveNoHandler:
      return "receive_no_handler";
    case DropReason::kReceiveDtlsQueueFull:
      return "receive_dtls_queue_full";
    case DropReason::kSendNotConnected:
      return "send_not_connected";
    case DropReason::kSendProtectFailed:
      return "send_protect_failed";
    case DropReason::kSendRefused:
      return "send_refused";
  }
  return "";
}

uint64_t DropCounters::Total() const {
  return std::accumulate(values_.begin(), values_.end(), uint64_t{0});
}

}  // namespace pcd::transport

#include "engine/sctp/usrsctp_notification.h"

#include <usrsctp.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace pcd::sctp {
namespace {

// A copy of the fixed part, zeros where the notification is shorter.
template <typename T>
T ReadFixed(ByteSpan bytes) {
  T result;
  std::memset(static_cast<void*>(&result), 0, sizeof(result));
  std::memcpy(static_cast<void*>(&result), bytes.data(), std::min(bytes.size(), sizeof(result)));
  return result;
}

AssociationEnded Ended(uint16_t state, uint16_t error) {
  AssociationEnded ended;
  ended.reason = state == SCTP_CANT_STR_ASSOC ? "the peer did not answer"
                 : state == SCTP_RESTART      ? "the peer restarted its association"
                                              : "the association was lost or aborted";
  if (error != 0) ended.cause_code = error;
  return ended;
}

UsrsctpNotification ParseChange(ByteSpan bytes) {
  const auto change = ReadFixed<sctp_assoc_change>(bytes);
  switch (change.sac_state) {
    case SCTP_COMM_UP:
      return AssociationUp{.outgoing_streams = change.sac_outbound_streams,
                           .incoming_streams = change.sac_inbound_streams};
    case SCTP_SHUTDOWN_COMP:
      return AssociationEnded{};
    case SCTP_COMM_LOST:
    case SCTP_CANT_STR_ASSOC:
    case SCTP_RESTART:  // Its channels know nothing of ours: that is an end, too.
      return Ended(change.sac_state, change.sac_error);
    default:
      return IgnoredNotification{};
  }
}

UsrsctpNotification ParseReset(ByteSpan bytes) {
  constexpr size_t kListOffset = offsetof(sctp_stream_reset_event, strreset_stream_list);
  const auto event = ReadFixed<sctp_stream_reset_event>(bytes);
  StreamsReset reset;
  reset.incoming = (event.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0;
  reset.ok = (event.strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) == 0;
  for (size_t at = kListOffset; at + sizeof(uint16_t) <= bytes.size(); at += sizeof(uint16_t)) {
    uint16_t id = 0;
    std::memcpy(&id, bytes.data() + at, sizeof(id));
    reset.stream_ids.push_back(id);
  }
  return reset;
}

}  // namespace

UsrsctpNotification ParseUsrsctpNotification(ByteSpan bytes) {
  using Header = sctp_notification::sctp_tlv;
  if (bytes.size() < sizeof(Header)) return IgnoredNotification{};
  const auto header = ReadFixed<Header>(bytes);
  const ByteSpan body = bytes.first(std::min<size_t>(bytes.size(), header.sn_length));
  switch (header.sn_type) {
    case SCTP_ASSOC_CHANGE:
      return ParseChange(body);
    case SCTP_STREAM_RESET_EVENT:
      return ParseReset(body);
    case SCTP_PARTIAL_DELIVERY_EVENT:
      return PartialMessageAborted{};
    default:
      return IgnoredNotification{};
  }
}

}  // namespace pcd::sctp

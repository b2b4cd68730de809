// Who closes whom when a PeerConnection ends, as one table. Each step may use only what later
// steps close. A test walks the table.
#ifndef ENGINE_PEERCONNECTION_CLOSE_SEQUENCE_H_
#define ENGINE_PEERCONNECTION_CLOSE_SEQUENCE_H_

#include <array>
#include <string_view>

namespace pcd::peerconnection {

enum class CloseStep {
  kStreams,      // Readers of data channels learn that nothing follows (OK).
  kChannels,     // W3C close(): channels become closed without events.
  kAssociation,  // SCTP ABORT, which still needs DTLS.
  kMedia,        // RTCP BYE to the peer and the sinks; sockets of both closed. After a graceful
                 // close sinks send first what they hold back.
  kTransports,   // close_notify, then ICE; last packets flushed.
  kSession,      // Every later negotiation call fails.
  kClosedEvent,  // States become closed: the last number of the event log; watchers are let go.
  kWaiters       // Calls that wait are answered, with the closed state.
};

struct CloseStepName {
  CloseStep step;
  std::string_view name;
};

inline constexpr std::array<CloseStepName, 8> kCloseSequence = {{
    {CloseStep::kStreams, "streams"},
    {CloseStep::kChannels, "channels"},
    {CloseStep::kAssociation, "association"},
    {CloseStep::kMedia, "media"},
    {CloseStep::kTransports, "transports"},
    {CloseStep::kSession, "session"},
    {CloseStep::kClosedEvent, "closed event"},
    {CloseStep::kWaiters, "waiters"},
}};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_CLOSE_SEQUENCE_H_

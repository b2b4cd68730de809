// One SCTP association over DTLS (RFC 8261, RFC 8831), as the rooms above see it.
//
// Order of calls of its owner (`transport`), all on one loop:
//   1. SctpAssociationFactory::Create, SetWakeCallback.
//   2. Start, when DTLS is connected and both descriptions are known. Both ends start: the
//      two INITs cross and settle on one association.
//   3. HandlePacket for each decrypted DTLS application record; after it and after each
//      wake: PollOutput until empty, each result is one DTLS record.
//   4. HandleTimeout when NextDeadline has passed (kNever for a backend with its own clock).
//   5. Abort or Shutdown, PollOutput until empty, destroy.
// The consumer of its messages (`datachannel`) calls PollEvent until empty in the same
// turns; `state()` is for everybody else.
#ifndef ENGINE_SCTP_SCTP_ASSOCIATION_H_
#define ENGINE_SCTP_SCTP_ASSOCIATION_H_

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/model/enums.h"
#include "engine/net/loop.h"
#include "engine/sctp/sctp_event.h"

namespace pcd::sctp {

// What the descriptions settled.
struct SctpParams {
  uint16_t local_port = 5000;   // Our a=sctp-port.
  uint16_t remote_port = 5000;  // The remote's a=sctp-port.
};

// PR-SCTP (RFC 3758, RFC 7496). At most one of the two limits is set.
struct SendOptions {
  bool ordered = true;
  std::optional<uint16_t> max_retransmits{};
  std::optional<uint16_t> max_packet_life_time{};  // Milliseconds.
};

enum class SendResult {
  kOk,            // Taken whole; it will be sent according to its options.
  kWouldBlock,    // No room for the whole message now; nothing was taken. BufferedBytesLow follows.
  kTooLarge,      // Never fits: longer than SctpOptions::send_buffer_bytes, or empty.
  kNotConnected,  // state() is not kConnected.
  kBadStream,     // stream_id is not below stream_count(), or its reset is under way.
};

struct SctpStats {
  uint64_t packets_sent = 0, packets_received = 0, bytes_sent = 0, bytes_received = 0;
  uint64_t messages_sent = 0, messages_received = 0;
  uint64_t packets_dropped = 0;  // Received before Start or after the end, or malformed.
};

// What an association knows of its path; what is unset its backend does not know.
struct SctpPath {
  std::optional<double> smoothed_round_trip_time{};  // Seconds.
  std::optional<uint64_t> congestion_window{};       // Bytes.
  std::optional<uint64_t> receiver_window{};         // Bytes, as the peer announced.
  uint64_t mtu = 0;                                  // Bytes.
  uint64_t unacknowledged_chunks = 0;                // Sent and not acknowledged.
};

// Threading: created, used and destroyed on one loop.
class SctpAssociation {
 public:
  virtual ~SctpAssociation() = default;

  // Begins to connect. Once. INTERNAL when the backend refuses.
  virtual absl::Status Start(const SctpParams& params, Timestamp now) = 0;
  // Takes one SCTP packet of any content.
  virtual void HandlePacket(ByteSpan packet, Timestamp now) = 0;
  virtual void HandleTimeout(Timestamp now) = 0;
  virtual Timestamp NextDeadline() const = 0;
  // The next packet to send, at most SctpOptions::mtu bytes; nullopt: none now.
  virtual std::optional<std::vector<uint8_t>> PollOutput() = 0;
  // The next event, in order; nullopt: none now. Messages are read from the network's side
  // only here: a consumer that stops asking leaves them in the receive buffer and so closes
  // the window that the peer sees. That is the back-pressure.
  virtual std::optional<SctpEvent> PollEvent() = 0;
  // `wake` runs on the owner loop when PollOutput or PollEvent may have something outside a
  // call of the owner. It may be called without cause. It may destroy the association.
  virtual void SetWakeCallback(net::Task wake) = 0;

  // Queues one message of at least one byte (RFC 8831 section 6.6 has no empty ones) on a
  // stream. Nothing is lost: what returns other than kOk was not taken at all.
  virtual SendResult Send(uint16_t stream_id, uint32_t ppid, ByteSpan message,
                          const SendOptions& options, Timestamp now) = 0;
  // Resets our outgoing side of a stream (RFC 6525) once all sent on it has left. May be
  // called while others are under way. OutgoingStreamsReset tells the end. A reset of a
  // stream that is already being reset, or while not connected, does nothing.
  virtual void ResetStream(uint16_t stream_id, Timestamp now) = 0;
  // Ends at once: sends ABORT when there is a peer to tell; state kClosed, no further events.
  virtual void Abort() = 0;
  // Ends after all that was sent has been acknowledged; StateChanged{kClosed} follows.
  virtual void Shutdown(Timestamp now) = 0;

  // kConnecting from creation until both ends agree.
  virtual SctpState state() const = 0;
  // Streams usable in both directions, 0 until connected: ids 0 to stream_count() - 1.
  virtual uint16_t stream_count() const = 0;
  // Message bytes taken by Send and not yet acknowledged or given up.
  virtual size_t buffered_bytes() const = 0;
  virtual SctpStats stats() const = 0;
  // Null unless connected.
  virtual std::optional<SctpPath> path() const = 0;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_SCTP_ASSOCIATION_H_

// One ICE transport: one component (RTP and RTCP multiplexed) of one bundle group.
//
//   auto ice = factory.Create(loop, config);              // state new
//   (*ice)->SetPacketHandler(handler); (*ice)->SetEventCallback([&] { pump.Request(); });
//   (*ice)->SetRole(IceRole::kControlled);                // before SetRemoteParameters
//   (*ice)->StartGathering();                             // with the local description
//   (*ice)->AddRemoteCandidate(c); (*ice)->SetRemoteParameters(p);  // in either order
//   while (auto event = (*ice)->PollEvent()) ...
//   (*ice)->Close();
#ifndef ENGINE_ICE_ICE_TRANSPORT_H_
#define ENGINE_ICE_ICE_TRANSPORT_H_

#include <absl/status/status.h>

#include <cstddef>
#include <optional>
#include <span>

#include "engine/base/bytes.h"
#include "engine/ice/answering/answering.h"
#include "engine/ice/ice_events.h"
#include "engine/ice/ice_stats.h"
#include "engine/ice/packet_handler.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Threading: its loop; destroyed there too, before the loop.
class IceTransport {
 public:
  virtual ~IceTransport() = default;

  // ufrag, pwd, lite and options ("trickle") of the current generation. Valid from creation;
  // the reference until Restart or destruction.
  virtual const IceParameters& local_parameters() const = 0;

  // Not owned; null: what arrives is dropped and counted. May be changed at any time.
  virtual void SetPacketHandler(PacketHandler* handler) = 0;

  // Called on the loop in a turn after events were queued, never from inside a call into this
  // object: take them with PollEvent until nullopt. Events of one turn make one call. The
  // callback may call anything here but must not destroy this object.
  virtual void SetEventCallback(net::Task callback) = 0;
  virtual std::optional<Event> PollEvent() = 0;

  // Default: kControlled. Has no effect once checks have started or the transport is closed. A
  // conflict with the peer's role is settled by STUN (RFC 8445 section 7.3.1.1).
  virtual void SetRole(IceRole role) = 0;

  // Idempotent within a generation. Candidates, then GatheringStateChanged{kComplete}, come
  // as events.
  virtual void StartGathering() = 0;

  // Begins connectivity checks as soon as there are candidates (ours and the peer's).
  // INVALID_ARGUMENT when ufrag or pwd break RFC 8839 section 5.4 (4..256 and 22..256
  // ice-chars). The same values again are a no-op; other values are a remote ICE restart:
  // UNIMPLEMENTED in backends whose Restart is.
  virtual absl::Status SetRemoteParameters(const IceParameters& parameters) = 0;

  // May precede SetRemoteParameters: kept until the generation is known. OK and ignored (but
  // counted): mDNS and other names, components other than 1, TCP, unusable addresses or port 0,
  // loopback and link-local ones unless we have a candidate of that kind ourselves, a ufrag that
  // is not the remote one, what exceeds Config::max_candidates.
  // Returns whether it is checked from now on: not if it is kept, ignored, or known already.
  // Error only after Close: INVALID_STATE.
  virtual absl::StatusOr<bool> AddRemoteCandidate(const Candidate& candidate) = 0;

  // No more candidates of this generation. Without it the state stays at kConnected instead of
  // kCompleted, and checks that all failed go on to Config::check_timeout, as they do for a
  // controlled end always.
  virtual void SetRemoteEndOfCandidates() = 0;

  // True while there is a selected pair and the transport is not closed or failed.
  virtual bool writable() const = 0;

  // Sends one datagram on the selected pair. UDP semantics: false when not writable or when
  // the kernel refused it; it is then dropped and counted.
  virtual bool Send(ByteSpan packet) = 0;
  // Sends in order and returns how many were taken; the rest were dropped and counted.
  virtual size_t SendBatch(std::span<const ByteSpan> packets) = 0;
  // The same for packets of the loop's pool. Moves out what it can send without a copy; what is
  // left in `packets` belongs to the caller still.
  virtual size_t SendPackets(std::span<PacketPtr> packets);

  // How the peer's checks are met from now on; data goes on in both directions whatever this is.
  // Default: kFully.
  virtual void SetAnswering(Answering answering) = 0;

  virtual Stats GetStats() const = 0;

  // New local ufrag and pwd (RFC 8445 section 9); gathering and remote parameters start anew
  // while data continues on the old pair. UNIMPLEMENTED with NOT_IMPLEMENTED where missing.
  virtual absl::Status Restart() = 0;

  // Idempotent. Nothing is delivered or sent after it; StateChanged{kClosed} is the last event.
  virtual void Close() = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ICE_TRANSPORT_H_

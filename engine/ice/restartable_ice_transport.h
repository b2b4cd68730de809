// ICE restart (RFC 8445 section 9) over any backend.
//
//   RestartableIceTransport ice(loop, std::move(first), [&] { return factory.Create(...); });
//   ...                                      // as any IceTransport
//   auto offered = ice.PrepareRestart();     // credentials for a description
//   ice.Restart();                           // the description was applied
//   ice.StartGathering();                    // of the new generation, as all that follows
//   ice.SetRemoteParameters(theirs);         // its checks begin
//   // it connects: data moves over, the old generation ends
//   ice.CancelRestart();                     // or: the offer was rolled back
//   ice.Renew();                             // the peer replaced its end without new credentials
#ifndef ENGINE_ICE_RESTARTABLE_ICE_TRANSPORT_H_
#define ENGINE_ICE_RESTARTABLE_ICE_TRANSPORT_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/ice/event_queue.h"
#include "engine/ice/ice_transport.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Each generation is a transport of the backend with its own credentials, sockets and
// candidates. Data stays on the old one until the new one is connected; what still arrives on
// the old one is delivered for some time more. So a restart gathers anew, leads out of failed, and
// can be taken back.
//
// What is asked and told belongs to the latest generation: parameters, gathering, candidates.
// The state is W3C's (webrtc 5.6.4): when the remote parameters of a restart are known,
// completed becomes connected, and disconnected and failed become checking.
// Threading: its loop.
class RestartableIceTransport : public IceTransport {
 public:
  using Make = std::function<absl::StatusOr<std::unique_ptr<IceTransport>>()>;
  // With given local credentials.
  using MakeLike = std::function<absl::StatusOr<std::unique_ptr<IceTransport>>(IceParameters)>;
  // How long the checks of an old generation are answered once the new one is connected.
  static constexpr Duration kGrace = std::chrono::seconds(2);
  // A peer may return to an old pair for as long as it believes in it: libwebrtc for 2.5 s from
  // when it last heard anything there. So the old generation is heard for this long with its checks
  // refused, and then until nothing more comes, but for no longer than kLongestFarewell in all.
  static constexpr Duration kFarewell = std::chrono::seconds(3);
  static constexpr Duration kLongestFarewell = std::chrono::seconds(20);
  // Old generations that are heard at a time; one more ends the oldest of them.
  static constexpr size_t kMaxRetired = 4;
  // Restarts under way at a time; one more ends the oldest of them.
  static constexpr size_t kMaxRestarts = 3;
  // A peer that controls may prefer a pair of the old generation to all of the new one (a direct
  // one to a relay's, say) for as long as its checks there are answered. So they are answered for
  // this long once those of the new one have begun.
  static constexpr Duration kPatience = std::chrono::seconds(3);

  // Without `make_like` Renew does nothing.
  RestartableIceTransport(net::Loop& loop, std::unique_ptr<IceTransport> first, Make make,
                          MakeLike make_like = {});
  ~RestartableIceTransport() override;

  // Makes the next generation, unless one is prepared already, and returns its parameters.
  // Nothing else changes. INVALID_STATE: closed. Others: the backend's.
  absl::StatusOr<IceParameters> PrepareRestart();
  // What is prepared becomes the latest generation; prepares it if need be.
  absl::Status Restart() override;
  // Ends the latest generation in favour of the one before. No-op without a restart under way.
  void CancelRestart();

  // The peer may have a new end with the credentials of its old one: a generation with the
  // credentials of both that there are gathers and checks. The one before goes on, and is heard for
  // as long as the peer sends to it; it is also what remains if the new one fails. Candidates of
  // the peer have to be added again. No-op without remote parameters.
  absl::Status Renew();

  const IceParameters& local_parameters() const override;
  void SetPacketHandler(PacketHandler* handler) override;
  void SetEventCallback(net::Task callback) override { events_.SetCallback(std::move(callback)); }
  std::optional<Event> PollEvent() override;
  void SetRole(IceRole role) override;
  void StartGathering() override { latest().StartGathering(); }
  absl::Status SetRemoteParameters(const IceParameters& parameters) override;
  absl::StatusOr<bool> AddRemoteCandidate(const Candidate& candidate) override;
  void SetRemoteEndOfCandidates() override { latest().SetRemoteEndOfCandidates(); }
  bool writable() const override { return sending().writable(); }
  bool Send(ByteSpan packet) override { return sending().Send(packet); }
  size_t SendBatch(std::span<const ByteSpan> packets) override;
  size_t SendPackets(std::span<PacketPtr> packets) override {
    return sending().SendPackets(packets);
  }
  void SetAnswering(Answering answering) override;
  Stats GetStats() const override;
  void Close() override;

 private:
  struct Generation {
    uint32_t number = 0;
    std::unique_ptr<IceTransport> ice{};
    IceConnectionState state = IceConnectionState::kNew;
    bool checking = false;  // Its remote parameters are set.
    bool renewal = false;
    uint64_t packets_heard = 0;  // When it was last looked at.
    Timestamp retired{};
    bool refused = false;  // Its checks; only once it is retired.
  };

  IceTransport& latest() { return *generations_.back().ice; }
  IceTransport& sending() const;
  Generation Adopt(std::unique_ptr<IceTransport> ice);
  void Drain();
  void Handle(size_t index, Event event);
  // The latest generation is connected: the others have had their time.
  void MoveOver();
  void End(Generation generation);
  void EndRetired();
  // The latest generation is not connected for kPatience.
  void RefuseOldChecks();
  // The peer may still make use of it.
  bool IsStillNeeded(Generation& generation) const;
  void Retire(Generation generation);
  IceConnectionState CombinedState() const;
  void UpdateState();
  static void AddCounters(const Stats& from, Stats& to);

  net::Loop& loop_;
  const Make make_;
  const MakeLike make_like_;
  EventQueue events_;
  std::unique_ptr<net::Timer> timer_;
  std::unique_ptr<net::Timer> patience_;
  std::vector<Generation> generations_;  // Oldest first; never empty.
  std::optional<Generation> prepared_;
  std::vector<Generation> retired_;  // Still heard; oldest first.
  std::vector<Generation> ending_;   // Not ended at once: one of them may be what called us.
  PacketHandler* handler_ = nullptr;
  std::optional<IceRole> role_;
  std::optional<IceParameters> remote_;  // Of the latest generation.
  IceConnectionState state_ = IceConnectionState::kNew;
  IceGatheringState gathering_ = IceGatheringState::kNew;
  uint32_t made_ = 0;
  Stats past_{};  // Counters of the generations that ended.
  bool closed_ = false;
  bool draining_ = false;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_RESTARTABLE_ICE_TRANSPORT_H_

// Full ICE over libnice.
#ifndef ENGINE_ICE_NICE_ICE_TRANSPORT_H_
#define ENGINE_ICE_NICE_ICE_TRANSPORT_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ice/event_queue.h"
#include "engine/ice/ice_config.h"
#include "engine/ice/ice_transport.h"
#include "engine/ice/nice_handles.h"
#include "engine/ice/nice_loop.h"
#include "engine/ice/nice_receiver.h"
#include "engine/ice/pair_log.h"
#include "engine/ice/remote_candidates.h"
#include "engine/ice/server_log.h"
#include "engine/ice/server_resolution.h"
#include "engine/ice/turn/turn_tunnels.h"

namespace pcd::ice {

// One agent with one stream of one component. libnice's signals are emitted from inside calls
// into it, on the loop's thread; they only change this object's state and queue events.
// Threading: its loop.
class NiceIceTransport : public IceTransport, private net::FdHandler {
 public:
  NiceIceTransport(std::shared_ptr<NiceLoop> nice_loop, const Config& config);
  ~NiceIceTransport() override;

  const IceParameters& local_parameters() const override { return local_; }
  void SetPacketHandler(PacketHandler* handler) override { handler_ = handler; }
  void SetEventCallback(net::Task callback) override;
  std::optional<Event> PollEvent() override { return events_.Poll(); }
  void SetRole(IceRole role) override;
  void StartGathering() override;
  absl::Status SetRemoteParameters(const IceParameters& parameters) override;
  absl::StatusOr<bool> AddRemoteCandidate(const Candidate& candidate) override;
  void SetRemoteEndOfCandidates() override;
  bool writable() const override;
  bool Send(ByteSpan packet) override;
  size_t SendBatch(std::span<const ByteSpan> packets) override;
  void SetAnswering(Answering answering) override;
  Stats GetStats() const override;
  absl::Status Restart() override;
  void Close() override;

 private:
  struct Watch {
    GSocketPtr socket;  // Keeps the descriptor's number meaningful.
    int fd;
  };
  struct Signals;  // The C functions that libnice calls.

  void OnReadable(int fd) override;
  void OnLocalCandidate(const NiceCandidate& candidate);
  void OnGatheringDone();
  void OnNiceState(NiceComponentState state);
  void OnSelectedPair(const NiceCandidate& local, const NiceCandidate& remote);
  void OnPeerReflexiveCandidate(const NiceCandidate& candidate);
  void OnTimer();

  bool closed() const { return state_ == IceConnectionState::kClosed; }
  bool AllCandidatesKnown() const;
  bool IsControlling() const;
  bool relay_only() const { return config_.policy == IceTransportPolicy::kRelay; }
  // The servers' addresses are known.
  void ConnectToServers();
  // The servers over TCP are connected, or are not going to be.
  void Gather();
  void AddLocalAddresses();
  // With servers, where none of them is on loopback, ours on loopback reach nothing.
  void LeaveOutLoopback();
  Candidate Describe(const NiceCandidate& candidate) const;
  // As peers were told of it.
  Candidate DescribeSelected(const NiceCandidate& local) const;
  void Announce(Candidate candidate, std::string url);
  void ReportUnusedAddresses();
  void FinishGathering();
  // Hands the remote parameters and candidates to libnice once it has local candidates, whose
  // addresses decide which of the peer's are accepted.
  void ApplyRemote();
  // There is a peer, but nothing to reach it from, and nothing more will come.
  void FailWithoutSockets();
  void GiveCandidates(std::span<const Candidate> candidates);
  void SetState(IceConnectionState state);
  void WatchSockets();
  void UnwatchSockets();
  // libnice closes sockets that failed.
  void WatchIfChanged(bool failed);
  void SetChecking(bool checking);
  void SetGathering(bool gathering);
  void HeardFromPeer();
  // Nothing has come from the peer, or no answer to our checks, for longer than it should.
  bool IsQuiet() const;
  Timestamp QuietAt() const;
  // Once connected: for the next check, or for `at` if that is sooner.
  void SetTimer(Timestamp at) { timer_->Set(std::min(at, next_check_)); }
  void SendConsentCheck();
  Duration UpTo(Duration most);  // By chance.
  void Die();
  void StopAgent();

  const Config config_;
  const std::shared_ptr<NiceLoop> nice_loop_;
  net::Loop& loop_;
  NiceAgentPtr agent_;  // Null once stopped.
  guint stream_id_ = 0;
  const IceParameters local_;
  EventQueue events_;
  RemoteCandidates remote_candidates_;
  PairLog pairs_;
  ServerResolution resolution_;
  std::shared_ptr<TurnTunnels> tunnels_;  // Null until the servers' addresses are known.
  ServerLog servers_;
  std::optional<NiceReceiver> receiver_;
  std::unique_ptr<net::Timer> timer_;
  std::unique_ptr<net::Timer> gather_timer_;
  std::vector<Watch> watches_;
  std::vector<IpAddress> addresses_;          // Given to libnice.
  std::vector<SocketAddress> local_sockets_;  // Of the host candidates gathered.
  // Host candidates, by their sockets.
  std::vector<std::pair<SocketAddress, Candidate>> shown_hosts_;
  std::vector<Candidate> reflexive_;  // Ours, to tell the related address of relays.
  std::vector<PacketPtr> received_;   // Empty between turns; keeps its memory.
  PacketHandler* handler_ = nullptr;
  std::optional<IceParameters> remote_;
  bool sockets_known_ = false;  // libnice has been asked for them; watches_ tells which.
  bool remote_applied_ = false;
  bool remote_end_of_candidates_ = false;
  bool has_pair_ = false;
  bool was_connected_ = false;
  bool checking_ = false;
  bool asking_servers_ = false;
  // Closed or failed: the agent is stopped as soon as no call into it is on the stack, and
  // nothing leads out.
  bool dead_ = false;
  Answering answering_ = Answering::kFully;
  size_t peer_reflexive_ = 0;
  size_t gathered_ = 0;
  NiceComponentState nice_state_ = NICE_COMPONENT_STATE_DISCONNECTED;
  IceConnectionState state_ = IceConnectionState::kNew;
  IceGatheringState gathering_ = IceGatheringState::kNew;
  IceRole role_ = IceRole::kControlled;
  Timestamp heard_from_peer_{};
  Timestamp consented_{};  // When the peer last answered a check (RFC 7675).
  Timestamp next_check_ = kNever;
  uint32_t check_priority_ = 0;  // Of the selected pair's local candidate, as checks say it.
  const uint64_t tie_breaker_;
  Stats drops_;  // Only its drop counters are used.
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_ICE_TRANSPORT_H_

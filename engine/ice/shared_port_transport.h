// One connection on a shared port: ICE-lite.
#ifndef ENGINE_ICE_SHARED_PORT_TRANSPORT_H_
#define ENGINE_ICE_SHARED_PORT_TRANSPORT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/ice/event_queue.h"
#include "engine/ice/ice_config.h"
#include "engine/ice/ice_transport.h"
#include "engine/ice/lite_agent.h"
#include "engine/ice/pair_log.h"
#include "engine/ice/remote_candidates.h"
#include "engine/ice/shared_port.h"
#include "engine/ice/shared_port_client.h"

namespace pcd::ice {

// Whatever role is set, it is controlled. Remote candidates serve statistics alone: nothing is
// ever sent to an address that no check came from. Threading: the port's loop.
class SharedPortTransport : public IceTransport, private SharedPortClient {
 public:
  // `port` outlives this.
  SharedPortTransport(SharedPort& port, const Config& config);
  ~SharedPortTransport() override;

  const IceParameters& local_parameters() const override { return agent_.local(); }
  void SetPacketHandler(PacketHandler* handler) override { handler_ = handler; }
  void SetEventCallback(net::Task callback) override;
  std::optional<Event> PollEvent() override { return events_.Poll(); }
  void SetRole(IceRole) override {}
  void StartGathering() override;
  absl::Status SetRemoteParameters(const IceParameters& parameters) override;
  absl::StatusOr<bool> AddRemoteCandidate(const Candidate& candidate) override;
  void SetRemoteEndOfCandidates() override;
  bool writable() const override { return selected_.has_value(); }
  bool Send(ByteSpan packet) override { return SendBatch({&packet, 1}) == 1; }
  size_t SendBatch(std::span<const ByteSpan> packets) override;
  size_t SendPackets(std::span<PacketPtr> packets) override;
  void SetAnswering(Answering answering) override { agent_.SetAnswering(answering); }
  Stats GetStats() const override;
  absl::Status Restart() override;
  void Close() override;

 private:
  LiteAgent& agent() override { return agent_; }
  const void* owner() const override { return owner_; }
  void OnAgentChanged() override;
  void OnPackets(std::span<PacketPtr> packets, uint32_t path_id) override;

  void Handle(const LiteEvent& event);
  void AnnouncePair(const LitePath& path);
  Candidate LocalCandidateOf(const LitePath& path) const;
  Candidate RemoteCandidateOf(const LitePath& path) const;
  PairLog::PairNumber PairOf(uint32_t path_id) const;
  void Forget(const LitePathRemoved& path);
  void OnTimer();
  void ArmTimer();
  bool closed() const { return agent_.state() == IceConnectionState::kClosed; }

  SharedPort& port_;
  net::Loop& loop_;
  const size_t max_candidates_;
  const void* const owner_;
  LiteAgent agent_;
  EventQueue events_;
  RemoteCandidates remote_candidates_;
  PairLog pairs_;
  struct PathPair {
    uint32_t path_id = 0;
    PairLog::PairNumber pair = 0;
  };
  std::vector<PathPair> path_pairs_;  // Of the agent's paths.
  std::unique_ptr<net::Timer> timer_;
  Timestamp armed_for_ = kNever;
  PacketHandler* handler_ = nullptr;
  IceGatheringState gathering_ = IceGatheringState::kNew;
  std::optional<PathAddress> selected_{};  // Where to send; absent: nowhere.
  Stats drops_{};                          // Only its drop counters are used.
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SHARED_PORT_TRANSPORT_H_

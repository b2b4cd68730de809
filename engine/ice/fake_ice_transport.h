// One end in a FakeIceNetwork. Behaves towards its owner as the real transport does: same
// events in the same order, same rules for what may come before what.
#ifndef ENGINE_ICE_FAKE_ICE_TRANSPORT_H_
#define ENGINE_ICE_FAKE_ICE_TRANSPORT_H_

#include <memory>
#include <optional>
#include <vector>

#include "engine/ice/event_queue.h"
#include "engine/ice/fake_ice_network.h"
#include "engine/ice/ice_transport.h"
#include "engine/ice/pair_log.h"
#include "engine/ice/remote_candidates.h"

namespace pcd::ice {

// Threading: its loop.
class FakeIceTransport : public IceTransport {
 public:
  FakeIceTransport(FakeIceNetwork& network, net::Loop& loop, const Config& config, int number);
  ~FakeIceTransport() override;

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
  void SetAnswering(Answering answering) override { answering_ = answering; }
  Stats GetStats() const override;
  absl::Status Restart() override;
  void Close() override;

  Answering answering() const { return answering_; }

 private:
  friend class FakeIceNetwork;

  void FinishGathering();
  // Packets can pass to and from the peer.
  bool PathOpen() const;
  bool closed() const { return state_ == IceConnectionState::kClosed; }
  bool ReadyFor(const FakeIceTransport& peer) const;
  bool KnowsAddressOf(const FakeIceTransport& peer) const;
  void Connect(FakeIceTransport& peer);
  // The way to the peer opened or closed.
  void OnPathChanged();
  void OnTimer();
  void StartCheckingIfPossible();
  void CompleteIfPossible();
  void SetState(IceConnectionState state);
  void Deliver(PacketPtr packet);
  void FlushInbox();

  FakeIceNetwork& network_;
  net::Loop& loop_;
  const Config config_;
  const int number_;
  const IceParameters local_;
  Candidate candidate_;
  EventQueue events_;
  RemoteCandidates remote_candidates_;
  std::unique_ptr<net::Timer> timer_;
  PacketHandler* handler_ = nullptr;
  std::optional<IceParameters> remote_;
  // The other end's self_; null: never connected.
  std::shared_ptr<FakeIceTransport*> peer_;
  IceRole role_ = IceRole::kControlled;
  IceConnectionState state_ = IceConnectionState::kNew;
  IceGatheringState gathering_ = IceGatheringState::kNew;
  bool remote_end_of_candidates_ = false;
  Answering answering_ = Answering::kFully;
  std::vector<PacketPtr> inbox_;
  PairLog pairs_;
  Stats drops_;  // Only its drop counters are used.
  // Reset to null on destruction, so that posted tasks and the link find out.
  std::shared_ptr<FakeIceTransport*> self_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_FAKE_ICE_TRANSPORT_H_

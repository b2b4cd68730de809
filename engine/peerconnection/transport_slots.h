// The transports of one connection, by the index that negotiation gives them.
#ifndef ENGINE_PEERCONNECTION_TRANSPORT_SLOTS_H_
#define ENGINE_PEERCONNECTION_TRANSPORT_SLOTS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/ice/restartable_ice_transport.h"
#include "engine/model/enums.h"
#include "engine/peerconnection/info.h"
#include "engine/transport/media_handler.h"
#include "engine/transport/transport.h"

namespace pcd::peerconnection {

// Takes what transports receive; like transport::MediaHandler, and knows which transport it was.
class TransportMedia {
 public:
  virtual ~TransportMedia() = default;
  virtual void OnRtp(size_t transport_index, std::span<PacketPtr> packets) = 0;
  virtual void OnRtcp(size_t transport_index, std::span<PacketPtr> packets) = 0;
};

// One transport, and what its connection remembers of it. Threading: its connection's loop.
struct TransportSlot final : transport::MediaHandler {
  TransportSlot(TransportMedia& owner, size_t at) : media(owner), index(at) {}

  void OnRtp(std::span<PacketPtr> packets) override { media.OnRtp(index, packets); }
  void OnRtcp(std::span<PacketPtr> packets) override { media.OnRtcp(index, packets); }

  TransportMedia& media;
  const size_t index;
  // Empty until a description that has the transport is applied: until then it has credentials for
  // such a description, and nobody knows of it.
  std::string id{};
  std::vector<std::string> mids{};
  std::unique_ptr<transport::Transport> transport{};
  ice::RestartableIceTransport* ice = nullptr;  // Owned by `transport`.
  size_t remote_candidates = 0;  // Of RemoteTransport::candidates, given to ICE already.
  bool remote_ended = false;
  IceRole role = IceRole::kControlled;
  // As its events have told so far. The transport itself may be further: what gathers at once
  // begins and ends before anybody has taken the first event, and checks that overtook an answer
  // connect as soon as it is there.
  IceGatheringState gathering = IceGatheringState::kNew;
  IceConnectionState ice_state = IceConnectionState::kNew;
  SharedOptional<CandidatePair> selected_pair{};
  bool pair_untold = false;  // It is told with the state that comes with it, or alone.
  // The lead has changed (jsep::TransportAction), and the peer has not replaced its end yet.
  Timestamp replaceable_until{};

  bool described() const { return !id.empty(); }
};

// Indices are few, but need not follow each other: one whose transport has ended is free, and may
// be used again. Lookup by index is a step into a vector. Threading: its owner's.
class TransportSlots {
 public:
  // In order of index, those that no description has yet among them. Valid until Add, Remove or
  // Clear.
  auto begin() const { return slots_.begin(); }
  auto end() const { return slots_.end(); }
  bool empty() const { return slots_.empty(); }
  // Null: none, or no transport at that index.
  TransportSlot* Find(size_t index) const {
    return index < by_index_.size() ? by_index_[index] : nullptr;
  }
  TransportSlot* FindById(std::string_view id) const;
  // That carries the section.
  TransportSlot* FindByMid(std::string_view mid) const;
  // The described one of the lowest index.
  TransportSlot* First() const;

  // None is at its index.
  TransportSlot* Add(std::unique_ptr<TransportSlot> slot);
  // A description says what the transport carries. What carried one of the sections before carries
  // it no more.
  void Describe(TransportSlot& slot, const std::vector<std::string>& mids);
  void Remove(size_t index);
  void Clear();

 private:
  std::vector<std::unique_ptr<TransportSlot>> slots_;
  std::vector<TransportSlot*> by_index_;
  // Ids are not used again, so that nobody takes the states and counters of one transport for
  // those of another.
  size_t next_number_ = 0;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_TRANSPORT_SLOTS_H_

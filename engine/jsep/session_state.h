// Everything negotiation remembers, as one value: a description is applied to a copy, and
// the copy replaces the original only when all of it went well.
#ifndef ENGINE_JSEP_SESSION_STATE_H_
#define ENGINE_JSEP_SESSION_STATE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/shared.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/jsep/transceiver.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/session.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// By section: the index of its transport; null: it has none.
using SectionTransports = std::vector<std::optional<size_t>>;

// A description that was applied.
struct StoredDescription {
  SdpType type = SdpType::kOffer;
  sdp::Description parsed{};  // Every section has a mid; see generated_mids.
  // As the API shows it, which is shared with whom it was shown. Null: not written yet, or `parsed`
  // has changed since; DescriptionOf writes it.
  mutable DescriptionPtr shown{};
  // Sections whose description named no mid; theirs was made up here and is never written.
  std::set<size_t> generated_mids{};
  // Of a local description: whose candidates each section has. What the sections of an offer use
  // after its answer is State::carried.
  SectionTransports transports{};
};

// What a section of a local description stands for.
struct SectionPlan {
  std::string transceiver_id{};  // Empty: data, or rejected without a transceiver.
};

// A description made here and not applied yet.
struct CreatedDescription {
  SdpType type = SdpType::kOffer;
  sdp::Description description{};
  std::string text{};
  std::vector<SectionPlan> plan{};  // One per section.
  SectionTransports transports{};
  std::set<size_t> generated_mids{};
  uint64_t revision = 0;                              // State::revision it was made from.
  std::shared_ptr<const NegotiationRecord> record{};  // Of an answer; else null.
};

// One transport. Threading: value.
struct TransportState {
  std::optional<IceParameters> local_ice{};       // In an applied local description.
  std::optional<IceParameters> next_local_ice{};  // Asked for, not applied yet.
  std::vector<Candidate> local_candidates{};      // Of local_ice's generation.
  bool local_complete = false;
  std::optional<IceParameters> remote_ice{};  // In an applied answer's exchange.
  std::vector<Fingerprint> remote_fingerprints{};
  std::string remote_tls_id{};  // RFC 8842; empty: it has none.
  std::string tagged_mid{};     // Of the section that led the transport in the last answer.
  bool bundled = false;         // The last answer has a BUNDLE group for its sections.
  DtlsRole dtls_role = DtlsRole::kAuto;
  std::optional<IceRole> ice_role{};

  bool exists() const { return local_ice || next_local_ice; }
};

struct State {
  SignalingState signaling = SignalingState::kStable;
  std::vector<Transceiver> transceivers{};
  std::vector<Transceiver> stable_transceivers{};  // As they were when stable was left.
  SharedOptional<StoredDescription> current_local{}, current_remote{};
  SharedOptional<StoredDescription> pending_local{}, pending_remote{};
  // By index, at least one. What no section uses is as new.
  std::vector<TransportState> transports = std::vector<TransportState>(1);
  std::vector<TransportState> stable_transports{};  // As they were when stable was left.
  SectionTransports carried{};                      // As the last answer or pranswer has it.
  // Local ufrags that RestartIce saw; not empty: the next offer restarts.
  std::set<std::string> ice_to_replace{};
  // Local ufrags made with another ICE configuration than the present one: the same, but nobody is
  // asked to negotiate because of it.
  std::set<std::string> outdated_ice{};
  // Given before any remote description: checked by syntax alone, kept for the first one.
  std::vector<IceCandidateInit> early_candidates{};
  bool data_wanted = false;
  std::optional<DataSection> data{};
  // Of the last answer of either side; null before the first.
  std::shared_ptr<const NegotiationRecord> record{};
  uint32_t next_mid = 0;  // Numbers below are used up.
  // Counts changes that a created description would have to reflect.
  uint64_t revision = 0;

  const StoredDescription* local() const {
    return pending_local ? &*pending_local : current_local ? &*current_local : nullptr;
  }
  const StoredDescription* remote() const {
    return pending_remote ? &*pending_remote : current_remote ? &*current_remote : nullptr;
  }
  void LeaveStable() {
    stable_transceivers = transceivers;
    stable_transports = transports;
  }
  TransportState& TransportAt(size_t index) {
    if (index >= transports.size()) transports.resize(index + 1);
    return transports[index];
  }
  // Null: there is none at this index.
  const TransportState* FindTransport(size_t index) const {
    return index < transports.size() ? &transports[index] : nullptr;
  }
  // As it was when stable was left; null: there was none.
  const TransportState* StableTransport(size_t index) const {
    return index < stable_transports.size() ? &stable_transports[index] : nullptr;
  }
  // Of a section of the last answer.
  std::optional<size_t> CarriedBy(size_t section) const {
    return section < carried.size() ? carried[section] : std::nullopt;
  }
  Transceiver* Find(std::string_view id) {
    for (Transceiver& t : transceivers) {
      if (t.id == id) return &t;
    }
    return nullptr;
  }
  Transceiver* AtSection(size_t index) {
    for (Transceiver& t : transceivers) {
      if (t.mline_index == index) return &t;
    }
    return nullptr;
  }
  const Transceiver* AtSection(size_t index) const {
    return const_cast<State*>(this)->AtSection(index);
  }
  bool HasSsrc(uint32_t ssrc) const {
    for (const Transceiver& t : transceivers) {
      if (t.sender_ssrc == ssrc || t.sender_rtx_ssrc == ssrc) return true;
    }
    return false;
  }
  // For a transceiver that is about to join.
  void DrawSsrcs(RandomSource& random, Transceiver& transceiver) const {
    const auto draw = [&](uint32_t taken) {
      uint32_t ssrc = random.Uint32();
      while (ssrc == 0 || ssrc == taken || HasSsrc(ssrc)) ssrc = random.Uint32();
      return ssrc;
    };
    transceiver.sender_ssrc = draw(0);
    transceiver.sender_rtx_ssrc = draw(transceiver.sender_ssrc);
  }
  // Either side refused the section, so its slot may get a new use (RFC 9429 section 5.2.2).
  bool IsRecyclable(size_t index) const {
    const auto rejected = [index](const SharedOptional<StoredDescription>& d) {
      return d && index < d->parsed.media.size() && d->parsed.media[index].IsRejected();
    };
    return rejected(current_local) || rejected(current_remote);
  }
  // Both sides agreed on the section.
  bool WasLive(size_t index) const {
    const auto live = [index](const SharedOptional<StoredDescription>& d) {
      return d && index < d->parsed.media.size() && !d->parsed.media[index].IsRejected();
    };
    return live(current_local) && live(current_remote);
  }
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SESSION_STATE_H_

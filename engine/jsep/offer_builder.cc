#include "engine/jsep/offer_builder.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/jsep/codec_negotiation.h"
#include "engine/jsep/codec_preferences.h"
#include "engine/jsep/extension_negotiation.h"
#include "engine/jsep/section_view.h"
#include "engine/sdp/writer.h"

namespace pcd::jsep {
namespace {

constexpr char kRtpProto[] = "UDP/TLS/RTP/SAVPF";
constexpr char kDataProto[] = "UDP/DTLS/SCTP";
constexpr char kDataFormat[] = "webrtc-datachannel";

// One section of the offer to be.
struct Slot {
  const Transceiver* transceiver = nullptr;
  bool data = false;  // Neither: rejected.
  std::string mid{};
  const sdp::MediaSection* before = nullptr;  // What stood there; null: nothing.
  bool fresh = false;                         // Takes the place for the first time.

  bool live() const { return transceiver != nullptr || data; }
};

// Collects the sections, then writes them. Threading: one call of BuildOffer.
class OfferBuilder {
 public:
  OfferBuilder(const State& state, const LocalContext& context)
      : state_(state), context_(context), next_mid_(state.next_mid) {}

  absl::StatusOr<CreatedDescription> Build();

 private:
  void KeepSections();
  void AddNewSections();
  Slot& NewSlot();
  std::string NewMid();
  void ReserveNumbers();
  size_t Leading() const;
  sdp::MediaSection Write(const Slot& slot, size_t index);
  sdp::MediaSection WriteMedia(const Slot& slot);
  sdp::MediaSection WriteData();

  const State& state_;
  const LocalContext& context_;
  uint32_t next_mid_;
  std::vector<Slot> slots_{};
  size_t leading_ = 0;  // The section that leads the transport.
  bool data_placed_ = false;
  PayloadTypes payload_types_{};
  ExtensionIds extension_ids_{};
};

void OfferBuilder::KeepSections() {
  const StoredDescription* before = state_.local();
  if (before == nullptr) return;
  for (size_t i = 0; i < before->parsed.media.size(); ++i) {
    const sdp::MediaSection& section = before->parsed.media[i];
    Slot slot{.mid = section.mid, .before = &section};
    const Transceiver* transceiver = state_.AtSection(i);
    if (transceiver != nullptr && !transceiver->stopping && !transceiver->stopped) {
      slot.transceiver = transceiver;
    } else if (IsData(section) && !section.IsRejected() &&
               (state_.pending_local || !state_.IsRecyclable(i))) {
      slot.data = true;
      data_placed_ = true;
    }
    slots_.push_back(std::move(slot));
  }
}

std::string OfferBuilder::NewMid() {
  std::set<std::string> taken;
  for (const Slot& slot : slots_) taken.insert(slot.mid);
  for (const auto* stored : {&state_.current_remote, &state_.pending_remote}) {
    if (!*stored) continue;
    for (const sdp::MediaSection& section : (*stored)->parsed.media) taken.insert(section.mid);
  }
  while (taken.contains(std::to_string(next_mid_))) ++next_mid_;
  return std::to_string(next_mid_++);
}

// Places before the section that leads stay empty: libwebrtc lets the first section of its answer
// lead, and cannot answer when it is another one than in the offer.
Slot& OfferBuilder::NewSlot() {
  std::string mid = NewMid();
  size_t index = Leading();
  if (index == slots_.size()) index = 0;
  while (index < slots_.size() && (slots_[index].live() || !state_.IsRecyclable(index))) ++index;
  if (index == slots_.size()) slots_.emplace_back();
  slots_[index].mid = std::move(mid);
  slots_[index].fresh = true;
  return slots_[index];
}

void OfferBuilder::AddNewSections() {
  for (const Transceiver& transceiver : state_.transceivers) {
    if (transceiver.mid || transceiver.stopping || transceiver.stopped) continue;
    NewSlot().transceiver = &transceiver;
  }
  if (state_.data_wanted && !data_placed_) NewSlot().data = true;
}

void OfferBuilder::ReserveNumbers() {
  for (const auto* stored : {&state_.current_local, &state_.pending_local}) {
    if (!*stored) continue;
    for (const sdp::MediaSection& section : (*stored)->parsed.media) {
      if (section.IsRejected()) continue;
      for (const Codec& codec : section.codecs) payload_types_.Use(codec);
      for (const sdp::ExtMap& extmap : section.extmaps) extension_ids_.Use(extmap.extension);
    }
  }
  if (!state_.current_remote) return;
  for (const sdp::MediaSection& section : state_.current_remote->parsed.media) {
    for (const Codec& codec : section.codecs) payload_types_.Avoid(codec.payload_type);
    for (const sdp::ExtMap& extmap : section.extmaps) extension_ids_.Use(extmap.extension);
  }
}

sdp::MediaSection OfferBuilder::WriteMedia(const Slot& slot) {
  const Transceiver& transceiver = *slot.transceiver;
  const Capabilities& capabilities = *context_.options.capabilities;
  sdp::MediaSection section;
  section.media = ToString(transceiver.kind);
  section.proto = slot.before != nullptr && !slot.fresh ? slot.before->proto : kRtpProto;
  section.direction = transceiver.direction;
  section.rtcp_mux = true;
  section.rtcp_rsize = true;
  if (Sends(transceiver.direction)) AddMsids(transceiver, section);
  const CodecList previous =
      slot.before != nullptr && !slot.fresh ? slot.before->codecs : CodecList();
  section.codecs = payload_types_.Offer(
      PreferredCapabilities(capabilities, transceiver.kind, transceiver.codec_preferences),
      transceiver.kind, previous);
  AddSources(context_.options.cname, transceiver, section);
  for (HeaderExtension& extension : extension_ids_.Offer(capabilities, transceiver.kind)) {
    section.extmaps.push_back({.extension = std::move(extension)});
  }
  return section;
}

sdp::MediaSection OfferBuilder::WriteData() {
  sdp::MediaSection section;
  section.media = kApplication;
  section.proto = kDataProto;
  section.formats = {kDataFormat};
  section.sctp_port = kSctpPort;
  section.max_message_size = context_.options.limits.max_message_bytes;
  return section;
}

sdp::MediaSection OfferBuilder::Write(const Slot& slot, size_t index) {
  if (!slot.live()) return RejectedSection(*slot.before);
  sdp::MediaSection section = slot.data ? WriteData() : WriteMedia(slot);
  AddTransport(context_, DtlsSetup::kActpass, section);
  section.mid = slot.mid;
  if (index != leading_ && (slot.fresh || !state_.WasLive(index))) {
    section.bundle_only = true;
    section.port = 0;
  }
  return section;
}

// The section that leads stays in the lead (RFC 9143 section 7.5.1), even behind a place that the
// peer has given a new use.
size_t OfferBuilder::Leading() const {
  size_t first = slots_.size();
  for (size_t i = slots_.size(); i-- > 0;) {
    if (!slots_[i].live()) continue;
    if (slots_[i].mid == state_.transport.tagged_mid) return i;
    first = i;
  }
  return first;
}

absl::StatusOr<CreatedDescription> OfferBuilder::Build() {
  KeepSections();
  AddNewSections();
  const size_t limit = context_.options.limits.max_media_sections;
  if (slots_.size() > limit) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "the offer would have more than " + std::to_string(limit) + " sections",
                     {.dom_exception = "OperationError"});
  }
  ReserveNumbers();
  CreatedDescription created{.type = SdpType::kOffer, .revision = state_.revision};
  created.description = NewLocalDescription(context_);
  created.description.extmap_allow_mixed = true;
  sdp::Group bundle{.semantics = "BUNDLE"};
  leading_ = Leading();
  if (leading_ < slots_.size()) bundle.mids.push_back(slots_[leading_].mid);
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    created.description.media.push_back(Write(slot, i));
    created.plan.push_back({slot.transceiver == nullptr ? std::string() : slot.transceiver->id});
    if (slot.live() && i != leading_) bundle.mids.push_back(slot.mid);
  }
  if (!bundle.mids.empty()) created.description.groups.push_back(std::move(bundle));
  AddGathered(state_.transport, created.description);
  created.text = sdp::Write(created.description);
  return created;
}

}  // namespace

absl::StatusOr<CreatedDescription> BuildOffer(const State& state, const LocalContext& context) {
  return OfferBuilder(state, context).Build();
}

}  // namespace pcd::jsep

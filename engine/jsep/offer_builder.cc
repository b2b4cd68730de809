#include "engine/jsep/offer_builder.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/jsep/codec_negotiation.h"
#include "engine/jsep/codec_preferences.h"
#include "engine/jsep/extension_negotiation.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/send_encodings.h"
#include "engine/sdp/writer.h"

namespace pcd::jsep {
namespace {

constexpr char kRtpProto[] = "UDP/TLS/RTP/SAVPF";
constexpr char kDataProto[] = "UDP/DTLS/SCTP";
constexpr char kDataFormat[] = "webrtc-datachannel";

// Threading: one call of BuildOffer.
class OfferBuilder {
 public:
  OfferBuilder(const State& state, const LocalContext& context, const OfferPlan& plan)
      : state_(state), context_(context), plan_(plan) {}

  CreatedDescription Build();

 private:
  void ReserveNumbers();
  sdp::MediaSection Write(const OfferSlot& slot);
  sdp::MediaSection WriteMedia(const OfferSlot& slot);
  sdp::MediaSection WriteData();

  const State& state_;
  const LocalContext& context_;
  const OfferPlan& plan_;
  PayloadTypes payload_types_{};
  ExtensionIds extension_ids_{};
};

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

sdp::MediaSection OfferBuilder::WriteMedia(const OfferSlot& slot) {
  const Transceiver& transceiver = *slot.transceiver;
  const Capabilities& capabilities = *context_.options.capabilities;
  sdp::MediaSection section;
  section.media = ToString(transceiver.kind);
  section.proto = slot.before != nullptr && !slot.fresh ? slot.before->proto : kRtpProto;
  section.direction = transceiver.direction;
  section.rtcp_mux = true;
  section.rtcp_rsize = true;
  section.rtcp_xr = {kReceiverReferenceTime};
  if (Sends(transceiver.direction)) AddMsids(transceiver, section);
  const CodecList previous =
      slot.before != nullptr && !slot.fresh ? slot.before->codecs : CodecList();
  section.codecs = payload_types_.Offer(
      PreferredCapabilities(capabilities, transceiver.kind, transceiver.codec_preferences),
      transceiver.kind, previous);
  if (Sends(transceiver.direction)) OfferEncodings(transceiver, section);
  if (slot.before != nullptr && !slot.fresh && Receives(transceiver.direction)) {
    OfferToReceiveLayers(*slot.before, section);
  }
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

sdp::MediaSection OfferBuilder::Write(const OfferSlot& slot) {
  if (!slot.live()) return RejectedSection(*slot.before);
  sdp::MediaSection section = slot.data ? WriteData() : WriteMedia(slot);
  AddTransport(context_, *slot.transport, DtlsSetup::kActpass, section);
  section.mid = slot.mid;
  if (slot.bundle_only) {
    section.bundle_only = true;
    section.port = 0;
  }
  return section;
}

CreatedDescription OfferBuilder::Build() {
  ReserveNumbers();
  CreatedDescription created{.type = SdpType::kOffer, .revision = state_.revision};
  created.description = NewLocalDescription(context_);
  created.description.extmap_allow_mixed = true;
  for (const OfferSlot& slot : plan_.slots) {
    created.description.media.push_back(Write(slot));
    created.plan.push_back({slot.transceiver == nullptr ? std::string() : slot.transceiver->id});
    created.transports.push_back(slot.live() ? slot.transport : std::nullopt);
  }
  for (const std::vector<size_t>& sections : plan_.groups) {
    sdp::Group bundle{.semantics = "BUNDLE"};
    for (size_t i : sections) bundle.mids.push_back(plan_.slots[i].mid);
    created.description.groups.push_back(std::move(bundle));
  }
  AddGathered(state_, created.transports, created.description);
  created.text = sdp::Write(created.description);
  return created;
}

}  // namespace

CreatedDescription BuildOffer(const State& state, const LocalContext& context,
                              const OfferPlan& plan) {
  return OfferBuilder(state, context, plan).Build();
}

}  // namespace pcd::jsep

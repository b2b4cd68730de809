#include "engine/media/section.h"

#include <algorithm>
#include <utility>

#include "engine/model/codec_match.h"

namespace pcd::media {
namespace {

PayloadUse UseOfCodec(const Codec& codec) {
  if (codec.NameIs("rtx")) return PayloadUse::kRetransmission;
  if (codec.NameIs("telephone-event")) return PayloadUse::kEvent;
  return IsAuxiliary(codec) ? PayloadUse::kOther : PayloadUse::kMedia;
}

}  // namespace

ReceiveExtensionIds ReceiveExtensionIds::From(const std::vector<HeaderExtension>& extensions) {
  ReceiveExtensionIds ids;
  for (const HeaderExtension& extension : extensions) {
    if (extension.uri == kMidExtensionUri) ids.mid = extension.id;
    if (extension.uri == kRidExtensionUri) ids.rid = extension.id;
    if (extension.uri == kRepairedRidExtensionUri) ids.repaired_rid = extension.id;
    if (extension.uri == kTransportCcExtensionUri) ids.transport_cc = extension.id;
    if (extension.uri == kAbsSendTimeExtensionUri) ids.abs_send_time = extension.id;
    if (extension.uri == kAudioLevelExtensionUri) ids.audio_level = extension.id;
  }
  return ids;
}

void Section::Set(ReceiveParameters parameters) {
  parameters_ = std::move(parameters);
  extension_ids_ = ReceiveExtensionIds::From(parameters_.extensions);
  types_.fill({});
  for (const Codec& codec : parameters_.codecs) {
    if (codec.payload_type > 127) continue;
    PayloadType& type = types_[codec.payload_type];
    type.use = UseOfCodec(codec);
    type.nack = codec.HasFeedback("nack");
    if (!is_video() || type.use != PayloadUse::kMedia) continue;
    type.format = FormatOf(codec);
    type.parameters_out_of_band = HasParametersOutOfBand(codec);
  }
  for (const Codec& codec : parameters_.codecs) {
    const auto apt = AptOf(codec);
    if (!apt || codec.payload_type > 127 || UseOf(*apt) != PayloadUse::kMedia) continue;
    types_[codec.payload_type].original = *apt;
  }
}

const Codec* Section::FindCodec(uint8_t payload_type) const {
  const auto it =
      std::find_if(parameters_.codecs.begin(), parameters_.codecs.end(),
                   [&](const Codec& codec) { return codec.payload_type == payload_type; });
  return it != parameters_.codecs.end() ? &*it : nullptr;
}

const Codec* Section::PreferredCodec() const {
  const auto it =
      std::find_if(parameters_.codecs.begin(), parameters_.codecs.end(),
                   [&](const Codec& codec) { return UseOfCodec(codec) == PayloadUse::kMedia; });
  return it != parameters_.codecs.end() ? &*it : nullptr;
}

std::vector<Codec> Section::EventCodecs() const {
  std::vector<Codec> events;
  for (const Codec& codec : parameters_.codecs) {
    if (UseOf(codec.payload_type) == PayloadUse::kEvent) events.push_back(codec);
  }
  return events;
}

KeyFrameStart Section::InspectKeyFrame(uint8_t payload_type, ByteSpan payload) const {
  const PayloadType& type = types_[payload_type & 0x7F];
  return InspectPayload(type.format, type.parameters_out_of_band, payload);
}

int Section::LayerIndex(const std::string& rid) const {
  const auto it = std::find(parameters_.rids.begin(), parameters_.rids.end(), rid);
  return it != parameters_.rids.end() ? static_cast<int>(it - parameters_.rids.begin()) : -1;
}

}  // namespace pcd::media

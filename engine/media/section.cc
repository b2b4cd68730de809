#include "engine/media/section.h"

#include <algorithm>
#include <utility>

#include "engine/rtp/vp8_payload.h"

namespace pcd::media {
namespace {

PayloadUse UseOfCodec(const Codec& codec) {
  if (codec.NameIs("rtx")) return PayloadUse::kRetransmission;
  for (const char* other : {"red", "ulpfec", "flexfec-03", "flexfec", "CN", "telephone-event"}) {
    if (codec.NameIs(other)) return PayloadUse::kOther;
  }
  return PayloadUse::kMedia;
}

}  // namespace

ReceiveExtensionIds ReceiveExtensionIds::From(const std::vector<HeaderExtension>& extensions) {
  ReceiveExtensionIds ids;
  for (const HeaderExtension& extension : extensions) {
    if (extension.uri == kMidExtensionUri) ids.mid = extension.id;
    if (extension.uri == kRidExtensionUri) ids.rid = extension.id;
    if (extension.uri == kRepairedRidExtensionUri) ids.repaired_rid = extension.id;
    if (extension.uri == kTransportCcExtensionUri) ids.transport_cc = extension.id;
  }
  return ids;
}

void Section::Set(ReceiveParameters parameters) {
  parameters_ = std::move(parameters);
  extension_ids_ = ReceiveExtensionIds::From(parameters_.extensions);
  uses_.fill(PayloadUse::kNone);
  is_vp8_.fill(false);
  for (const Codec& codec : parameters_.codecs) {
    if (codec.payload_type > 127) continue;
    uses_[codec.payload_type] = UseOfCodec(codec);
    is_vp8_[codec.payload_type] = is_video() && codec.NameIs("VP8");
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

bool Section::StartsKeyFrame(uint8_t payload_type, ByteSpan payload) const {
  if (!is_vp8_[payload_type & 0x7F]) return true;
  const auto vp8 = rtp::ParseVp8Payload(payload);
  return vp8 && vp8->start_of_key_frame;
}

}  // namespace pcd::media

#ifndef ENGINE_MEDIA_SECTION_H_
#define ENGINE_MEDIA_SECTION_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/media/contributing_sources.h"
#include "engine/media/parameter_sets.h"
#include "engine/media/payload_format.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::media {

class Sink;

// What a payload type is to the media path.
enum class PayloadUse : uint8_t {
  kNone,            // Not negotiated here.
  kMedia,           // What sinks take.
  kEvent,           // Telephone events (RFC 4733): go to sinks beside the media.
  kRetransmission,  // RTX (RFC 4588).
  kOther            // FEC, redundancy, comfort noise.
};

// Ids of the header extensions that the receiving side reads; 0: not negotiated.
struct ReceiveExtensionIds {
  uint16_t mid = 0, rid = 0, repaired_rid = 0, transport_cc = 0, abs_send_time = 0;
  uint16_t audio_level = 0;
  static ReceiveExtensionIds From(const std::vector<HeaderExtension>& extensions);
  friend bool operator==(const ReceiveExtensionIds&, const ReceiveExtensionIds&) = default;
};

// One negotiated media section, prepared for lookups per packet. Threading: its owner's.
class Section {
 public:
  explicit Section(ReceiveParameters parameters) { Set(std::move(parameters)); }

  // Parameters of a later negotiation of the same mid; what was learnt stays.
  void Set(ReceiveParameters parameters);

  const ReceiveParameters& parameters() const { return parameters_; }
  const std::string& mid() const { return parameters_.mid; }
  size_t transport_index() const { return parameters_.transport_index; }
  bool is_video() const { return parameters_.kind == MediaKind::kVideo; }
  const ReceiveExtensionIds& extension_ids() const { return extension_ids_; }

  PayloadUse UseOf(uint8_t payload_type) const { return types_[payload_type & 0x7F].use; }
  // Whether lost packets of this type may be asked for.
  bool HasNack(uint8_t payload_type) const { return types_[payload_type & 0x7F].nack; }
  // Of a retransmission type: the type that it repeats; 0xFF: none that is media.
  uint8_t OriginalOf(uint8_t payload_type) const { return types_[payload_type & 0x7F].original; }
  // Null unless negotiated.
  const Codec* FindCodec(uint8_t payload_type) const;
  // The most preferred media codec; null when there is none.
  const Codec* PreferredCodec() const;
  // Telephone events; browsers use that of 8000 Hz beside a codec of 48000 Hz too.
  std::vector<Codec> EventCodecs() const;
  // Whether `payload` of this type begins a picture that a decoder can start at. Codecs whose
  // payload is not understood, and audio, may start anywhere.
  KeyFrameStart InspectKeyFrame(uint8_t payload_type, ByteSpan payload) const;
  // Position of a layer in a=simulcast, from 0; -1: not negotiated. In the order of W3C
  // sendEncodings, which browsers write down, the last one is the largest picture.
  int LayerIndex(const std::string& rid) const;
  bool is_simulcast() const { return parameters_.rids.size() > 1; }
  // Takes in the parameter sets that a packet of this type carries.
  void Learn(uint8_t payload_type, ByteSpan payload) {
    parameter_sets_.OnPayload(types_[payload_type & 0x7F].format, payload);
  }
  const ParameterSets& parameter_sets() const { return parameter_sets_; }

  std::string track_id{};              // Empty: not known.
  bool muted = true;                   // No media arrives; see TrackMutedEvent.
  Timestamp unmuted_at{};              // When it last began to.
  Timestamp last_media{};              // Of any of its streams, comfort noise included.
  std::vector<Sink*> sinks{};          // Bound to this section; owned by SinkSet.
  std::optional<uint32_t> source{};    // SSRC that sinks are fed from, on its transport.
  uint8_t source_payload_type = 0xFF;  // Of its last media packet; 0xFF: none came.
  bool key_frame_wanted = false;       // Asked for while there was no source.
  ContributingSources contributing{};

 private:
  ReceiveParameters parameters_{};
  ReceiveExtensionIds extension_ids_{};
  struct PayloadType {
    PayloadUse use = PayloadUse::kNone;
    PayloadFormat format = PayloadFormat::kOther;
    bool parameters_out_of_band = false;
    bool nack = false;
    uint8_t original = 0xFF;
  };
  std::array<PayloadType, 128> types_{};
  ParameterSets parameter_sets_{};  // Of the stream that sinks are fed from.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SECTION_H_

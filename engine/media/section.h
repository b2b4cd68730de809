#ifndef ENGINE_MEDIA_SECTION_H_
#define ENGINE_MEDIA_SECTION_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/media/key_frame_requester.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::media {

class Sink;

// What a payload type is to the media path.
enum class PayloadUse : uint8_t {
  kNone,            // Not negotiated here.
  kMedia,           // What sinks take.
  kRetransmission,  // RTX (RFC 4588).
  kOther            // FEC, redundancy, comfort noise, telephone events.
};

// Ids of the header extensions that the receiving side reads; 0: not negotiated.
struct ReceiveExtensionIds {
  uint16_t mid = 0, rid = 0, repaired_rid = 0, transport_cc = 0;
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
  bool is_video() const { return parameters_.kind == MediaKind::kVideo; }
  const ReceiveExtensionIds& extension_ids() const { return extension_ids_; }

  PayloadUse UseOf(uint8_t payload_type) const { return uses_[payload_type & 0x7F]; }
  // Null unless negotiated.
  const Codec* FindCodec(uint8_t payload_type) const;
  // The most preferred media codec; null when there is none.
  const Codec* PreferredCodec() const;
  // Whether `payload` of this type begins a picture that a decoder can start at. Codecs whose
  // payload is not understood, and audio, may start anywhere.
  bool StartsKeyFrame(uint8_t payload_type, ByteSpan payload) const;

  std::string track_id{};              // Empty: not known.
  std::vector<Sink*> sinks{};          // Bound to this section; owned by SinkSet.
  std::optional<uint32_t> source{};    // SSRC that sinks are fed from.
  uint8_t source_payload_type = 0xFF;  // Of its last media packet; 0xFF: none came.
  KeyFrameRequester key_frames{};
  Timestamp last_packet{};  // Of `source`.

 private:
  ReceiveParameters parameters_{};
  ReceiveExtensionIds extension_ids_{};
  std::array<PayloadUse, 128> uses_{};
  std::array<bool, 128> is_vp8_{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SECTION_H_

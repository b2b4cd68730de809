#ifndef ENGINE_MEDIA_SSRC_ROUTER_H_
#define ENGINE_MEDIA_SSRC_ROUTER_H_

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/time.h"
#include "engine/media/drop_reason.h"
#include "engine/media/remote_stream.h"
#include "engine/media/section.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {

// Finds section and source of each packet (RFC 9143 section 9.2): by the mid that it carries,
// else by its SSRC, signalled or learnt, else by its payload type where only one section has
// it. What tells packets apart is meant for one transport: two of them may use the same SSRC, and
// the same payload type for different codecs; all that comes on a transport with one section is
// that section's. Owns sections and sources. A core; allocates only for a new source. Threading:
// its owner's.
class SsrcRouter {
 public:
  // A learnt source that was silent for this long gives its place to a new one.
  static constexpr Duration kIdleBeforeEviction = std::chrono::seconds(10);

  explicit SsrcRouter(const Limits& limits) : limits_(limits) {}

  // The sections in m-line order, replacing the former ones; a mid of the same kind that stays
  // keeps its Section object, and its sources, which move with it to another transport. Sections
  // and sources that are gone are destroyed.
  void SetSections(std::vector<ReceiveParameters> parameters);

  struct Route {
    RemoteStream* stream = nullptr;  // Null: dropped.
    DropReason reason = DropReason::kUnknownSsrc;
    // Read from the header extension; also set for dropped packets.
    std::optional<uint16_t> transport_sequence{};
    std::optional<uint32_t> abs_send_time{};  // 24 bits: seconds in 6.18 fixed point.
  };
  Route Find(size_t transport_index, const rtp::RtpPacketView& packet, Timestamp now);

  RemoteStream* FindStream(size_t transport_index, uint32_t ssrc) const;
  // The one that the section's sinks are fed from; null: none.
  RemoteStream* SourceOf(const Section& section) const {
    return section.source ? FindStream(section.transport_index(), *section.source) : nullptr;
  }
  // What a retransmission stream repeats: as signalled (FID), else by rid, else the only media
  // stream of its section. Null: not known.
  RemoteStream* FindOriginal(const RemoteStream& retransmission) const;
  // The media stream of a layer; null: none came yet.
  RemoteStream* FindLayer(const Section& section, std::string_view rid) const;
  Section* FindSection(std::string_view mid) const;
  const ReceiveExtensionIds& extension_ids(size_t transport_index) const {
    return BundleOf(transport_index).extension_ids;
  }
  const std::vector<std::unique_ptr<Section>>& sections() const { return sections_; }
  const std::vector<std::unique_ptr<RemoteStream>>& streams() const { return streams_; }

 private:
  struct Marks {
    std::string_view mid{}, rid{};
    std::optional<uint16_t> transport_sequence{};
    std::optional<uint32_t> abs_send_time{};
  };
  static constexpr int8_t kNoSection = -1;
  static constexpr int8_t kSeveralSections = -2;

  // The sections of one transport, as its packets name them.
  struct Bundle {
    Bundle() { by_payload_type.fill(kNoSection); }
    size_t sections = 0;
    Section* first = nullptr;
    // The same in all sections of a bundle (RFC 9143 section 9.1).
    ReceiveExtensionIds extension_ids{};
    std::array<int8_t, 128> by_payload_type{};
  };

  static uint64_t Key(size_t transport_index, uint32_t ssrc) {
    return uint64_t{transport_index} << 32 | ssrc;
  }
  const Bundle& BundleOf(size_t transport_index) const;
  static Marks ReadMarks(const rtp::RtpPacketView& packet, const ReceiveExtensionIds& ids);
  Route Learn(size_t transport_index, const rtp::RtpPacketView& packet, const Marks& marks,
              Timestamp now);
  Section* FindSection(size_t transport_index, std::string_view mid) const;
  bool MakeRoom(StreamOrigin origin, Timestamp now);
  RemoteStream& Add(uint32_t ssrc, Section& section, StreamOrigin origin);
  void AddSignalled(Section& section, uint32_t ssrc, const std::string& cname);
  void Remove(size_t index);
  void RemoveUnsignalled(const std::vector<ReceiveParameters>& parameters);
  void FollowSections();
  void MakeBundles();

  const Limits limits_;
  std::vector<std::unique_ptr<Section>> sections_;
  std::vector<std::unique_ptr<RemoteStream>> streams_;    // In order of appearance.
  absl::flat_hash_map<uint64_t, RemoteStream*> by_ssrc_;  // By Key.
  std::vector<Bundle> bundles_;                           // By transport index.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SSRC_ROUTER_H_

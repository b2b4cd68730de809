#include "engine/jsep/section_view.h"

#include <algorithm>

namespace pcd::jsep {
namespace {

constexpr std::string_view kRtpProtos[] = {
    "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP",
    "RTP/SAVPF",         "RTP/SAVP",         "RTP/AVPF",           "RTP/AVP"};
constexpr std::string_view kDataProtos[] = {"UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP"};

template <typename List>
bool Contains(const List& list, std::string_view value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

// The section itself, then the others of its BUNDLE group in the group's order.
std::vector<size_t> Lookups(const sdp::Description& description, size_t index) {
  std::vector<size_t> order = {index};
  const sdp::Group* group = BundleGroupOf(description, description.media[index].mid);
  if (group == nullptr) return order;
  for (const std::string& mid : group->mids) {
    const auto other = FindSection(description, mid);
    if (other && *other != index) order.push_back(*other);
  }
  return order;
}

constexpr size_t kMaxIceOptions = 32;

void AddOptions(const std::vector<std::string>& from, std::vector<std::string>& to) {
  for (const std::string& text : from) {
    // Some peers join the options with commas.
    for (size_t begin = 0; begin <= text.size() && to.size() < kMaxIceOptions;) {
      const size_t end = std::min(text.find(',', begin), text.size());
      if (end > begin) to.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
}

bool Usable(const sdp::MediaSection& section) { return !section.IsRejected(); }

}  // namespace

std::optional<MediaKind> KindOf(const sdp::MediaSection& section) {
  if (section.media == "audio") return MediaKind::kAudio;
  if (section.media == "video") return MediaKind::kVideo;
  return std::nullopt;
}

bool IsData(const sdp::MediaSection& section) {
  if (section.media != kApplication || !Contains(kDataProtos, section.proto)) return false;
  if (section.sctpmap) return section.sctpmap->app == "webrtc-datachannel";
  return Contains(section.formats, "webrtc-datachannel");
}

bool IsSupported(const sdp::MediaSection& section) {
  if (KindOf(section)) return Contains(kRtpProtos, section.proto);
  return IsData(section);
}

std::optional<size_t> FindSection(const sdp::Description& description, std::string_view mid) {
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (!mid.empty() && description.media[i].mid == mid) return i;
  }
  return std::nullopt;
}

bool HasAttribute(const sdp::CommonFields& fields, std::string_view name) {
  return std::any_of(fields.attributes.begin(), fields.attributes.end(),
                     [name](const sdp::Attribute& a) { return a.name == name; });
}

const sdp::Group* BundleGroupOf(const sdp::Description& description, std::string_view mid) {
  if (mid.empty()) return nullptr;
  for (const sdp::Group& group : description.groups) {
    if (group.semantics == "BUNDLE" && Contains(group.mids, mid)) return &group;
  }
  return nullptr;
}

Direction EffectiveDirection(const sdp::Description& description, size_t index) {
  const auto& own = description.media[index].direction;
  return own.value_or(description.direction.value_or(Direction::kSendRecv));
}

std::vector<Fingerprint> EffectiveFingerprints(const sdp::Description& description, size_t index) {
  for (size_t i : Lookups(description, index)) {
    const sdp::MediaSection& section = description.media[i];
    if (Usable(section) && !section.fingerprints.empty()) return section.fingerprints;
    if (!description.fingerprints.empty()) break;
  }
  return description.fingerprints;
}

std::optional<DtlsSetup> EffectiveSetup(const sdp::Description& description, size_t index) {
  for (size_t i : Lookups(description, index)) {
    const sdp::MediaSection& section = description.media[i];
    if (Usable(section) && section.setup) return section.setup;
    if (description.setup) break;
  }
  return description.setup;
}

std::string EffectiveTlsId(const sdp::Description& description, size_t index) {
  const auto find = [](const sdp::CommonFields& fields) -> const sdp::Attribute* {
    for (const sdp::Attribute& attribute : fields.attributes) {
      if (attribute.name == "tls-id") return &attribute;
    }
    return nullptr;
  };
  const sdp::Attribute* found = find(description.media[index]);
  if (found == nullptr) found = find(description);
  return found == nullptr ? std::string() : found->value;
}

IceParameters EffectiveIce(const sdp::Description& description, size_t index) {
  IceParameters ice{.lite = description.ice_lite};
  const sdp::CommonFields* source = &description;
  for (size_t i : Lookups(description, index)) {
    const sdp::MediaSection& section = description.media[i];
    if (Usable(section) && !section.ice_ufrag.empty() && !section.ice_pwd.empty()) {
      source = &section;
      break;
    }
    if (!description.ice_ufrag.empty()) break;
  }
  ice.ufrag = source->ice_ufrag;
  ice.pwd = source->ice_pwd;
  AddOptions(source->ice_options, ice.options);
  if (source != &description) AddOptions(description.ice_options, ice.options);
  return ice;
}

bool EffectiveRtcpMux(const sdp::Description& description, size_t index) {
  // RFC 9143 section 9.3: bundled sections multiplex, whatever the others say.
  for (size_t i : Lookups(description, index)) {
    const sdp::MediaSection& section = description.media[i];
    if (section.rtcp_mux || section.rtcp_mux_only) return true;
  }
  return false;
}

bool OffersTrickle(const sdp::Description& description) {
  std::vector<std::string> options;
  AddOptions(description.ice_options, options);
  for (const sdp::MediaSection& section : description.media) {
    AddOptions(section.ice_options, options);
  }
  return Contains(options, "trickle");
}

bool HasReceiverReferenceTime(const sdp::MediaSection& section) {
  return std::ranges::any_of(section.rtcp_xr, [](std::string_view format) {
    // A size behind it says how long a block may be, and they all are as long.
    return format.substr(0, format.find(':')) == kReceiverReferenceTime;
  });
}

}  // namespace pcd::jsep

// SDP (RFC 8866) as structs: what WebRTC peers send, with a place for every line, so that
// Write(Parse(text)) keeps all of it. Order within a section may be normalised.
#ifndef ENGINE_SDP_SESSION_DESCRIPTION_H_
#define ENGINE_SDP_SESSION_DESCRIPTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/rtp_parameters.h"
#include "engine/model/session.h"

namespace pcd::sdp {

// Where something stood in the text it was parsed from, for error messages. No part of the
// value: all of them compare equal.
struct SourceLine {
  int number = 0;  // 1-based; 0: not parsed from text.
  friend bool operator==(const SourceLine&, const SourceLine&) { return true; }
};

// An attribute this room has no field for. `has_value` tells "a=x:" from "a=x".
struct Attribute {
  std::string name{};
  std::string value{};
  bool has_value = false;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

// A line other than v, o, s, m and a that has no field of its own ("i=", "t=", "k=", ...).
struct TypedLine {
  char type = 0;
  std::string value{};
  friend bool operator==(const TypedLine&, const TypedLine&) = default;
};

// "b=" (RFC 8866 section 5.8).
struct Bandwidth {
  std::string type{};  // "AS", "TIAS", ...
  uint64_t value = 0;
  friend bool operator==(const Bandwidth&, const Bandwidth&) = default;
};

// "a=extmap" (RFC 8285 section 5).
struct ExtMap {
  HeaderExtension extension{};
  std::string attributes{};  // Extension attributes behind the URI; usually empty.
  SourceLine line{};
  friend bool operator==(const ExtMap&, const ExtMap&) = default;
};

// "a=group" (RFC 5888).
struct Group {
  std::string semantics{};  // "BUNDLE", "LS", ...
  std::vector<std::string> mids{};
  SourceLine line{};
  friend bool operator==(const Group&, const Group&) = default;
};

// "a=msid" (RFC 8830): "stream track", "- track" or "stream" alone.
struct Msid {
  std::string stream_id{};  // "-": belongs to no stream.
  std::string track_id{};   // Empty: not given.
  friend bool operator==(const Msid&, const Msid&) = default;
};

// "a=ssrc" (RFC 5576).
struct SsrcAttribute {
  uint32_t ssrc = 0;
  std::string name{};   // "cname", "msid", ...
  std::string value{};  // Empty: none.
  friend bool operator==(const SsrcAttribute&, const SsrcAttribute&) = default;
};

// "a=ssrc-group" (RFC 5576).
struct SsrcGroup {
  std::string semantics{};  // "FID", "SIM", ...
  std::vector<uint32_t> ssrcs{};
  friend bool operator==(const SsrcGroup&, const SsrcGroup&) = default;
};

// "a=rid" (RFC 8851).
struct Rid {
  std::string id{};
  bool send = true;
  std::string restrictions{};  // "pt=96;max-width=1280"; usually empty.
  friend bool operator==(const Rid&, const Rid&) = default;
};

// "a=simulcast" (RFC 8853). Each stream is a list of alternatives, preferred first.
struct SimulcastLayer {
  std::string rid{};
  bool paused = false;  // Written with "~" in front.
  friend bool operator==(const SimulcastLayer&, const SimulcastLayer&) = default;
};
using SimulcastStreams = std::vector<std::vector<SimulcastLayer>>;
struct Simulcast {
  SimulcastStreams send{};
  SimulcastStreams recv{};
  friend bool operator==(const Simulcast&, const Simulcast&) = default;
};

// "a=sctpmap" of the drafts before RFC 8841.
struct SctpMap {
  uint16_t port = 0;
  std::string app{};  // "webrtc-datachannel".
  uint32_t streams = 0;
  bool has_streams = false;
  friend bool operator==(const SctpMap&, const SctpMap&) = default;
};

// What may stand at session level or in a media section. A section's value wins; the room
// that negotiates combines the two.
struct CommonFields {
  std::string connection{};        // "c=" without its prefix, "IN IP4 0.0.0.0"; empty: none.
  std::vector<TypedLine> lines{};  // Further lines, in order.
  std::vector<Bandwidth> bandwidths{};
  std::optional<Direction> direction{};
  std::string ice_ufrag{};  // Empty: none. 4 to 256 characters (RFC 8839 section 5.4).
  std::string ice_pwd{};    // Empty: none. 22 to 256 characters.
  std::vector<std::string> ice_options{};
  std::vector<Fingerprint> fingerprints{};
  std::optional<DtlsSetup> setup{};
  std::vector<ExtMap> extmaps{};
  bool extmap_allow_mixed = false;
  std::vector<Attribute> attributes{};  // Everything else, in order.
  friend bool operator==(const CommonFields&, const CommonFields&) = default;
};

struct MediaSection : CommonFields {
  std::string media{};      // "audio", "video", "application", ...
  uint16_t port = 9;        // 9: no address yet; 0: rejected, or bundle-only.
  uint16_t port_count = 0;  // The N of "port/N"; 0: not given.
  std::string proto{};      // Verbatim.
  // RTP sections: one codec per payload type in the order of the m= line. A payload type
  // without rtpmap has the name RFC 3551 gives it, else none.
  CodecList codecs{};
  std::vector<std::string> formats{};  // Sections that are not RTP: the formats as written.
  std::vector<std::string> wildcard_feedback{};  // "a=rtcp-fb:*"; holds for every codec.
  std::string mid{};                             // Empty: none.
  bool bundle_only = false;
  bool rtcp_mux = false;
  bool rtcp_mux_only = false;
  bool rtcp_rsize = false;
  // The report formats of "a=rtcp-xr" (RFC 3611 section 5.1) as written, such as "rcvr-rtt=all".
  std::vector<std::string> rtcp_xr{};
  std::vector<Msid> msids{};
  std::vector<SsrcAttribute> ssrcs{};
  std::vector<SsrcGroup> ssrc_groups{};
  std::vector<Rid> rids{};
  std::optional<Simulcast> simulcast{};
  std::vector<Candidate> candidates{};
  bool end_of_candidates = false;
  std::optional<uint16_t> sctp_port{};
  std::optional<SctpMap> sctpmap{};
  std::optional<uint64_t> max_message_size{};  // Bytes; 0: no limit.
  std::optional<uint32_t> ptime{};             // Milliseconds.
  std::optional<uint32_t> maxptime{};          // Milliseconds.
  SourceLine line{};                           // Of "m=".

  // True for a section that uses RTP, by its proto ("UDP/TLS/RTP/SAVPF", "RTP/AVP", ...).
  bool IsRtp() const;
  // Zero port and not bundle-only (RFC 9429 section 5.3.1): the section is refused.
  bool IsRejected() const { return port == 0 && !bundle_only; }
  const Codec* FindCodec(uint8_t payload_type) const;  // Null when absent.
  friend bool operator==(const MediaSection&, const MediaSection&) = default;
};

// "o=" (RFC 8866 section 5.2).
struct Origin {
  std::string username = "-";
  std::string session_id{};  // Digits; kept as text since some peers exceed 64 bits.
  std::string version{};     // Digits.
  std::string net_type = "IN";
  std::string address_type = "IP4";
  std::string address = "127.0.0.1";
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Description : CommonFields {
  Origin origin{};
  std::string name = "-";  // "s=".
  std::vector<Group> groups{};
  bool ice_lite = false;
  std::vector<MediaSection> media{};
  friend bool operator==(const Description&, const Description&) = default;
};

// Whether `id` may stand as the stream or the track of an a=msid: 1 to 64 token characters (RFC
// 8830 section 2). What peers send is taken more widely.
bool IsMsidId(std::string_view id);

// Stream and track of a section in whichever form it has them: "a=msid", else
// "a=ssrc:N msid:stream track" of its first source. Empty: neither.
std::vector<Msid> EffectiveMsids(const MediaSection& section);

// The sources a section announces, each with its retransmission source by FID group. Sources
// that are only the second of a FID group are not listed by themselves. At most `limit`.
std::vector<SignaledSsrc> SignaledSsrcs(const MediaSection& section, size_t limit);

// Whether a codec has this feedback by itself or by the section's wildcard.
bool HasFeedback(const MediaSection& section, const Codec& codec, const std::string& feedback);

}  // namespace pcd::sdp

#endif  // ENGINE_SDP_SESSION_DESCRIPTION_H_

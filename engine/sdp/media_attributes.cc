// Attributes of media sections.
#include <optional>

#include "engine/sdp/attribute_parser.h"
#include "engine/sdp/candidate.h"
#include "engine/sdp/text.h"

namespace pcd::sdp {
namespace {

template <typename T>
Outcome StoreNumberOnce(std::optional<T>& field, std::string_view value) {
  const auto number = ParseNumber<T>(value);
  if (!number) return "not a number in range";
  if (field && field != number) return kConflict;
  field = number;
  return kStored;
}

// ptime is an integer in practice and may be a real number by RFC 8866; such a one is kept.
Outcome StorePacketTime(std::optional<uint32_t>& field, std::string_view value) {
  return ParseNumber<uint32_t>(value) ? StoreNumberOnce(field, value) : kKeep;
}

Codec* CodecOf(AttributeContext& context, std::string_view payload_type) {
  const auto number = ParseNumber<uint8_t>(payload_type);
  if (!number) return nullptr;
  for (Codec& codec : context.media->codecs.Edit()) {
    if (codec.payload_type == *number) return &codec;
  }
  return nullptr;
}

Outcome Rtpmap(AttributeContext& context, std::string_view value) {
  const std::string_view payload_type = TakeField(value);
  Codec* codec = CodecOf(context, payload_type);
  // A payload type that the m= line does not list means nothing.
  if (codec == nullptr) return ParseNumber<uint8_t>(payload_type) ? kKeep : "bad payload type";
  const std::vector<std::string_view> parts = Split(value, '/');
  if (parts.size() < 2 || parts.size() > 3 || parts[0].empty()) {
    return "not payload type, name, clock rate";
  }
  const auto clock_rate = ParseNumber<uint32_t>(parts[1]);
  if (!clock_rate || *clock_rate == 0) return "bad clock rate";
  uint16_t channels = 0;
  if (parts.size() == 3) {
    const auto number = ParseNumber<uint16_t>(parts[2]);
    if (!number) return "bad channel count";
    channels = *number;
  }
  if (context.mapped[codec->payload_type] &&
      (codec->name != parts[0] || codec->clock_rate != *clock_rate ||
       codec->channels != channels)) {
    return kConflict;
  }
  context.mapped.set(codec->payload_type);
  codec->name = parts[0];
  codec->clock_rate = *clock_rate;
  codec->channels = channels;
  return kStored;
}

Outcome Fmtp(AttributeContext& context, std::string_view value) {
  Codec* codec = CodecOf(context, TakeField(value));
  if (codec == nullptr) return kKeep;
  bool any = false;
  for (std::string_view pair : Split(value, ';')) {
    const size_t equals = pair.find('=');
    const std::string_view key = Trim(pair.substr(0, equals));
    const std::string_view text =
        equals == std::string_view::npos ? std::string_view() : Trim(pair.substr(equals + 1));
    if (key.empty() && text.empty()) continue;
    codec->fmtp.emplace_back(key, text);
    any = true;
  }
  return any ? kStored : kKeep;
}

Outcome RtcpFb(AttributeContext& context, std::string_view value) {
  const std::string_view payload_type = TakeField(value);
  std::string feedback;
  for (std::string_view field : SplitFields(value)) {
    if (!feedback.empty()) feedback += ' ';
    feedback += field;
  }
  if (feedback.empty()) return "feedback type is missing";
  if (payload_type == "*") {
    context.media->wildcard_feedback.push_back(std::move(feedback));
    return kStored;
  }
  Codec* codec = CodecOf(context, payload_type);
  if (codec == nullptr) return kKeep;
  codec->rtcp_feedback.push_back(std::move(feedback));
  return kStored;
}

Outcome Mid(AttributeContext& context, std::string_view value) {
  if (value.empty() || value.find(' ') != std::string_view::npos) return "not a token";
  return StoreOnce(context.media->mid, value);
}

Outcome BundleOnly(AttributeContext& context, std::string_view) {
  context.media->bundle_only = true;
  return kStored;
}

Outcome RtcpMux(AttributeContext& context, std::string_view) {
  context.media->rtcp_mux = true;
  return kStored;
}

Outcome RtcpMuxOnly(AttributeContext& context, std::string_view) {
  context.media->rtcp_mux_only = true;
  return kStored;
}

Outcome RtcpRsize(AttributeContext& context, std::string_view) {
  context.media->rtcp_rsize = true;
  return kStored;
}

Outcome RtcpXr(AttributeContext& context, std::string_view value) {
  const std::vector<std::string_view> formats = SplitFields(value);
  if (formats.empty()) return kKeep;
  for (const std::string_view format : formats) context.media->rtcp_xr.emplace_back(format);
  return kStored;
}

Outcome MsidLine(AttributeContext& context, std::string_view value) {
  const std::vector<std::string_view> fields = SplitFields(value);
  if (fields.empty() || fields.size() > 2) return kKeep;
  context.media->msids.push_back(
      {.stream_id = std::string(fields[0]),
       .track_id = std::string(fields.size() == 2 ? fields[1] : std::string_view())});
  return kStored;
}

Outcome Ssrc(AttributeContext& context, std::string_view value) {
  const auto ssrc = ParseNumber<uint32_t>(TakeField(value));
  if (!ssrc) return "not a 32-bit number";
  const size_t colon = value.find(':');
  SsrcAttribute attribute{.ssrc = *ssrc, .name = std::string(Trim(value.substr(0, colon)))};
  if (colon != std::string_view::npos) attribute.value = Trim(value.substr(colon + 1));
  if (attribute.name.empty() && !attribute.value.empty()) return "attribute name is missing";
  context.media->ssrcs.push_back(std::move(attribute));
  return kStored;
}

Outcome SsrcGroupLine(AttributeContext& context, std::string_view value) {
  SsrcGroup group{.semantics = std::string(TakeField(value))};
  if (group.semantics.empty()) return "semantics are missing";
  for (std::string_view field : SplitFields(value)) {
    const auto ssrc = ParseNumber<uint32_t>(field);
    if (!ssrc) return "not a list of 32-bit numbers";
    group.ssrcs.push_back(*ssrc);
  }
  context.media->ssrc_groups.push_back(std::move(group));
  return kStored;
}

// RFC 8851 section 6: a malformed line is to be ignored, so it is kept, not refused.
Outcome RidLine(AttributeContext& context, std::string_view value) {
  Rid rid{.id = std::string(TakeField(value))};
  const std::string_view direction = TakeField(value);
  if (direction != "send" && direction != "recv") return kKeep;
  rid.send = direction == "send";
  rid.restrictions = value;
  context.media->rids.push_back(std::move(rid));
  return kStored;
}

std::optional<SimulcastStreams> ParseStreams(std::string_view text) {
  SimulcastStreams streams;
  for (std::string_view stream : Split(text, ';')) {
    std::vector<SimulcastLayer>& alternatives = streams.emplace_back();
    for (std::string_view layer : Split(stream, ',')) {
      const bool paused = !layer.empty() && layer.front() == '~';
      if (paused) layer.remove_prefix(1);
      if (layer.empty() || layer.find('=') != std::string_view::npos) return std::nullopt;
      alternatives.push_back({.rid = std::string(layer), .paused = paused});
    }
  }
  return streams;
}

// RFC 8853; the drafts' other syntax ("send rid=hi;lo") is kept as it is.
Outcome SimulcastLine(AttributeContext& context, std::string_view value) {
  if (context.media->simulcast) return kKeep;
  Simulcast simulcast;
  const std::vector<std::string_view> fields = SplitFields(value);
  if (fields.empty() || fields.size() > 4 || fields.size() % 2 != 0) return kKeep;
  for (size_t i = 0; i < fields.size(); i += 2) {
    if (fields[i] != "send" && fields[i] != "recv") return kKeep;
    SimulcastStreams& side = fields[i] == "send" ? simulcast.send : simulcast.recv;
    auto streams = ParseStreams(fields[i + 1]);
    if (!streams || !side.empty()) return kKeep;
    side = std::move(*streams);
  }
  context.media->simulcast = std::move(simulcast);
  return kStored;
}

Outcome CandidateLine(AttributeContext& context, std::string_view value) {
  auto candidate = ParseCandidate(value);
  if (!candidate.ok()) return "not a candidate of RFC 8839";
  context.media->candidates.push_back(std::move(*candidate));
  return kStored;
}

Outcome EndOfCandidates(AttributeContext& context, std::string_view) {
  context.media->end_of_candidates = true;
  return kStored;
}

Outcome SctpPort(AttributeContext& context, std::string_view value) {
  return StoreNumberOnce(context.media->sctp_port, value);
}

Outcome SctpMapLine(AttributeContext& context, std::string_view value) {
  SctpMap map;
  const auto port = ParseNumber<uint16_t>(TakeField(value));
  map.app = TakeField(value);
  if (!port || map.app.empty()) return "not port, protocol, streams";
  map.port = *port;
  if (!value.empty()) {
    const auto streams = ParseNumber<uint32_t>(value);
    if (!streams) return "bad stream count";
    map.streams = *streams;
    map.has_streams = true;
  }
  if (context.media->sctpmap && context.media->sctpmap != map) return kConflict;
  context.media->sctpmap = std::move(map);
  return kStored;
}

Outcome MaxMessageSize(AttributeContext& context, std::string_view value) {
  return StoreNumberOnce(context.media->max_message_size, value);
}

Outcome Ptime(AttributeContext& context, std::string_view value) {
  return StorePacketTime(context.media->ptime, value);
}

Outcome Maxptime(AttributeContext& context, std::string_view value) {
  return StorePacketTime(context.media->maxptime, value);
}

constexpr AttributeSyntax kRows[] = {
    {"bundle-only", BundleOnly, "RFC 9143, 6"},
    {"candidate", CandidateLine, "RFC 8839, 5.1"},
    {"end-of-candidates", EndOfCandidates, "RFC 8840, 8.2"},
    {"fmtp", Fmtp, "RFC 8866, 6.15"},
    {"max-message-size", MaxMessageSize, "RFC 8841, 6"},
    {"maxptime", Maxptime, "RFC 8866, 6.5"},
    {"mid", Mid, "RFC 5888, 4"},
    {"msid", MsidLine, "RFC 8830, 2"},
    {"ptime", Ptime, "RFC 8866, 6.4"},
    {"rid", RidLine, "RFC 8851, 10"},
    {"rtcp-fb", RtcpFb, "RFC 4585, 4.2"},
    {"rtcp-mux", RtcpMux, "RFC 5761, 5.1.1"},
    {"rtcp-mux-only", RtcpMuxOnly, "RFC 8858, 3"},
    {"rtcp-rsize", RtcpRsize, "RFC 5506, 5"},
    {"rtcp-xr", RtcpXr, "RFC 3611, 5.1"},
    {"rtpmap", Rtpmap, "RFC 8866, 6.6"},
    {"sctp-port", SctpPort, "RFC 8841, 5"},
    {"sctpmap", SctpMapLine, "draft-ietf-mmusic-sctp-sdp-05, 4"},
    {"simulcast", SimulcastLine, "RFC 8853, 5.1"},
    {"ssrc", Ssrc, "RFC 5576, 4.1"},
    {"ssrc-group", SsrcGroupLine, "RFC 5576, 4.2"},
};

}  // namespace

const AttributeSyntax* FindMediaAttribute(std::string_view name) {
  for (const AttributeSyntax& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace pcd::sdp

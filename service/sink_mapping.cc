#include "service/sink_mapping.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "engine/base/status.h"
#include "service/enum_mapping.h"
#include "service/field_guard.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr uint32_t kMaxPort = 65535;
constexpr uint32_t kMaxPayloadType = 127;

absl::StatusOr<std::optional<SocketAddress>> RtcpDestination(uint32_t port,
                                                             const SocketAddress& rtp,
                                                             const std::string& field) {
  if (port > kMaxPort) return InvalidArgument("the port is at most 65535", field);
  if (port == 0) return std::optional<SocketAddress>();
  return std::optional<SocketAddress>(
      SocketAddress{.ip = rtp.ip, .port = static_cast<uint16_t>(port)});
}

absl::StatusOr<std::optional<uint8_t>> PayloadType(const v1::SinkSpec& spec,
                                                   const std::string& field) {
  if (!spec.has_payload_type()) return std::optional<uint8_t>();
  if (spec.payload_type() > kMaxPayloadType) {
    return InvalidArgument("the payload type is at most 127", field);
  }
  return std::optional<uint8_t>(static_cast<uint8_t>(spec.payload_type()));
}

absl::StatusOr<Duration> ReorderDelay(const v1::SinkSpec& spec, const std::string& field) {
  if (!spec.has_max_reorder_delay()) return Duration(0);
  return DurationFromProto(spec.max_reorder_delay(), Duration(0), media::kMaxReorderDelay, field);
}

v1::TrackSelector ToProto(const media::TrackSelector& selector) {
  v1::TrackSelector out;
  if (const auto* track = std::get_if<media::TrackIdSelector>(&selector)) {
    out.set_track_id(track->track_id);
  } else if (const auto* mid = std::get_if<media::MidSelector>(&selector)) {
    out.set_mid(mid->mid);
  } else if (const auto* kind = std::get_if<media::KindSelector>(&selector)) {
    out.mutable_kind_and_ordinal()->set_kind(pcd::service::ToProto(kind->kind));
    out.mutable_kind_and_ordinal()->set_ordinal(kind->ordinal);
  }
  return out;
}

v1::RtpCodecParameters ToProto(MediaKind kind, const Codec& codec) {
  v1::RtpCodecParameters out;
  out.set_payload_type(codec.payload_type);
  out.mutable_codec()->set_mime_type(std::string(ToString(kind)) + "/" + codec.name);
  out.mutable_codec()->set_clock_rate(codec.clock_rate);
  out.mutable_codec()->set_channels(kind == MediaKind::kAudio ? std::max<int>(codec.channels, 1)
                                                              : 0);
  out.mutable_codec()->set_sdp_fmtp_line(codec.FmtpText());
  return out;
}

v1::SinkSpec ToProto(const media::SinkConfig& config) {
  v1::SinkSpec out;
  out.set_sink_id(config.id);
  *out.mutable_selector() = ToProto(config.selector);
  *out.mutable_destination() = pcd::service::ToProto(config.rtp_destination);
  if (config.rtcp_destination.has_value()) out.set_rtcp_port(config.rtcp_destination->port);
  if (config.payload_type.has_value()) out.set_payload_type(*config.payload_type);
  if (config.ssrc.has_value()) out.set_ssrc(*config.ssrc);
  out.set_paused(config.paused);
  out.set_rid(config.rid);
  if (config.max_reorder_delay > Duration(0)) {
    *out.mutable_max_reorder_delay() =
        google::protobuf::util::TimeUtil::MicrosecondsToDuration(config.max_reorder_delay.count());
  }
  return out;
}

v1::SinkCounters ToProto(const media::SinkCounters& counters) {
  v1::SinkCounters out;
  out.set_packets_sent(counters.packets_sent);
  out.set_bytes_sent(counters.bytes_sent);
  out.set_packets_dropped(counters.packets_dropped);
  out.set_packets_skipped(counters.packets_skipped);
  out.set_rtcp_packets_sent(counters.rtcp_packets_sent);
  out.set_rtcp_packets_received(counters.rtcp_packets_received);
  out.set_key_frame_requests(counters.key_frame_requests);
  if (counters.last_packet_us.has_value()) {
    *out.mutable_last_packet_time() = TimestampFromUnixMicros(*counters.last_packet_us);
  }
  return out;
}

}  // namespace

absl::StatusOr<media::TrackSelector> FromProto(const v1::TrackSelector& selector,
                                               const std::string& field) {
  switch (selector.selector_case()) {
    case v1::TrackSelector::kTrackId:
      return media::TrackSelector(media::TrackIdSelector{selector.track_id()});
    case v1::TrackSelector::kMid:
      return media::TrackSelector(media::MidSelector{selector.mid()});
    case v1::TrackSelector::kKindAndOrdinal: {
      media::KindSelector kind{.ordinal = selector.kind_and_ordinal().ordinal()};
      PCD_ASSIGN_OR_RETURN(kind.kind, FromProto(selector.kind_and_ordinal().kind(),
                                                field + ".kind_and_ordinal.kind"));
      return media::TrackSelector(kind);
    }
    case v1::TrackSelector::SELECTOR_NOT_SET:
      break;
  }
  return InvalidArgument("the selector says which track is meant", field);
}

absl::StatusOr<media::SinkConfig> FromProto(const v1::SinkSpec& spec, const std::string& field) {
  media::SinkConfig out{.id = spec.sink_id(), .paused = spec.paused()};
  PCD_ASSIGN_OR_RETURN(out.selector, FromProto(spec.selector(), field + ".selector"));
  PCD_ASSIGN_OR_RETURN(out.rtp_destination, FromProto(spec.destination(), field + ".destination"));
  PCD_ASSIGN_OR_RETURN(out.rtcp_destination, RtcpDestination(spec.rtcp_port(), out.rtp_destination,
                                                             field + ".rtcp_port"));
  PCD_ASSIGN_OR_RETURN(out.payload_type, PayloadType(spec, field + ".payload_type"));
  if (spec.has_ssrc()) out.ssrc = spec.ssrc();
  out.rid = spec.rid();
  PCD_ASSIGN_OR_RETURN(out.max_reorder_delay, ReorderDelay(spec, field + ".max_reorder_delay"));
  return out;
}

absl::StatusOr<media::SinkUpdate> FromProto(const v1::SinkSpec& spec,
                                            const google::protobuf::FieldMask& mask,
                                            const media::SinkConfig& current) {
  if (mask.paths().empty()) {
    return InvalidArgument("the mask names the fields to change", "update_mask");
  }
  media::SinkUpdate out;
  bool rtcp_port = false;
  for (const std::string& path : mask.paths()) {
    if (path == "paused") {
      out.paused = spec.paused();
    } else if (path == "destination") {
      PCD_ASSIGN_OR_RETURN(out.rtp_destination, FromProto(spec.destination(), "spec.destination"));
    } else if (path == "rtcp_port") {
      rtcp_port = true;
    } else if (path == "payload_type" && spec.has_payload_type()) {
      PCD_ASSIGN_OR_RETURN(out.payload_type, PayloadType(spec, "spec.payload_type"));
    } else if (path == "ssrc" && spec.has_ssrc()) {
      out.ssrc = spec.ssrc();
    } else if (path == "rid") {
      out.rid = spec.rid();
    } else if (path == "max_reorder_delay") {
      PCD_ASSIGN_OR_RETURN(out.max_reorder_delay, ReorderDelay(spec, "spec.max_reorder_delay"));
    } else if (path == "payload_type" || path == "ssrc" || path == "srtp") {
      // Going back to the negotiated or chosen value is not built either.
      return FieldNotImplemented("spec." + path);
    } else {
      return InvalidArgument("\"" + path.substr(0, 64) + "\" cannot be changed", "update_mask");
    }
  }
  if (rtcp_port) {
    SocketAddress rtp = out.rtp_destination.value_or(current.rtp_destination);
    PCD_ASSIGN_OR_RETURN(out.rtcp_destination,
                         RtcpDestination(spec.rtcp_port(), rtp, "spec.rtcp_port"));
    if (!out.rtcp_destination.has_value()) {
      if (rtp.port == kMaxPort) {
        return InvalidArgument("there is no port after 65535", "spec.rtcp_port");
      }
      ++rtp.port;
      out.rtcp_destination = rtp;
    }
  }
  return out;
}

v1::Sink ToProto(const std::string& peer_connection_id, const media::SinkInfo& sink) {
  v1::Sink out;
  out.set_sink_id(sink.config.id);
  out.set_peer_connection_id(peer_connection_id);
  *out.mutable_create_time() = TimestampFromUnixMicros(sink.create_unix_us);
  out.set_last_error(sink.last_error);
  *out.mutable_spec() = ToProto(sink.config);
  if (!sink.config.payload_type.has_value() && sink.codec.has_value()) {
    out.mutable_spec()->set_payload_type(sink.codec->payload_type);
  }
  out.set_state(pcd::service::ToProto(sink.state));
  out.set_track_id(sink.track_id);
  if (!sink.mid.empty()) out.set_mid(sink.mid);
  *out.mutable_local_rtp() = pcd::service::ToProto(sink.local_rtp);
  *out.mutable_local_rtcp() = pcd::service::ToProto(sink.local_rtcp);
  if (sink.codec.has_value()) *out.mutable_codec() = ToProto(sink.kind, *sink.codec);
  out.set_ssrc(sink.ssrc);
  out.set_cname(sink.cname);
  out.set_active_rid(sink.active_rid);
  *out.mutable_counters() = ToProto(sink.counters);
  return out;
}

}  // namespace pcd::service

#include "service/local_track_mapping.h"

#include <google/protobuf/util/message_differencer.h>

#include <optional>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "service/enum_mapping.h"
#include "service/field_guard.h"
#include "service/rtp_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr uint32_t kMaxPort = 65535;
constexpr uint32_t kMaxPayloadType = 127;

// Here a port of 0 lets the system choose.
absl::StatusOr<SocketAddress> BindAddress(const v1::TransportAddress& address,
                                          const std::string& field) {
  v1::TransportAddress with_port = address;
  if (address.port() == 0) with_port.set_port(1);
  PCD_ASSIGN_OR_RETURN(SocketAddress out, FromProto(with_port, field));
  if (address.port() == 0) out.port = 0;
  return out;
}

absl::StatusOr<media::UdpSourceConfig> ReadUdp(const v1::UdpSource& in, MediaKind kind,
                                               const std::string& field) {
  media::UdpSourceConfig out;
  if (in.has_bind()) {
    PCD_ASSIGN_OR_RETURN(out.bind, BindAddress(in.bind(), field + ".bind"));
  }
  if (in.rtcp_port() > kMaxPort) {
    return InvalidArgument("the port is at most 65535", field + ".rtcp_port");
  }
  if (in.rtcp_port() != 0) out.rtcp_port = static_cast<uint16_t>(in.rtcp_port());
  if (!in.has_codec()) return InvalidArgument("the codec is required", field + ".codec");
  PCD_ASSIGN_OR_RETURN(out.codec, FromProto(in.codec(), kind, field + ".codec"));
  if (in.has_payload_type()) {
    if (in.payload_type() > kMaxPayloadType) {
      return InvalidArgument("the payload type is at most 127", field + ".payload_type");
    }
    out.payload_type = static_cast<uint8_t>(in.payload_type());
  }
  if (in.has_ssrc()) out.ssrc = in.ssrc();
  if (in.has_remote()) {
    PCD_ASSIGN_OR_RETURN(out.remote, FromProto(in.remote(), field + ".remote"));
  }
  if (in.has_srtp()) return FieldNotImplemented(field + ".srtp");
  return out;
}

absl::StatusOr<media::SourceConfig> ReadSource(const v1::SourceSpec& in, MediaKind kind) {
  switch (in.source_case()) {
    case v1::SourceSpec::kUdp: {
      PCD_ASSIGN_OR_RETURN(media::UdpSourceConfig udp, ReadUdp(in.udp(), kind, "source.udp"));
      return media::SourceConfig(std::move(udp));
    }
    case v1::SourceSpec::kTest: {
      media::TestSourceConfig test{.blank = in.test().blank()};
      if (in.test().has_codec()) {
        PCD_ASSIGN_OR_RETURN(test.codec, FromProto(in.test().codec(), kind, "source.test.codec"));
      }
      return media::SourceConfig(std::move(test));
    }
    case v1::SourceSpec::kPacketStream:
      return FieldNotImplemented("source.packet_stream");
    case v1::SourceSpec::kRelay:
      return FieldNotImplemented("source.relay");
    case v1::SourceSpec::SOURCE_NOT_SET:
      break;
  }
  return InvalidArgument("a track has a source", "source");
}

// Of a CreateLocalTrackRequest or a LocalTrackSpec.
template <typename Proto>
absl::StatusOr<media::LocalTrackConfig> ReadTrack(const Proto& in) {
  media::LocalTrackConfig out{.id = in.track_id()};
  PCD_ASSIGN_OR_RETURN(out.kind, FromProto(in.kind(), "kind"));
  PCD_ASSIGN_OR_RETURN(out.source, ReadSource(in.source(), out.kind));
  return out;
}

v1::SourceSpec SpecOf(const media::LocalTrackConfig& config) {
  v1::SourceSpec out;
  if (const auto* test = std::get_if<media::TestSourceConfig>(&config.source)) {
    out.mutable_test()->set_blank(test->blank);
    if (test->codec) *out.mutable_test()->mutable_codec() = ToProto(*test->codec, config.kind);
    return out;
  }
  const auto& in = std::get<media::UdpSourceConfig>(config.source);
  v1::UdpSource& udp = *out.mutable_udp();
  *udp.mutable_bind() = ToProto(in.bind);
  if (in.rtcp_port) udp.set_rtcp_port(*in.rtcp_port);
  *udp.mutable_codec() = ToProto(in.codec, config.kind);
  if (in.payload_type) udp.set_payload_type(*in.payload_type);
  if (in.ssrc) udp.set_ssrc(*in.ssrc);
  if (in.remote) *udp.mutable_remote() = ToProto(*in.remote);
  return out;
}

}  // namespace

v1::SourceState ToProto(media::SourceState state) {
  switch (state) {
    case media::SourceState::kWaiting:
      return v1::SOURCE_STATE_WAITING;
    case media::SourceState::kActive:
      return v1::SOURCE_STATE_ACTIVE;
    case media::SourceState::kSilent:
      return v1::SOURCE_STATE_SILENT;
    case media::SourceState::kEnded:
      return v1::SOURCE_STATE_ENDED;
  }
  return v1::SOURCE_STATE_UNSPECIFIED;
}

v1::Track ToProto(const std::string& peer_connection_id, const media::LocalTrackInfo& track) {
  const bool ended = track.state == media::SourceState::kEnded;
  v1::Track out;
  out.set_track_id(track.config.id);
  out.set_peer_connection_id(peer_connection_id);
  out.set_kind(ToProto(track.config.kind));
  out.set_origin(v1::TRACK_ORIGIN_LOCAL);
  out.set_state(ended ? v1::TRACK_STATE_ENDED : v1::TRACK_STATE_LIVE);
  out.set_muted(track.state != media::SourceState::kActive);
  v1::Source& source = *out.mutable_source();
  *source.mutable_spec() = SpecOf(track.config);
  source.set_state(ToProto(track.state));
  if (track.local_rtp) *source.mutable_local_rtp() = ToProto(*track.local_rtp);
  if (track.local_rtcp) *source.mutable_local_rtcp() = ToProto(*track.local_rtcp);
  if (track.remote_rtp) *source.mutable_remote_rtp() = ToProto(*track.remote_rtp);
  source.set_packets_received(track.counters.packets_received);
  source.set_bytes_received(track.counters.bytes_received);
  source.set_packets_discarded(track.counters.packets_discarded);
  if (track.counters.last_packet_us) {
    *source.mutable_last_packet_time() = TimestampFromUnixMicros(*track.counters.last_packet_us);
  }
  return out;
}

absl::StatusOr<media::LocalTrackConfig> FromProto(const v1::CreateLocalTrackRequest& request) {
  return ReadTrack(request);
}

absl::StatusOr<media::LocalTrackConfig> FromProto(const v1::LocalTrackSpec& spec) {
  return ReadTrack(spec);
}

namespace {

// Senders and receivers have these in common.
template <typename Parameters, typename Out>
void FillNegotiated(const Parameters& parameters, Out& out) {
  for (const HeaderExtension& extension : parameters.header_extensions) {
    v1::RtpHeaderExtensionParameters& added = *out.add_header_extensions();
    added.set_uri(extension.uri);
    added.set_id(extension.id);
  }
  out.mutable_rtcp()->set_reduced_size(parameters.reduced_size_rtcp);
  for (const Codec& codec : parameters.codecs) {
    v1::RtpCodecParameters& added = *out.add_codecs();
    *added.mutable_codec() = ToProto(codec, parameters.kind);
    added.set_payload_type(codec.payload_type);
  }
}

}  // namespace

v1::RtpSendParameters ToProto(const peerconnection::SenderParameters& parameters) {
  v1::RtpSendParameters out;
  out.set_transaction_id(parameters.transaction_id);
  for (const SendEncoding& encoding : parameters.encodings) {
    *out.add_encodings() = ToProto(encoding);
  }
  FillNegotiated(parameters, out);
  out.mutable_rtcp()->set_cname(parameters.cname);
  return out;
}

v1::RtpReceiveParameters ToProto(const peerconnection::ReceiverParameters& parameters) {
  v1::RtpReceiveParameters out;
  FillNegotiated(parameters, out);
  return out;
}

absl::StatusOr<peerconnection::SenderParameters> FromProto(
    const v1::RtpSendParameters& in, const peerconnection::SenderParameters& current) {
  peerconnection::SenderParameters out = current;
  PCD_ASSIGN_OR_RETURN(out.encodings, FromProto(in.encodings(), "parameters.encodings"));
  // Everything else has to read as it was returned.
  v1::RtpSendParameters expected = ToProto(current);
  v1::RtpSendParameters given = in;
  given.set_transaction_id(expected.transaction_id());
  given.clear_encodings();
  expected.clear_encodings();
  if (!google::protobuf::util::MessageDifferencer::Equals(given, expected)) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT,
                     "read-only members cannot be changed",
                     {.dom_exception = "InvalidModificationError", .field = "parameters"});
  }
  out.transaction_id = in.transaction_id();
  return out;
}

}  // namespace pcd::service

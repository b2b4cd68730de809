#include "service/rtp_mapping.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "engine/base/status.h"
#include "engine/jsep/codec_preferences.h"
#include "service/enum_mapping.h"
#include "service/field_guard.h"

namespace pcd::service {
namespace {

constexpr size_t kMaxFmtpBytes = 1024;

absl::Status BadCodec(const std::string& message, const std::string& field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CODEC, message,
                   {.dom_exception = "InvalidModificationError", .field = field});
}

bool EqualsWithoutCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

v1::RtpCodec ToProto(const Codec& codec, MediaKind kind) {
  v1::RtpCodec out;
  out.set_mime_type(std::string(ToString(kind)) + "/" + codec.name);
  out.set_clock_rate(codec.clock_rate);
  if (kind == MediaKind::kAudio) out.set_channels(std::max<uint32_t>(codec.channels, 1));
  out.set_sdp_fmtp_line(codec.FmtpText());
  return out;
}

absl::StatusOr<Codec> FromProto(const v1::RtpCodec& codec, MediaKind kind,
                                const std::string& field) {
  const std::string_view mime = codec.mime_type();
  const size_t slash = std::min(mime.find('/'), mime.size());
  if (!EqualsWithoutCase(mime.substr(0, slash), ToString(kind)) || slash + 1 >= mime.size()) {
    return BadCodec("the MIME type is not one of this kind of media", field + ".mime_type");
  }
  if (codec.channels() > UINT16_MAX) return BadCodec("too many channels", field + ".channels");
  if (codec.sdp_fmtp_line().size() > kMaxFmtpBytes) {
    return BadCodec("the parameters are too long", field + ".sdp_fmtp_line");
  }
  Codec out{.name = std::string(mime.substr(slash + 1)),
            .clock_rate = codec.clock_rate(),
            .channels = static_cast<uint16_t>(codec.channels())};
  std::string_view rest = codec.sdp_fmtp_line();
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view one = Trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.empty()) continue;
    const size_t equals = std::min(one.find('='), one.size());
    out.fmtp.emplace_back(one.substr(0, equals), one.substr(std::min(equals + 1, one.size())));
  }
  return out;
}

v1::RtpCapabilities ToProto(const jsep::Capabilities& capabilities, MediaKind kind) {
  v1::RtpCapabilities out;
  out.set_kind(ToProto(kind));
  for (const Codec& codec : jsep::CodecCapabilities(capabilities, kind)) {
    *out.add_codecs() = ToProto(codec, kind);
  }
  for (const jsep::ExtensionCapability& extension : capabilities.extensions) {
    if (kind == MediaKind::kAudio ? extension.audio : extension.video) {
      out.add_header_extensions()->set_uri(extension.uri);
    }
  }
  return out;
}

v1::RtpEncodingParameters ToProto(const SendEncoding& encoding) {
  v1::RtpEncodingParameters out;
  out.set_rid(encoding.rid);
  out.set_active(encoding.active);
  if (encoding.max_bitrate) out.set_max_bitrate(*encoding.max_bitrate);
  if (encoding.max_framerate) out.set_max_framerate(*encoding.max_framerate);
  if (encoding.scale_resolution_down_by) {
    out.set_scale_resolution_down_by(*encoding.scale_resolution_down_by);
  }
  return out;
}

absl::StatusOr<std::vector<SendEncoding>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::RtpEncodingParameters>& in, const char* field) {
  std::vector<SendEncoding> out;
  for (const v1::RtpEncodingParameters& each : in) {
    if (each.has_codec()) return FieldNotImplemented(std::string(field) + ".codec");
    SendEncoding& encoding = out.emplace_back();
    encoding.rid = each.rid();
    encoding.active = !each.has_active() || each.active();
    if (each.has_max_bitrate()) encoding.max_bitrate = each.max_bitrate();
    if (each.has_max_framerate()) encoding.max_framerate = each.max_framerate();
    if (each.has_scale_resolution_down_by()) {
      encoding.scale_resolution_down_by = each.scale_resolution_down_by();
    }
  }
  return out;
}

}  // namespace pcd::service

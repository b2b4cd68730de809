#include "engine/sdp/parser.h"

#include <algorithm>
#include <bitset>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/sdp/attribute_parser.h"
#include "engine/sdp/text.h"

namespace pcd::sdp {
namespace {

absl::Status Error(ErrorReason reason, int line, const std::string& message,
                   const std::string& rule = {}) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason,
                   line > 0 ? "SDP line " + std::to_string(line) + ": " + message : message,
                   {.sdp_line = line, .rule = rule});
}

// Payload types that need no rtpmap (RFC 3551 section 6), as far as WebRTC uses them.
struct StaticCodec {
  uint8_t payload_type;
  const char* name;
  uint32_t clock_rate;
};
constexpr StaticCodec kStaticCodecs[] = {
    {0, "PCMU", 8000}, {8, "PCMA", 8000}, {9, "G722", 8000}, {13, "CN", 8000}};

Codec MakeCodec(uint8_t payload_type) {
  Codec codec{.payload_type = payload_type};
  for (const StaticCodec& known : kStaticCodecs) {
    if (known.payload_type != payload_type) continue;
    codec.name = known.name;
    codec.clock_rate = known.clock_rate;
    codec.channels = 1;
  }
  return codec;
}

// Into the order they are written in, so that reading again gives the same value.
void SortLines(CommonFields& fields) {
  std::vector<TypedLine> sorted;
  sorted.reserve(fields.lines.size());
  for (int rank = 0; rank <= kLastLineRank; ++rank) {
    for (TypedLine& line : fields.lines) {
      if (LineRank(line.type) == rank) sorted.push_back(std::move(line));
    }
  }
  fields.lines = std::move(sorted);
}

// One description, line by line. Threading: one call of Parse.
class Parser {
 public:
  explicit Parser(const Limits& limits) : limits_(limits) {}

  absl::StatusOr<Description> Run(std::string_view text);

 private:
  absl::Status Line(std::string_view line);
  absl::Status SessionLine(char type, std::string_view value);
  absl::Status Version(std::string_view value);
  absl::Status OriginLine(std::string_view value);
  absl::Status MediaLine(std::string_view value);
  absl::Status RtpFormats(const std::vector<std::string_view>& fields, MediaSection& media);
  absl::Status AttributeLine(std::string_view value);
  void OtherLine(char type, std::string_view value);

  CommonFields& Fields() {
    if (description_.media.empty()) return description_;
    return description_.media.back();
  }
  // `section` of RFC 8866 is what the line breaks.
  absl::Status Invalid(const char* section, const std::string& message) const {
    return Error(ErrorReason::INVALID_SDP, line_, message, std::string("RFC 8866, ") + section);
  }

  const Limits& limits_;
  Description description_;
  int line_ = 0;
  bool have_version_ = false;
  bool have_origin_ = false;
  bool have_name_ = false;
  std::bitset<128> mapped_;
};

absl::StatusOr<Description> Parser::Run(std::string_view text) {
  if (text.size() > limits_.max_sdp_bytes) {
    return Error(ErrorReason::SDP_TOO_LARGE, 0,
                 "SDP is longer than " + std::to_string(limits_.max_sdp_bytes) + " bytes");
  }
  if (text.find('\0') != std::string_view::npos) return Invalid("5", "SDP contains a zero byte");
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const size_t line_end = text.substr(end, 2) == "\r\n" ? 2 : 1;
    ++line_;
    PCD_RETURN_IF_ERROR(Line(Trim(text.substr(0, end))));
    text.remove_prefix(std::min(end + line_end, text.size()));
  }
  if (!have_version_) return Invalid("5", "SDP is empty");
  if (!have_origin_) return Invalid("5.2", "o= is missing");
  if (!have_name_) return Invalid("5.3", "s= is missing");
  SortLines(description_);
  for (MediaSection& media : description_.media) SortLines(media);
  return std::move(description_);
}

absl::Status Parser::Line(std::string_view line) {
  if (line.empty()) return absl::OkStatus();
  const char type = line[0];
  if (line.size() < 2 || line[1] != '=' || type < 'a' || type > 'z') {
    return Invalid("5", "not of the form <letter>=<value>");
  }
  const std::string_view value = Trim(line.substr(2));
  if (!have_version_) {
    return type == 'v' ? Version(value) : Invalid("5.1", "the first line is not v=0");
  }
  switch (type) {
    case 'a':
      return AttributeLine(value);
    case 'm':
      return MediaLine(value);
    case 'v':
    case 'o':
    case 's':
      if (!description_.media.empty()) return Invalid("5", "session line in a media section");
      return SessionLine(type, value);
    default:
      OtherLine(type, value);
      return absl::OkStatus();
  }
}

absl::Status Parser::SessionLine(char type, std::string_view value) {
  if (type == 'o') return OriginLine(value);
  if (type == 'v' || have_name_) return Invalid("5", "line may occur only once");
  have_name_ = true;
  description_.name = value.empty() ? "-" : std::string(value);
  return absl::OkStatus();
}

absl::Status Parser::Version(std::string_view value) {
  if (value != "0") return Invalid("5.1", "the version is not 0");
  have_version_ = true;
  return absl::OkStatus();
}

absl::Status Parser::OriginLine(std::string_view value) {
  const std::vector<std::string_view> fields = SplitFields(value);
  if (have_origin_) return Invalid("5.2", "line may occur only once");
  if (fields.size() != 6) return Invalid("5.2", "o= has not 6 fields");
  have_origin_ = true;
  description_.origin = {.username = std::string(fields[0]),
                         .session_id = std::string(fields[1]),
                         .version = std::string(fields[2]),
                         .net_type = std::string(fields[3]),
                         .address_type = std::string(fields[4]),
                         .address = std::string(fields[5])};
  return absl::OkStatus();
}

absl::Status Parser::MediaLine(std::string_view value) {
  if (!have_origin_) return Invalid("5", "m= before o=");
  if (!have_name_) return Invalid("5", "m= before s=");
  if (description_.media.size() == limits_.max_media_sections) {
    return Error(ErrorReason::SDP_TOO_LARGE, line_,
                 "more than " + std::to_string(limits_.max_media_sections) + " media sections");
  }
  const std::vector<std::string_view> fields = SplitFields(value);
  if (fields.size() < 3) return Invalid("5.14", "m= has fewer than 3 fields");
  MediaSection media;
  media.line.number = line_;
  media.media = fields[0];
  const size_t slash = fields[1].find('/');
  const auto port = ParseNumber<uint16_t>(fields[1].substr(0, slash));
  if (!port) return Invalid("5.14", "the port is not a number below 65536");
  media.port = *port;
  if (slash != std::string_view::npos) {
    const auto count = ParseNumber<uint16_t>(fields[1].substr(slash + 1));
    if (!count || *count == 0) return Invalid("5.14", "bad number of ports");
    media.port_count = *count;
  }
  media.proto = fields[2];
  if (media.IsRtp()) {
    PCD_RETURN_IF_ERROR(RtpFormats(fields, media));
  } else {
    media.formats.assign(fields.begin() + 3, fields.end());
  }
  mapped_.reset();
  description_.media.push_back(std::move(media));
  return absl::OkStatus();
}

absl::Status Parser::RtpFormats(const std::vector<std::string_view>& fields, MediaSection& media) {
  std::bitset<128> seen;
  for (size_t i = 3; i < fields.size(); ++i) {
    const auto payload_type = ParseNumber<uint8_t>(fields[i]);
    if (!payload_type || *payload_type > 127) {
      return Invalid("5.14", "a payload type is not a number from 0 to 127");
    }
    if (seen[*payload_type]) continue;
    seen.set(*payload_type);
    media.codecs.Edit().push_back(MakeCodec(*payload_type));
  }
  return absl::OkStatus();
}

absl::Status Parser::AttributeLine(std::string_view value) {
  const size_t colon = value.find(':');
  const bool has_value = colon != std::string_view::npos;
  const std::string_view name = Trim(value.substr(0, colon));
  const std::string_view text = has_value ? Trim(value.substr(colon + 1)) : std::string_view();
  if (name.empty()) return Invalid("5.13", "attribute without a name");
  MediaSection* media = description_.media.empty() ? nullptr : &description_.media.back();
  const AttributeSyntax* syntax = FindCommonAttribute(name);
  if (syntax == nullptr && media != nullptr) syntax = FindMediaAttribute(name);
  AttributeContext context{.description = description_,
                           .fields = Fields(),
                           .media = media,
                           .line = line_,
                           .mapped = mapped_};
  const Outcome outcome = syntax == nullptr ? kKeep : syntax->handler(context, text);
  if (outcome == kKeep) {
    context.fields.attributes.push_back(
        {.name = std::string(name), .value = std::string(text), .has_value = has_value});
  } else if (outcome != kStored) {
    return Error(ErrorReason::INVALID_SDP, line_,
                 "a=" + std::string(name.substr(0, 64)) + ": " + outcome, syntax->rule);
  }
  return absl::OkStatus();
}

void Parser::OtherLine(char type, std::string_view value) {
  CommonFields& fields = Fields();
  if (type == 'c' && fields.connection.empty() && !value.empty()) {
    fields.connection = value;
    return;
  }
  if (type == 'b') {
    const size_t colon = value.find(':');
    const auto number = colon == std::string_view::npos
                            ? std::nullopt
                            : ParseNumber<uint64_t>(value.substr(colon + 1));
    if (number) {
      fields.bandwidths.push_back({.type = std::string(value.substr(0, colon)), .value = *number});
      return;
    }
  }
  fields.lines.push_back({.type = type, .value = std::string(value)});
}

}  // namespace

absl::StatusOr<Description> Parse(std::string_view text, const Limits& limits) {
  return Parser(limits).Run(text);
}

}  // namespace pcd::sdp

#include "engine/sdp/writer.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "engine/sdp/candidate.h"
#include "engine/sdp/text.h"

namespace pcd::sdp {
namespace {

// Nothing inside a line may end it: the rest would read as a line of its own. Parsed values
// have no such characters, and whoever fills in others checks them; this is the second wall.
void AppendWithoutLineEnds(std::string& text, std::string_view value) {
  const size_t begin = text.size();
  text += value;
  const auto ends_line = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  const auto written = text.begin() + static_cast<ptrdiff_t>(begin);
  if (std::find_if(written, text.end(), ends_line) == text.end()) return;
  text.erase(std::remove_if(written, text.end(), ends_line), text.end());
}

// Collects lines. Threading: one call of Write.
class Writer {
 public:
  std::string Take() { return std::move(text_); }

  void Line(char type, std::string_view value) {
    text_ += type;
    text_ += '=';
    AppendWithoutLineEnds(text_, value);
    text_ += "\r\n";
  }
  void Flag(bool present, std::string_view name) {
    if (present) Line('a', name);
  }
  void Attribute(std::string_view name, std::string_view value) {
    text_ += "a=";
    AppendWithoutLineEnds(text_, name);
    text_ += ':';
    AppendWithoutLineEnds(text_, value);
    text_ += "\r\n";
  }
  void Text(std::string_view name, const std::string& value) {
    if (!value.empty()) Attribute(name, value);
  }
  template <typename T>
  void Number(std::string_view name, const std::optional<T>& value) {
    if (value) Attribute(name, std::to_string(*value));
  }

  void Session(const Description& description);
  void Media(const MediaSection& media);

 private:
  void LinesOfRank(const CommonFields& fields, int rank);
  void Bandwidths(const CommonFields& fields);
  void Common(const CommonFields& fields);
  void OtherAttributes(const CommonFields& fields);
  void MediaLine(const MediaSection& media);
  void Codecs(const MediaSection& media);
  void Sources(const MediaSection& media);
  void Data(const MediaSection& media);
  void Candidates(const MediaSection& media);

  std::string text_;
};

std::string Spaced(const std::vector<std::string>& fields) {
  std::string text;
  for (const std::string& field : fields) text += (text.empty() ? "" : " ") + field;
  return text;
}

std::string JoinStreams(const SimulcastStreams& streams) {
  std::string text;
  for (const auto& alternatives : streams) {
    if (!text.empty()) text += ';';
    bool first = true;
    for (const SimulcastLayer& layer : alternatives) {
      if (!first) text += ',';
      first = false;
      if (layer.paused) text += '~';
      text += layer.rid;
    }
  }
  return text;
}

void Writer::LinesOfRank(const CommonFields& fields, int rank) {
  for (const TypedLine& line : fields.lines) {
    if (LineRank(line.type) == rank) Line(line.type, line.value);
  }
}

void Writer::Bandwidths(const CommonFields& fields) {
  for (const Bandwidth& bandwidth : fields.bandwidths) {
    Line('b', bandwidth.type + ":" + std::to_string(bandwidth.value));
  }
}

void Writer::Common(const CommonFields& fields) {
  Text("ice-ufrag", fields.ice_ufrag);
  Text("ice-pwd", fields.ice_pwd);
  if (!fields.ice_options.empty()) {
    std::string options;
    for (const std::string& option : fields.ice_options) {
      options += (options.empty() ? "" : " ") + option;
    }
    Attribute("ice-options", options);
  }
  for (const Fingerprint& fingerprint : fields.fingerprints) {
    Attribute("fingerprint", fingerprint.algorithm + " " + fingerprint.value);
  }
  if (fields.setup) Attribute("setup", ToString(*fields.setup));
  Flag(fields.extmap_allow_mixed, "extmap-allow-mixed");
  for (const ExtMap& extmap : fields.extmaps) {
    std::string value = std::to_string(extmap.extension.id);
    if (extmap.extension.direction != Direction::kSendRecv) {
      value += "/" + std::string(ToString(extmap.extension.direction));
    }
    value += " " + extmap.extension.uri;
    if (!extmap.attributes.empty()) value += " " + extmap.attributes;
    Attribute("extmap", value);
  }
  if (fields.direction) Line('a', ToString(*fields.direction));
}

void Writer::OtherAttributes(const CommonFields& fields) {
  for (const sdp::Attribute& attribute : fields.attributes) {
    if (attribute.has_value) {
      Attribute(attribute.name, attribute.value);
    } else {
      Line('a', attribute.name);
    }
  }
}

void Writer::Session(const Description& description) {
  Line('v', "0");
  const Origin& o = description.origin;
  Line('o', o.username + " " + o.session_id + " " + o.version + " " + o.net_type + " " +
                o.address_type + " " + o.address);
  Line('s', description.name);
  LinesOfRank(description, 0);
  if (!description.connection.empty()) Line('c', description.connection);
  LinesOfRank(description, 1);
  Bandwidths(description);
  LinesOfRank(description, 2);
  LinesOfRank(description, 3);
  for (const Group& group : description.groups) {
    std::string value = group.semantics;
    for (const std::string& mid : group.mids) value += " " + mid;
    Attribute("group", value);
  }
  Flag(description.ice_lite, "ice-lite");
  Common(description);
  OtherAttributes(description);
}

void Writer::MediaLine(const MediaSection& media) {
  std::string value = media.media + " " + std::to_string(media.port);
  if (media.port_count > 0) value += "/" + std::to_string(media.port_count);
  value += " " + media.proto;
  for (const Codec& codec : media.codecs) value += " " + std::to_string(codec.payload_type);
  for (const std::string& format : media.formats) value += " " + format;
  Line('m', value);
}

void Writer::Codecs(const MediaSection& media) {
  for (const Codec& codec : media.codecs) {
    const std::string payload_type = std::to_string(codec.payload_type);
    if (!codec.name.empty()) {
      std::string value = payload_type + " " + codec.name + "/" + std::to_string(codec.clock_rate);
      if (codec.channels > 0) value += "/" + std::to_string(codec.channels);
      Attribute("rtpmap", value);
    }
    for (const std::string& feedback : codec.rtcp_feedback) {
      Attribute("rtcp-fb", payload_type + " " + feedback);
    }
    if (!codec.fmtp.empty()) Attribute("fmtp", payload_type + " " + codec.FmtpText());
  }
  for (const std::string& feedback : media.wildcard_feedback) {
    Attribute("rtcp-fb", "* " + feedback);
  }
  Number("ptime", media.ptime);
  Number("maxptime", media.maxptime);
}

void Writer::Sources(const MediaSection& media) {
  for (const SsrcGroup& group : media.ssrc_groups) {
    std::string value = group.semantics;
    for (uint32_t ssrc : group.ssrcs) value += " " + std::to_string(ssrc);
    Attribute("ssrc-group", value);
  }
  for (const SsrcAttribute& ssrc : media.ssrcs) {
    std::string value = std::to_string(ssrc.ssrc);
    if (!ssrc.name.empty()) value += " " + ssrc.name;
    if (!ssrc.value.empty()) value += ":" + ssrc.value;
    Attribute("ssrc", value);
  }
  for (const Rid& rid : media.rids) {
    std::string value = rid.id + (rid.send ? " send" : " recv");
    if (!rid.restrictions.empty()) value += " " + rid.restrictions;
    Attribute("rid", value);
  }
  if (!media.simulcast) return;
  std::string value;
  if (!media.simulcast->send.empty()) value = "send " + JoinStreams(media.simulcast->send);
  if (!media.simulcast->recv.empty()) {
    value += (value.empty() ? "recv " : " recv ") + JoinStreams(media.simulcast->recv);
  }
  Attribute("simulcast", value);
}

void Writer::Data(const MediaSection& media) {
  Number("sctp-port", media.sctp_port);
  if (media.sctpmap) {
    std::string value = std::to_string(media.sctpmap->port) + " " + media.sctpmap->app;
    if (media.sctpmap->has_streams) value += " " + std::to_string(media.sctpmap->streams);
    Attribute("sctpmap", value);
  }
  Number("max-message-size", media.max_message_size);
}

void Writer::Candidates(const MediaSection& media) {
  for (const Candidate& candidate : media.candidates) Line('a', WriteCandidate(candidate));
  Flag(media.end_of_candidates, "end-of-candidates");
}

void Writer::Media(const MediaSection& media) {
  MediaLine(media);
  LinesOfRank(media, 0);
  if (!media.connection.empty()) Line('c', media.connection);
  LinesOfRank(media, 1);
  Bandwidths(media);
  LinesOfRank(media, 2);
  LinesOfRank(media, 3);
  Text("mid", media.mid);
  Flag(media.bundle_only, "bundle-only");
  Common(media);
  for (const Msid& msid : media.msids) {
    Attribute("msid", msid.stream_id + (msid.track_id.empty() ? "" : " " + msid.track_id));
  }
  Flag(media.rtcp_mux, "rtcp-mux");
  Flag(media.rtcp_mux_only, "rtcp-mux-only");
  Flag(media.rtcp_rsize, "rtcp-rsize");
  if (!media.rtcp_xr.empty()) Attribute("rtcp-xr", Spaced(media.rtcp_xr));
  Codecs(media);
  Sources(media);
  Data(media);
  OtherAttributes(media);
  Candidates(media);
}

}  // namespace

std::string Write(const Description& description) {
  Writer writer;
  writer.Session(description);
  for (const MediaSection& media : description.media) writer.Media(media);
  return writer.Take();
}

std::string AppendToSection(const std::string& text, size_t section, const std::string& raw) {
  std::string line;
  AppendWithoutLineEnds(line, raw);
  size_t sections_seen = 0;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = text.find_first_of("\r\n", begin);
    if (end == std::string::npos) end = text.size();
    const size_t first = text.find_first_not_of(" \t", begin);
    if (first < end && text.compare(first, 2, "m=") == 0 && sections_seen++ == section + 1) {
      return text.substr(0, begin) + line + "\r\n" + text.substr(begin);
    }
    begin = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  if (sections_seen != section + 1) return text;
  const bool ended = text.back() == '\n' || text.back() == '\r';
  return text + (ended ? "" : "\r\n") + line + "\r\n";
}

}  // namespace pcd::sdp

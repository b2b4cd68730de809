#include "engine/media/sink_sdp.h"

#include <algorithm>

namespace pcd::media {
namespace {

std::string Address(const IpAddress& ip) {
  return std::string(ip.is_v6() ? "IN IP6 " : "IN IP4 ") + ip.ToString();
}

void Line(std::string& out, const std::string& text) {
  // Names and parameters come from a remote description: nothing of it may end a line.
  for (const char c : text) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  out += "\r\n";
}

void AppendCodec(std::string& out, const Codec& codec) {
  const std::string payload_type = std::to_string(codec.payload_type);
  std::string map =
      "a=rtpmap:" + payload_type + " " + codec.name + "/" + std::to_string(codec.clock_rate);
  if (codec.channels > 1) map += "/" + std::to_string(codec.channels);
  Line(out, map);
  if (!codec.fmtp.empty()) Line(out, "a=fmtp:" + payload_type + " " + codec.FmtpText());
}

void AppendSection(std::string& out, const SinkInfo& sink, bool with_address) {
  const SocketAddress& rtp = sink.config.rtp_destination;
  const SocketAddress& rtcp = *sink.config.rtcp_destination;
  std::string formats = std::to_string(sink.codec->payload_type);
  for (const Codec& events : sink.events) formats += " " + std::to_string(events.payload_type);
  Line(out, "m=" + std::string(ToString(sink.kind)) + " " + std::to_string(rtp.port) + " RTP/AVP " +
                formats);
  if (with_address) Line(out, "c=" + Address(rtp.ip));
  std::string rtcp_line = "a=rtcp:" + std::to_string(rtcp.port);
  if (rtcp.ip != rtp.ip) rtcp_line += " " + Address(rtcp.ip);
  Line(out, rtcp_line);
  if (rtcp == rtp) Line(out, "a=rtcp-mux");
  AppendCodec(out, *sink.codec);
  for (const Codec& events : sink.events) AppendCodec(out, events);
  if (sink.ptime != 0) Line(out, "a=ptime:" + std::to_string(sink.ptime));
  if (sink.maxptime != 0) Line(out, "a=maxptime:" + std::to_string(sink.maxptime));
  Line(out, "a=recvonly");
  Line(out, "a=ssrc:" + std::to_string(sink.ssrc) + " cname:" + sink.cname);
}

}  // namespace

std::string MakeSinkSdp(std::span<const SinkInfo> sinks) {
  const IpAddress& first = sinks[0].config.rtp_destination.ip;
  const bool one_address = std::all_of(sinks.begin(), sinks.end(), [&](const SinkInfo& sink) {
    return sink.config.rtp_destination.ip == first;
  });
  std::string out;
  Line(out, "v=0");
  Line(out, "o=- " + std::to_string(sinks[0].ssrc) + " 1 " + Address(sinks[0].local_rtp.ip));
  Line(out, "s=peerconnectiond");
  if (one_address) Line(out, "c=" + Address(first));
  Line(out, "t=0 0");
  for (const SinkInfo& sink : sinks) AppendSection(out, sink, !one_address);
  return out;
}

}  // namespace pcd::media

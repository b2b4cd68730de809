#include "engine/jsep/capabilities.h"

#include <utility>

#include "engine/model/rtp_parameters.h"

namespace pcd::jsep {
namespace {

CodecCapability Audio(const char* name, uint32_t clock_rate, std::optional<uint8_t> payload_type) {
  return {.kind = MediaKind::kAudio,
          .name = name,
          .clock_rate = clock_rate,
          .preferred_payload = payload_type,
          .feedback = {"transport-cc"}};
}

CodecCapability Opus() {
  CodecCapability opus = Audio("opus", 48000, 111);
  opus.channels = 2;
  opus.fmtp = {{"minptime", "10"}, {"useinbandfec", "1"}};
  // Whether to send stereo and to pause in silence is asked by the receiver (RFC 7587 section
  // 6.1). We have no wish of our own: the offerer's for its own receiving is taken for both.
  opus.echoed = {"stereo", "usedtx"};
  return opus;
}

CodecCapability TelephoneEvent(uint32_t clock_rate, uint8_t payload_type) {
  CodecCapability events = Audio("telephone-event", clock_rate, payload_type);
  events.feedback.clear();
  return events;
}

CodecCapability Video(const char* name, FmtpList fmtp, bool offered = true) {
  return {.kind = MediaKind::kVideo,
          .name = name,
          .clock_rate = 90000,
          .fmtp = std::move(fmtp),
          .feedback = {"ccm fir", "nack", "nack pli", "goog-remb", "transport-cc"},
          .rtx = true,
          .offered = offered};
}

CodecCapability Vp8() {
  CodecCapability vp8 = Video("VP8", {});
  vp8.preferred_payload = 96;
  return vp8;
}

CodecCapability H264(const char* profile_level_id, const char* mode, bool offered = true) {
  CodecCapability h264 = Video("H264",
                               {{"level-asymmetry-allowed", "1"},
                                {"packetization-mode", mode},
                                {"profile-level-id", profile_level_id}},
                               offered);
  // An equal level is right with and without level asymmetry (RFC 6184 section 8.2.2).
  h264.echoed = {"profile-level-id"};
  return h264;
}

CodecCapability Av1(const char* profile, bool offered) {
  CodecCapability av1 = Video("AV1", {{"profile", profile}}, offered);
  av1.echoed = {"level-idx", "tier"};
  return av1;
}

CodecCapability H265(const char* profile, bool offered) {
  CodecCapability h265 = Video("H265", {{"profile-id", profile}}, offered);
  h265.echoed = {"level-id", "tier-flag", "tx-mode"};
  return h265;
}

std::vector<CodecCapability> Codecs() {
  return {
      Opus(),
      Audio("G722", 8000, 9),
      Audio("PCMU", 8000, 0),
      Audio("PCMA", 8000, 8),
      TelephoneEvent(48000, 110),
      TelephoneEvent(8000, 126),
      Vp8(),
      Video("VP9", {{"profile-id", "0"}}),
      Video("VP9", {{"profile-id", "2"}}, false),
      Video("VP9", {{"profile-id", "1"}}, false),
      Video("VP9", {{"profile-id", "3"}}, false),
      H264("42e01f", "1"),
      H264("42e01f", "0", false),
      H264("42001f", "1", false),
      H264("42001f", "0", false),
      H264("4d001f", "1"),
      H264("4d001f", "0", false),
      H264("640c1f", "1", false),
      H264("640c1f", "0", false),
      H264("64001f", "1"),
      H264("64001f", "0", false),
      H264("f4001f", "1", false),
      H264("f4001f", "0", false),
      Av1("0", true),
      Av1("1", false),
      H265("1", true),
      H265("2", false),
  };
}

Capabilities MakeCapabilities() {
  Capabilities capabilities;
  capabilities.codecs = Codecs();
  capabilities.extensions = {
      {.uri = kAudioLevelExtensionUri, .audio = true, .video = false, .preferred_id = 1},
      {.uri = kAbsSendTimeExtensionUri, .preferred_id = 2},
      {.uri = kTransportCcExtensionUri, .preferred_id = 3},
      {.uri = kMidExtensionUri, .preferred_id = 4},
      {.uri = kRidExtensionUri, .audio = false, .video = true, .preferred_id = 10},
      {.uri = kRepairedRidExtensionUri, .audio = false, .video = true, .preferred_id = 11},
  };
  return capabilities;
}

}  // namespace

const Shared<Capabilities>& DefaultCapabilities() {
  static const auto& capabilities = *new Shared<Capabilities>(MakeCapabilities());
  return capabilities;
}

}  // namespace pcd::jsep

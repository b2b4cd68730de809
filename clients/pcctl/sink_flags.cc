#include "clients/pcctl/sink_flags.h"

#include <cstdint>
#include <optional>

#include "clients/pcctl/address.h"

namespace pcd::pcctl {
namespace {

constexpr char kForm[] = " takes an IP address and a port such as 127.0.0.1:5004, not '";
// The RTP port of audio stands this far from that of video: RTP and RTCP take a port each.
constexpr uint16_t kAudioOffset = 2;
// RTCP is sent to the port after that of RTP.
constexpr uint16_t kMaxRtpPort = 65534;

struct Kind {
  api::MediaKind kind;
  const char* name;
};

constexpr Kind kVideo = {api::MEDIA_KIND_VIDEO, "video"};
constexpr Kind kAudio = {api::MEDIA_KIND_AUDIO, "audio"};

void AddSink(const Kind& kind, uint32_t ordinal, const std::string& host, uint32_t port,
             google::protobuf::RepeatedPtrField<api::SinkSpec>* sinks) {
  api::SinkSpec* sink = sinks->Add();
  sink->set_sink_id(ordinal == 0 ? kind.name : kind.name + ("-" + std::to_string(ordinal + 1)));
  sink->mutable_selector()->mutable_kind_and_ordinal()->set_kind(kind.kind);
  sink->mutable_selector()->mutable_kind_and_ordinal()->set_ordinal(ordinal);
  sink->mutable_destination()->set_host(host);
  sink->mutable_destination()->set_port(port);
}

std::string AddNamed(const Kind& kind, const std::vector<std::string>& addresses,
                     google::protobuf::RepeatedPtrField<api::SinkSpec>* sinks) {
  for (size_t i = 0; i < addresses.size(); ++i) {
    const std::optional<Address> address = ParseAddress(addresses[i]);
    if (!address.has_value() || address->port > kMaxRtpPort) {
      return std::string("--") + kind.name + "-sink" + kForm + addresses[i] + "'";
    }
    AddSink(kind, static_cast<uint32_t>(i), address->host, address->port, sinks);
  }
  return "";
}

}  // namespace

void SinkFlags::AddFlags(FlagSet* flags) {
  flags->AddString({.name = "sink",
                    .value_name = "HOST:PORT",
                    .help = "Send the first video track's RTP to PORT (RTCP to PORT + 1) and the "
                            "first audio\ntrack's RTP to PORT + 2 (RTCP to PORT + 3)."},
                   &both_);
  flags->AddList({.name = "video-sink",
                  .value_name = "HOST:PORT",
                  .help = "Send the first video track to PORT and PORT + 1, whatever --sink says; "
                          "given\nagain: the second, and so on."},
                 &video_);
  flags->AddList(
      {.name = "audio-sink", .value_name = "HOST:PORT", .help = "The same for audio tracks."},
      &audio_);
}

std::string SinkFlags::MakeSinks(google::protobuf::RepeatedPtrField<api::SinkSpec>* sinks) const {
  std::optional<Address> both;
  if (!both_.empty()) {
    both = ParseAddress(both_);
    if (!both.has_value() || both->port > kMaxRtpPort - kAudioOffset) {
      return std::string("--sink") + kForm + both_ + "'";
    }
  }
  if (both.has_value() && video_.empty()) AddSink(kVideo, 0, both->host, both->port, sinks);
  if (std::string error = AddNamed(kVideo, video_, sinks); !error.empty()) return error;
  if (both.has_value() && audio_.empty()) {
    AddSink(kAudio, 0, both->host, uint32_t{both->port} + kAudioOffset, sinks);
  }
  return AddNamed(kAudio, audio_, sinks);
}

}  // namespace pcd::pcctl

#include <google/protobuf/util/time_util.h>

#include <optional>

#include "clients/pcctl/address.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/sink_verbs.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

constexpr uint32_t kMaxPort = 65535;
constexpr uint32_t kMaxPayloadType = 127;
constexpr uint32_t kMaxUint32 = 0xFFFFFFFF;

class SinkCreateVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddString({.name = "to",
                      .value_name = "HOST:PORT",
                      .help = "Where RTP is sent; RTCP goes to PORT + 1. Required."},
                     &to_);
    AddSelectorFlags(flags);
    flags->AddSwitch({.name = "paused", .help = "Send nothing before \"pcctl sink resume\"."},
                     &paused_);
    flags->AddString({.name = "name",
                      .value_name = "SINK",
                      .help = "Its id within the connection. Default: the service makes one."},
                     spec()->mutable_sink_id());
    flags->AddNumber(
        {.name = "rtcp-port", .value_name = "PORT", .help = "Where RTCP is sent at HOST."}, 1,
        kMaxPort, &rtcp_port_);
    flags->AddNumber({.name = "payload-type",
                      .value_name = "N",
                      .help = "Of the packets sent. Default: the negotiated one."},
                     0, kMaxPayloadType, &payload_type_);
    flags->AddNumber({.name = "ssrc",
                      .value_name = "N",
                      .help = "Of the packets sent. Default: the service chooses one."},
                     1, kMaxUint32, &ssrc_);
    flags->AddDuration({.name = "reorder-delay",
                        .value_name = "TIME",
                        .help = "Hold packets back this long, at most 1s, to put them in order."},
                       &reorder_delay_);
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "sink create needs one id; \"pcctl list\" shows them";
    request_.set_peer_connection_id(arguments[0]);
    std::string error = SetDestination();
    if (error.empty()) error = SetSelector();
    if (!error.empty()) return error;
    spec()->set_paused(paused_);
    if (payload_type_.has_value()) spec()->set_payload_type(*payload_type_);
    if (ssrc_.has_value()) spec()->set_ssrc(*ssrc_);
    if (reorder_delay_.has_value()) {
      using google::protobuf::util::TimeUtil;
      *spec()->mutable_max_reorder_delay() =
          TimeUtil::MillisecondsToDuration(reorder_delay_->count());
    }
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    api::CreateSinkResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status = context.client.media().CreateSink(call.get(), request_, &response);
    const Environment& environment = context.environment;
    if (!status.ok()) {
      return ReportError(status, request_.peer_connection_id(), context.options, environment.err);
    }
    if (context.options.json()) {
      PrintJson(ToJson(response.sink()), environment.out);
    } else {
      environment.out << Printable(response.sink().sink_id()) << '\n';
    }
    return ExitCode::kOk;
  }

 private:
  api::SinkSpec* spec() { return request_.mutable_spec(); }

  void AddSelectorFlags(FlagSet* flags) {
    flags->AddChoice({.name = "kind",
                      .value_name = "video|audio",
                      .help = "Take the remote's first track of this kind."},
                     {"video", "audio"}, &kind_);
    flags->AddNumber({.name = "ordinal",
                      .value_name = "N",
                      .help = "With --kind: take the track after N others of the kind."},
                     0, kMaxUint32, &ordinal_);
    flags->AddString(
        {.name = "mid", .value_name = "MID", .help = "Take the track of this m-section."}, &mid_);
    flags->AddString({.name = "track", .value_name = "TRACK", .help = "Take the track of this id."},
                     &track_);
    flags->AddString({.name = "rid",
                      .value_name = "RID",
                      .help = "Take this simulcast layer. Default: the highest that is sent."},
                     spec()->mutable_rid());
  }

  std::string SetDestination() {
    const std::optional<Address> address = ParseAddress(to_);
    if (!address.has_value()) {
      return "--to takes an IP address and a port such as 127.0.0.1:5004, not '" + to_ + "'";
    }
    if (address->port == kMaxPort && !rtcp_port_.has_value()) {
      return "--to names the last port, and RTCP needs one too: give --rtcp-port";
    }
    spec()->mutable_destination()->set_host(address->host);
    spec()->mutable_destination()->set_port(address->port);
    spec()->set_rtcp_port(rtcp_port_.value_or(0));
    return "";
  }

  std::string SetSelector() {
    const int ways = (kind_.empty() ? 0 : 1) + (mid_.empty() ? 0 : 1) + (track_.empty() ? 0 : 1);
    if (ways != 1) return "sink create needs one of: --kind, --mid, --track";
    if (ordinal_.has_value() && kind_.empty()) return "--ordinal goes with --kind";
    api::TrackSelector* selector = spec()->mutable_selector();
    if (!mid_.empty()) selector->set_mid(mid_);
    if (!track_.empty()) selector->set_track_id(track_);
    if (kind_.empty()) return "";
    selector->mutable_kind_and_ordinal()->set_kind(kind_ == "video" ? api::MEDIA_KIND_VIDEO
                                                                    : api::MEDIA_KIND_AUDIO);
    selector->mutable_kind_and_ordinal()->set_ordinal(ordinal_.value_or(0));
    return "";
  }

  api::CreateSinkRequest request_;
  std::string to_;
  std::string kind_;
  std::optional<uint32_t> ordinal_;
  std::string mid_;
  std::string track_;
  bool paused_ = false;
  std::optional<uint32_t> rtcp_port_;
  std::optional<uint32_t> payload_type_;
  std::optional<uint32_t> ssrc_;
  std::optional<std::chrono::milliseconds> reorder_delay_;
};

}  // namespace

const VerbEntry kSinkCreateVerb = {
    .name = "sink create",
    .arguments = "ID --to HOST:PORT (--kind video|audio | --mid MID | --track TRACK)",
    .summary = "Create a sink and print its id.",
    .description =
        "The track need not be there yet: the sink waits for it. It begins with a key frame, for\n"
        "which the remote is asked. By default the service allows destinations on its own machine\n"
        "only.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<SinkCreateVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

#include <optional>

#include "clients/pcctl/data_verbs.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

constexpr uint32_t kMaxUint16 = 65535;
constexpr uint32_t kMaxStreamId = 65534;

class DataCreateVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddSwitch(
        {.name = "unordered", .help = "Deliver messages as they come. Default: in order."},
        &unordered_);
    flags->AddNumber({.name = "max-retransmits",
                      .value_name = "N",
                      .help = "Send a message again so often only. Default: until it arrives."},
                     0, kMaxUint16, &max_retransmits_);
    flags->AddNumber({.name = "max-packet-life-time",
                      .value_name = "MS",
                      .help = "Send a message again for so many milliseconds only."},
                     0, kMaxUint16, &max_packet_life_time_);
    flags->AddString(
        {.name = "protocol", .value_name = "P", .help = "Subprotocol, for the application."},
        init()->mutable_protocol());
    flags->AddSwitch({.name = "negotiated",
                      .help = "Do not announce it: the remote makes one with the same stream id."},
                     &negotiated_);
    flags->AddNumber({.name = "stream-id",
                      .value_name = "N",
                      .help = "With --negotiated: the SCTP stream id, 0 to 65534."},
                     0, kMaxStreamId, &stream_id_);
    flags->AddString({.name = "name",
                      .value_name = "CHANNEL",
                      .help = "Its id within the connection. Default: the service makes one."},
                     request_.mutable_data_channel_id());
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 2) return "data create needs an id and a label";
    if (max_retransmits_.has_value() && max_packet_life_time_.has_value()) {
      return "--max-retransmits or --max-packet-life-time, not both";
    }
    if (negotiated_ != stream_id_.has_value()) return "--negotiated and --stream-id go together";
    request_.set_peer_connection_id(arguments[0]);
    init()->set_label(arguments[1]);
    if (unordered_) init()->set_ordered(false);
    if (max_retransmits_.has_value()) init()->set_max_retransmits(*max_retransmits_);
    if (max_packet_life_time_.has_value()) {
      init()->set_max_packet_life_time(*max_packet_life_time_);
    }
    init()->set_negotiated(negotiated_);
    if (stream_id_.has_value()) init()->set_id(*stream_id_);
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    api::CreateDataChannelResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.data_channels().CreateDataChannel(call.get(), request_, &response);
    const Environment& environment = context.environment;
    if (!status.ok()) {
      return ReportError(status, request_.peer_connection_id(), context.options, environment.err);
    }
    if (context.options.json()) {
      PrintJson(ToJson(response.data_channel()), environment.out);
    } else {
      environment.out << Printable(response.data_channel().data_channel_id()) << '\n';
    }
    return ExitCode::kOk;
  }

 private:
  api::DataChannelInit* init() { return request_.mutable_init(); }

  api::CreateDataChannelRequest request_;
  bool unordered_ = false;
  std::optional<uint32_t> max_retransmits_;
  std::optional<uint32_t> max_packet_life_time_;
  bool negotiated_ = false;
  std::optional<uint32_t> stream_id_;
};

}  // namespace

const VerbEntry kDataCreateVerb = {
    .name = "data create",
    .arguments = "ID LABEL",
    .summary = "Create a data channel and print its id.",
    .description =
        "It opens when the connection does. The first channel of a connection makes a negotiation\n"
        "necessary.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<DataCreateVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

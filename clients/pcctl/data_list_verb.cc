#include "clients/pcctl/channel_view.h"
#include "clients/pcctl/data_verbs.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/table.h"

namespace pcd::pcctl {
namespace {

class DataListVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "data list needs one id; \"pcctl list\" shows them";
    request_.set_peer_connection_id(arguments[0]);
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    api::ListDataChannelsResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.data_channels().ListDataChannels(call.get(), request_, &response);
    const Environment& environment = context.environment;
    if (!status.ok()) {
      return ReportError(status, request_.peer_connection_id(), context.options, environment.err);
    }
    if (context.options.json()) {
      PrintJson(ToJsonList("dataChannels", response.data_channels()), environment.out);
    } else if (response.data_channels().empty()) {
      environment.err << "No data channels.\n";
    } else {
      Table table;
      table.AddRow(ChannelColumns());
      for (const auto& channel : response.data_channels()) table.AddRow(ChannelRow(channel));
      table.Print(environment.out);
    }
    return ExitCode::kOk;
  }

 private:
  api::ListDataChannelsRequest request_;
};

}  // namespace

const VerbEntry kDataListVerb = {
    .name = "data list",
    .arguments = "ID",
    .summary = "List the data channels of a connection that are not closed.",
    .description = "SENT and RECEIVED are messages, BUFFERED are bytes that wait to be sent.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<DataListVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

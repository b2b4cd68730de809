#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/sink_verbs.h"
#include "clients/pcctl/sink_view.h"
#include "clients/pcctl/table.h"

namespace pcd::pcctl {
namespace {

class SinkListVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "sink list needs one id; \"pcctl list\" shows them";
    request_.set_peer_connection_id(arguments[0]);
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    api::ListSinksResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status = context.client.media().ListSinks(call.get(), request_, &response);
    const Environment& environment = context.environment;
    if (!status.ok()) {
      return ReportError(status, request_.peer_connection_id(), context.options, environment.err);
    }
    if (context.options.json()) {
      PrintJson(ToJsonList("sinks", response.sinks()), environment.out);
    } else if (response.sinks().empty()) {
      environment.err << "No sinks.\n";
    } else {
      Table table;
      table.AddRow(SinkColumns());
      for (const api::Sink& sink : response.sinks()) table.AddRow(SinkRow(sink));
      table.Print(environment.out);
    }
    return ExitCode::kOk;
  }

 private:
  api::ListSinksRequest request_;
};

}  // namespace

const VerbEntry kSinkListVerb = {
    .name = "sink list",
    .arguments = "ID",
    .summary = "List the sinks of a connection with their counters.",
    .description =
        "SKIPPED are packets left out on purpose: while paused, or before the first key frame.\n"
        "DROPPED are those that the system refused to send.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<SinkListVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

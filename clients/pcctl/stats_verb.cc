#include "clients/pcctl/stats_verb.h"

#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/stats_view.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

class StatsVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddList({.name = "type",
                    .value_name = "TYPE",
                    .help = "Only this W3C type, such as inbound-rtp; may be repeated."},
                   &types_, EnumTexts(*api::StatsType_descriptor()));
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "stats needs one id; \"pcctl list\" shows them";
    request_.set_peer_connection_id(arguments[0]);
    for (const std::string& name : types_) {
      const auto type = ParseEnum(*api::StatsType_descriptor(), name);
      if (!type.has_value()) return "--type does not know '" + name + "'";
      request_.add_types(static_cast<api::StatsType>(*type));
    }
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    api::GetStatsResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.connections().GetStats(call.get(), request_, &response);
    if (!status.ok()) {
      return ReportError(status, request_.peer_connection_id(), context.options,
                         context.environment.err);
    }
    if (context.options.json()) {
      PrintJson(ToJson(response.report()), context.environment.out);
    } else {
      PrintStats(response.report(), context.environment.out);
    }
    return ExitCode::kOk;
  }

 private:
  std::vector<std::string> types_;
  api::GetStatsRequest request_;
};

}  // namespace

const VerbEntry kStatsVerb = {
    .name = "stats",
    .arguments = "ID [--type TYPE]...",
    .summary = "Show a connection's statistics (W3C webrtc-stats).",
    .description = "",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<StatsVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

#include "clients/pcctl/list_verb.h"

#include "clients/pcctl/connection_view.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/list_pages.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

class ListVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddString({.name = "selector",
                      .short_name = 'l',
                      .value_name = "SELECTOR",
                      .help = "Only connections whose labels fit: key=value, key!=value, key, "
                              "!key, joined by commas."},
                     request_.mutable_label_selector());
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) return "";
    return "list takes no arguments; \"pcctl get " + arguments[0] + "\" shows one connection";
  }

  // Pages are joined before anything is printed: columns fit all of them, and a failure in the
  // middle does not look like a complete list.
  ExitCode Run(const VerbContext& context) override {
    api::ListResponse all;
    const grpc::Status status = ListAllPages(context.client, request_, &all);
    if (!status.ok()) return ReportError(status, "", context.options, context.environment.err);
    Print(context, all);
    return ExitCode::kOk;
  }

 private:
  static void Print(const VerbContext& context, const api::ListResponse& all) {
    const Environment& environment = context.environment;
    if (context.options.json()) {
      Json json = ToJsonList("peerConnections", all.peer_connections());
      for (const std::string& node : all.unreachable()) json["unreachable"].push_back(node);
      PrintJson(json, environment.out);
    } else if (all.peer_connections().empty()) {
      environment.err << "No connections.\n";
    } else {
      Table table;
      table.AddRow(ConnectionColumns());
      for (const auto& connection : all.peer_connections()) {
        table.AddRow(ConnectionRow(connection, environment.now()));
      }
      table.Print(environment.out);
    }
    for (const std::string& node : all.unreachable()) {
      environment.err << "Warning: node " << Printable(node)
                      << " did not answer; its connections are missing.\n";
    }
  }

  api::ListRequest request_;
};

}  // namespace

const VerbEntry kListVerb = {
    .name = "list",
    .arguments = "[-l SELECTOR]",
    .summary = "List connections.",
    .description = "",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<ListVerb>(); },
};

}  // namespace pcd::pcctl

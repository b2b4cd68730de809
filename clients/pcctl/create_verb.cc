#include "clients/pcctl/create_verb.h"

#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

class CreateVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddList({.name = "label",
                    .value_name = "KEY=VALUE",
                    .help = "A label to find the connection by; may be repeated."},
                   &labels_);
    flags->AddString({.name = "suffix",
                      .value_name = "TEXT",
                      .help = "A readable ending of the id: letters, digits, - and _."},
                     request_.mutable_peer_connection_id_suffix());
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (!arguments.empty())
      return "create takes no arguments, but '" + arguments[0] + "' was given";
    return ParseLabels(labels_, request_.mutable_labels());
  }

  ExitCode Run(const VerbContext& context) override {
    api::CreateResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.connections().Create(call.get(), request_, &response);
    if (!status.ok()) return ReportError(status, "", context.options, context.environment.err);
    if (context.options.json()) {
      PrintJson(ToJson(response.peer_connection()), context.environment.out);
    } else {
      context.environment.out << Printable(response.peer_connection().peer_connection_id()) << '\n';
    }
    return ExitCode::kOk;
  }

 private:
  std::vector<std::string> labels_;
  api::CreateRequest request_;
};

}  // namespace

const VerbEntry kCreateVerb = {
    .name = "create",
    .arguments = "[--label KEY=VALUE]... [--suffix TEXT]",
    .summary = "Create a PeerConnection and print its id.",
    .description = "",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<CreateVerb>(); },
};

}  // namespace pcd::pcctl

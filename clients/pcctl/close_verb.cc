#include "clients/pcctl/close_verb.h"

#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

class CloseVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddSwitch(
        {.name = "graceful", .help = "First send what data channels have queued and flush sinks."},
        &graceful_);
    flags->AddString({.name = "message",
                      .short_name = 'm',
                      .value_name = "TEXT",
                      .help = "Why, for the event and the service's log."},
                     &message_);
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    ids_ = arguments;
    return ids_.empty() ? "close needs an id; \"pcctl list\" shows them" : "";
  }

  ExitCode Run(const VerbContext& context) override {
    ExitCode code = ExitCode::kOk;
    std::vector<api::PeerConnection> closed;
    for (const std::string& id : ids_) {
      api::CloseRequest request;
      request.set_peer_connection_id(id);
      request.set_graceful(graceful_);
      request.set_message(message_);
      api::CloseResponse response;
      const auto call = context.client.NewCall();
      const grpc::Status status =
          context.client.connections().Close(call.get(), request, &response);
      if (status.ok()) {
        if (!context.options.json()) context.environment.out << Printable(id) << " closed\n";
        closed.push_back(std::move(*response.mutable_peer_connection()));
        continue;
      }
      const ExitCode failed = ReportError(status, id, context.options, context.environment.err);
      if (code == ExitCode::kOk) code = failed;
      if (code == ExitCode::kUnreachable) break;
    }
    if (context.options.json()) PrintClosed(closed, context.environment.out);
    return code;
  }

 private:
  void PrintClosed(const std::vector<api::PeerConnection>& closed, std::ostream& out) const {
    if (ids_.size() > 1) PrintJson(ToJsonList("peerConnections", closed), out);
    if (ids_.size() == 1 && !closed.empty()) PrintJson(ToJson(closed[0]), out);
  }

  bool graceful_ = false;
  std::string message_;
  std::vector<std::string> ids_;
};

}  // namespace

const VerbEntry kCloseVerb = {
    .name = "close",
    .arguments = "ID... [--graceful] [-m TEXT]",
    .summary = "Close connections.",
    .description = "All of them are tried; the exit status is that of the first that failed.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<CloseVerb>(); },
    .nouns = kConnectionNoun,
    .repeats = true,
};

}  // namespace pcd::pcctl

#include "clients/pcctl/watch_verb.h"

#include <atomic>

#include "clients/pcctl/error_report.h"
#include "clients/pcctl/event_line.h"
#include "clients/pcctl/json.h"

namespace pcd::pcctl {
namespace {

// Of an id with a short node name and a short suffix.
constexpr size_t kUsualIdWidth = 44;

class WatchVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddString({.name = "selector",
                      .short_name = 'l',
                      .value_name = "SELECTOR",
                      .help = "Connections whose labels fit, as in \"pcctl list\"."},
                     request_.mutable_label_selector());
    flags->AddSwitch({.name = "all", .help = "All connections."}, &all_);
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    const int ways =
        (arguments.empty() ? 0 : 1) + (request_.label_selector().empty() ? 0 : 1) + (all_ ? 1 : 0);
    if (ways != 1) return "watch needs one of: ids, -l SELECTOR, --all";
    request_.mutable_peer_connection_ids()->Assign(arguments.begin(), arguments.end());
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    const auto call = context.client.NewStream();
    std::atomic<bool> interrupted = false;
    const auto guard = context.environment.guard_interrupts([&] {
      interrupted = true;
      call->TryCancel();
    });
    const bool written = Print(context, call.get());
    if (!written) call->TryCancel();
    const grpc::Status status = reader_->Finish();
    if (!written) return ExitCode::kFailed;
    if (interrupted || status.ok()) return ExitCode::kOk;
    // A watch that delivered what it could until --timeout did what it was asked for.
    const bool timed_out = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
    if (timed_out && synced_ && context.options.timeout.has_value()) return ExitCode::kOk;
    return ReportError(status, "", context.options, context.environment.err);
  }

 private:
  // Prints until the stream ends. False: the output cannot be written.
  bool Print(const VerbContext& context, grpc::ClientContext* call) {
    std::ostream& out = context.environment.out;
    reader_ = context.client.events().WatchEvents(call, request_);
    // Without named connections the first lines may show no id yet.
    const bool named = !request_.peer_connection_ids().empty();
    EventLinePrinter printer(&out, named ? 0 : kUsualIdWidth);
    api::WatchEventsResponse response;
    while (reader_->Read(&response)) {
      synced_ = synced_ || response.has_synced();
      if (context.options.json()) {
        PrintJsonLine(ToJson(response), out);
        out.flush();
      } else if (auto line = ToEventLine(response)) {
        printer.Print(std::move(*line));
      }
      if (!out) return false;
    }
    return true;
  }

  bool all_ = false;
  api::WatchEventsRequest request_;
  std::unique_ptr<grpc::ClientReaderInterface<api::WatchEventsResponse>> reader_;
  bool synced_ = false;
};

}  // namespace

const VerbEntry kWatchVerb = {
    .name = "watch",
    .arguments = "ID... | -l SELECTOR | --all",
    .summary = "Print events as they come.",
    .description =
        "Begins with the state of each connection, then prints one line for each event; with\n"
        "-o json one JSON object in each line, heartbeats included. Ends with status 0 on Ctrl-C,\n"
        "after --timeout, and when all connections named are closed.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<WatchVerb>(); },
    .nouns = kConnectionNoun,
    .repeats = true,
};

}  // namespace pcd::pcctl

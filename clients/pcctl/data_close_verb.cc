#include "clients/pcctl/data_verbs.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/text.h"
#include "clients/pcctl/try_all.h"

namespace pcd::pcctl {
namespace {

class DataCloseVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() < 2) {
      return "data close needs an id and a channel; \"pcctl data list ID\" shows them";
    }
    connection_ = arguments[0];
    channels_.assign(arguments.begin() + 1, arguments.end());
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    const Environment& environment = context.environment;
    std::vector<api::DataChannel> closed;
    const ExitCode code = TryAll(channels_, [&](const std::string& name) {
      api::CloseDataChannelRequest request;
      request.set_peer_connection_id(connection_);
      request.set_data_channel_id(name);
      api::CloseDataChannelResponse response;
      const auto call = context.client.NewCall();
      const grpc::Status status =
          context.client.data_channels().CloseDataChannel(call.get(), request, &response);
      if (!status.ok()) return ReportError(status, name, context.options, environment.err);
      closed.push_back(std::move(*response.mutable_data_channel()));
      if (!context.options.json()) {
        environment.out << Printable(name) << ' ' << EnumText(closed.back().ready_state()) << '\n';
      }
      return ExitCode::kOk;
    });
    if (context.options.json()) Print(closed, environment.out);
    return code;
  }

 private:
  void Print(const std::vector<api::DataChannel>& closed, std::ostream& out) const {
    if (channels_.size() > 1) PrintJson(ToJsonList("dataChannels", closed), out);
    if (channels_.size() == 1 && !closed.empty()) PrintJson(ToJson(closed[0]), out);
  }

  std::string connection_;
  std::vector<std::string> channels_;
};

}  // namespace

const VerbEntry kDataCloseVerb = {
    .name = "data close",
    .arguments = "ID CHANNEL...",
    .summary = "Close data channels, after what is queued has been sent.",
    .description =
        "Prints the state of each: \"closing\", or \"closed\" at once if it was not open yet.\n"
        "All of them are tried; the exit status is that of the first that failed.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<DataCloseVerb>(); },
    .nouns = kChannelNouns,
    .repeats = true,
};

}  // namespace pcd::pcctl

#include "clients/pcctl/data_verbs.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/input.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

// More than any message may have; guards against a wrong file.
constexpr size_t kMaxInputBytes = 16 << 20;

class DataSendVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddSwitch({.name = "binary", .help = "Send it as bytes, not as text."}, &binary_);
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() < 2 || arguments.size() > 3) {
      return "data send needs an id, a channel and a text, or - for input";
    }
    request_.set_peer_connection_id(arguments[0]);
    request_.set_data_channel_id(arguments[1]);
    from_input_ = arguments.size() == 2 || arguments[2] == "-";
    return from_input_ ? "" : SetPayload(arguments[2]);
  }

  ExitCode Run(const VerbContext& context) override {
    const Environment& environment = context.environment;
    if (from_input_) {
      const std::string error = ReadMessage(environment);
      if (!error.empty()) {
        environment.err << "Error: " << error << '\n';
        return ExitCode::kUsage;
      }
    }
    api::SendResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.data_channels().Send(call.get(), request_, &response);
    if (!status.ok()) {
      return ReportError(status, request_.data_channel_id(), context.options, environment.err);
    }
    if (context.options.json()) PrintJson(ToJson(response), environment.out);
    return ExitCode::kOk;
  }

 private:
  // Returns what is wrong; empty: nothing.
  std::string ReadMessage(const Environment& environment) {
    if (environment.input_is_terminal) environment.err << "Type the message, then press Ctrl-D.\n";
    const std::optional<std::string> input = ReadAll(environment.in, kMaxInputBytes);
    if (!input.has_value()) return "the input is longer than 16 MiB";
    return SetPayload(*input);
  }

  std::string SetPayload(const std::string& bytes) {
    if (binary_) {
      request_.mutable_message()->set_binary(bytes);
      return "";
    }
    if (!IsUtf8(bytes)) return "the text is not UTF-8; --binary sends any bytes";
    request_.mutable_message()->set_text(bytes);
    return "";
  }

  bool binary_ = false;
  bool from_input_ = false;
  api::SendRequest request_;
};

}  // namespace

const VerbEntry kDataSendVerb = {
    .name = "data send",
    .arguments = "ID CHANNEL [TEXT|-] [--binary]",
    .summary = "Send one message on a data channel.",
    .description =
        "Without TEXT, or with -, the whole standard input is the message, line ends included.\n"
        "Returns when the message is queued. Nothing is printed but, with -o json, how many bytes\n"
        "are queued on the channel then.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<DataSendVerb>(); },
    .nouns = kChannelNouns,
};

}  // namespace pcd::pcctl

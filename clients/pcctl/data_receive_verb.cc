#include <algorithm>
#include <atomic>
#include <optional>

#include "clients/pcctl/channel_view.h"
#include "clients/pcctl/data_verbs.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"

namespace pcd::pcctl {
namespace {

// Bytes that may be under way. The service holds the remote back when they are used up.
constexpr uint64_t kCredit = 1 << 20;
constexpr uint32_t kMaxCount = 0xFFFFFFFF;

using DataStream = grpc::ClientReaderWriterInterface<api::StreamRequest, api::StreamResponse>;

// What a message takes from the credit.
uint64_t Cost(const api::DataMessage& message) {
  return std::max<uint64_t>(message.text().size() + message.binary().size(), 1);
}

class DataReceiveVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddNumber({.name = "count", .value_name = "N", .help = "End after so many messages."}, 1,
                     kMaxCount, &count_);
    flags->AddSwitch(
        {.name = "take-over", .help = "Take the messages away from another stream that has them."},
        &take_over_);
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 2) {
      return "data receive needs an id and a channel; \"pcctl data list ID\" shows them";
    }
    connection_ = arguments[0];
    channel_ = arguments[1];
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    const auto call = context.client.NewStream();
    std::atomic<bool> interrupted = false;
    const auto guard = context.environment.guard_interrupts([&] {
      interrupted = true;
      call->TryCancel();
    });
    stream_ = context.client.data_channels().Stream(call.get());
    const bool written = Open() ? Print(context) : true;
    if (!written || is_complete()) call->TryCancel();
    // To the end, as the stream wants it.
    api::StreamResponse rest;
    while (stream_->Read(&rest)) {
    }
    const grpc::Status status = stream_->Finish();
    if (!written) return ExitCode::kFailed;
    if (interrupted || is_complete()) return ExitCode::kOk;
    return Conclude(status, context);
  }

 private:
  bool is_complete() const { return count_.has_value() && received_ >= *count_; }

  bool Open() {
    api::StreamRequest request;
    api::OpenDataStream* open = request.mutable_open();
    open->set_peer_connection_id(connection_);
    open->set_data_channel_id(channel_);
    // A credit of one lets one message through, whatever its length: with --count those that follow
    // stay for whoever comes next.
    open->set_initial_receive_credit(count_.has_value() ? 1 : kCredit);
    open->set_take_over(take_over_);
    return stream_->Write(request);
  }

  // Prints messages until they are enough or the stream ends. False: the output cannot be written.
  bool Print(const VerbContext& context) {
    std::ostream& out = context.environment.out;
    uint64_t used = 0;
    api::StreamResponse response;
    while (!is_complete() && stream_->Read(&response)) {
      opened_ = opened_ || response.has_opened();
      if (!response.has_message()) continue;
      ++received_;
      if (context.options.json()) {
        PrintJsonLine(ToJson(response.message()), out);
      } else {
        out << MessageText(response.message().message()) << '\n';
      }
      out.flush();
      if (!out) return false;
      used += Cost(response.message().message());
      if (is_complete() || (!count_.has_value() && used < kCredit / 2)) continue;
      api::StreamRequest more;
      more.set_receive_credit(used);
      // If it cannot be written the stream has ended, and the next Read says so.
      stream_->Write(more);
      used = 0;
    }
    return true;
  }

  // The stream ended, and neither Ctrl-C nor --count did it.
  ExitCode Conclude(const grpc::Status& status, const VerbContext& context) const {
    const bool timed_out = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && opened_ &&
                           context.options.timeout.has_value();
    if (!status.ok() && !timed_out) {
      return ReportError(status, channel_, context.options, context.environment.err);
    }
    if (!count_.has_value()) return ExitCode::kOk;
    context.environment.err << "Error: "
                            << (timed_out ? "the time is up" : "the channel has closed")
                            << " after " << received_ << " of " << *count_ << " messages\n";
    return timed_out ? ExitCode::kTimeout : ExitCode::kFailed;
  }

  std::optional<uint32_t> count_;
  bool take_over_ = false;
  std::string connection_;
  std::string channel_;
  std::unique_ptr<DataStream> stream_;
  bool opened_ = false;
  uint64_t received_ = 0;
};

}  // namespace

const VerbEntry kDataReceiveVerb = {
    .name = "data receive",
    .arguments = "ID CHANNEL [--count N] [--take-over]",
    .summary = "Print the messages of a data channel as they come.",
    .description =
        "One line for each: its text with control characters escaped, or \"binary, 2 bytes: "
        "00ff\";\n"
        "with -o json one JSON object. What came before is printed first, unless another stream "
        "had\n"
        "it. Ends with status 0 on Ctrl-C, when the channel closes, after --timeout and after\n"
        "--count messages; with fewer than --count, --timeout gives status 5 and the end of the\n"
        "channel status 1. Messages beyond --count are left to the next receiver.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<DataReceiveVerb>(); },
    .nouns = kChannelNouns,
};

}  // namespace pcd::pcctl

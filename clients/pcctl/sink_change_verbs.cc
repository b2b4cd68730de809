// `sink pause`, `sink resume` and `sink delete`: one call for each sink named.
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/sink_verbs.h"
#include "clients/pcctl/text.h"
#include "clients/pcctl/try_all.h"

namespace pcd::pcctl {
namespace {

class SinkChangeVerb : public Verb {
 public:
  // `verb` is the word after "sink", `done` what is printed after a sink's name.
  SinkChangeVerb(std::string verb, std::string done)
      : verb_(std::move(verb)), done_(std::move(done)) {}

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() < 2) {
      return "sink " + verb_ + " needs an id and a sink; \"pcctl sink list ID\" shows them";
    }
    connection_ = arguments[0];
    sinks_.assign(arguments.begin() + 1, arguments.end());
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    std::vector<api::Sink> changed;
    const Environment& environment = context.environment;
    const ExitCode code = TryAll(sinks_, [&](const std::string& name) {
      api::Sink sink;
      const grpc::Status status = Change(context.client, name, &sink);
      if (!status.ok()) return ReportError(status, name, context.options, environment.err);
      if (!context.options.json()) environment.out << Printable(name) << ' ' << done_ << '\n';
      changed.push_back(std::move(sink));
      return ExitCode::kOk;
    });
    if (context.options.json()) Print(changed, environment.out);
    return code;
  }

 protected:
  const std::string& connection() const { return connection_; }

 private:
  // Changes one sink; `sink` is what it is afterwards.
  virtual grpc::Status Change(Client& client, const std::string& name, api::Sink* sink) = 0;

  void Print(const std::vector<api::Sink>& changed, std::ostream& out) const {
    if (sinks_.size() > 1) PrintJson(ToJsonList("sinks", changed), out);
    if (sinks_.size() == 1 && !changed.empty()) PrintJson(ToJson(changed[0]), out);
  }

  const std::string verb_;
  const std::string done_;
  std::string connection_;
  std::vector<std::string> sinks_;
};

// Both directions of SinkSpec.paused.
class SinkPauseVerb : public SinkChangeVerb {
 public:
  explicit SinkPauseVerb(bool paused)
      : SinkChangeVerb(paused ? "pause" : "resume", paused ? "paused" : "resumed"),
        paused_(paused) {}

 private:
  grpc::Status Change(Client& client, const std::string& name, api::Sink* sink) override {
    api::UpdateSinkRequest request;
    request.set_peer_connection_id(connection());
    request.set_sink_id(name);
    request.mutable_spec()->set_paused(paused_);
    request.mutable_update_mask()->add_paths("paused");
    api::UpdateSinkResponse response;
    const auto call = client.NewCall();
    const grpc::Status status = client.media().UpdateSink(call.get(), request, &response);
    *sink = std::move(*response.mutable_sink());
    return status;
  }

  const bool paused_;
};

class SinkDeleteVerb : public SinkChangeVerb {
 public:
  SinkDeleteVerb() : SinkChangeVerb("delete", "deleted") {}

 private:
  grpc::Status Change(Client& client, const std::string& name, api::Sink* sink) override {
    api::DeleteSinkRequest request;
    request.set_peer_connection_id(connection());
    request.set_sink_id(name);
    api::DeleteSinkResponse response;
    const auto call = client.NewCall();
    const grpc::Status status = client.media().DeleteSink(call.get(), request, &response);
    *sink = std::move(*response.mutable_sink());
    return status;
  }
};

constexpr Noun kNouns[] = {Noun::kConnection, Noun::kSink};

}  // namespace

const VerbEntry kSinkPauseVerb = {
    .name = "sink pause",
    .arguments = "ID SINK...",
    .summary = "Have sinks send nothing for the time being.",
    .description = "All of them are tried; the exit status is that of the first that failed.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<SinkPauseVerb>(true); },
    .nouns = kNouns,
    .repeats = true,
};

const VerbEntry kSinkResumeVerb = {
    .name = "sink resume",
    .arguments = "ID SINK...",
    .summary = "Have paused sinks send again, from the next key frame on.",
    .description = "All of them are tried; the exit status is that of the first that failed.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<SinkPauseVerb>(false); },
    .nouns = kNouns,
    .repeats = true,
};

const VerbEntry kSinkDeleteVerb = {
    .name = "sink delete",
    .arguments = "ID SINK...",
    .summary = "Delete sinks.",
    .description = "All of them are tried; the exit status is that of the first that failed.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<SinkDeleteVerb>(); },
    .nouns = kNouns,
    .repeats = true,
};

}  // namespace pcd::pcctl

#include "clients/pcctl/describe_verb.h"

#include <algorithm>
#include <optional>

#include "clients/pcctl/candidate_view.h"
#include "clients/pcctl/describe_view.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/initial_watch.h"
#include "clients/pcctl/json.h"

namespace pcd::pcctl {
namespace {

constexpr uint32_t kUsualEvents = 20;
// The service keeps 1024 by default.
constexpr uint32_t kMostEvents = 1000;

class DescribeVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    flags->AddNumber({.name = "events",
                      .value_name = "N",
                      .help = "How many of the latest events to show, 0 to 1000. Default: 20."},
                     0, kMostEvents, &events_);
  }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "describe needs one id; \"pcctl list\" shows them";
    id_ = arguments[0];
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    Description description;
    grpc::Status status = ReadSnapshot(context.client, &description);
    if (status.ok()) status = ReadCandidates(context.client, &description);
    if (status.ok()) status = ReadEvents(context.client, &description);
    if (!status.ok()) return ReportError(status, id_, context.options, context.environment.err);
    if (context.options.json()) {
      PrintJson(ToJsonObject(description), context.environment.out);
    } else {
      PrintDescription(description, context.environment.now(), context.environment.out);
    }
    return ExitCode::kOk;
  }

 private:
  grpc::Status ReadSnapshot(Client& client, Description* description) const {
    api::WatchEventsRequest request;
    request.add_peer_connection_ids(id_);
    std::vector<api::WatchEventsResponse> messages;
    const grpc::Status status = ReadInitialWatch(client, request, &messages);
    if (!status.ok()) return status;
    for (api::WatchEventsResponse& message : messages) {
      if (!message.has_snapshot()) continue;
      description->snapshot = std::move(*message.mutable_snapshot());
      return status;
    }
    return {grpc::StatusCode::NOT_FOUND, "it was closed meanwhile"};
  }

  grpc::Status ReadCandidates(Client& client, Description* description) const {
    api::GetStatsRequest request;
    request.set_peer_connection_id(id_);
    AskForCandidates(&request);
    api::GetStatsResponse response;
    const auto call = client.NewCall();
    const grpc::Status status = client.connections().GetStats(call.get(), request, &response);
    description->candidates = std::move(*response.mutable_report());
    return status;
  }

  // The service keeps as many as it has room for. Instead of those before it tells of a gap, not
  // where that ends: fewer are asked for then.
  grpc::Status ReadEvents(Client& client, Description* description) const {
    const uint64_t last = description->snapshot.peer_connection().last_event_sequence();
    for (uint64_t wanted = events_.value_or(kUsualEvents); wanted > 0; wanted /= 2) {
      api::WatchEventsRequest request;
      request.add_peer_connection_ids(id_);
      (*request.mutable_resume_after())[id_] = last - std::min(last, wanted);
      std::vector<api::WatchEventsResponse> messages;
      const grpc::Status status = ReadInitialWatch(client, request, &messages);
      if (!status.ok()) return status;
      if (std::ranges::any_of(messages, [](const auto& each) { return each.has_gap(); })) continue;
      description->events = std::move(messages);
      break;
    }
    return grpc::Status::OK;
  }

  static Json ToJsonObject(const Description& description) {
    Json json = Json::object();
    json["snapshot"] = ToJson(description.snapshot);
    json["candidates"] = ToJson(description.candidates);
    json["events"] = Json::array();
    for (const api::WatchEventsResponse& message : description.events) {
      if (message.has_event()) json["events"].push_back(ToJson(message.event()));
    }
    return json;
  }

  std::string id_;
  std::optional<uint32_t> events_;
};

}  // namespace

const VerbEntry kDescribeVerb = {
    .name = "describe",
    .arguments = "ID [--events N]",
    .summary = "Show everything about one connection on one page.",
    .description =
        "State, transports, candidates and their pairs, transceivers, tracks, sinks, data channels "
        "and\nthe latest events. With -o json one object: \"snapshot\" (what \"pcctl watch\" "
        "begins with),\n\"candidates\" (the report of \"pcctl candidate list\") and \"events\".\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<DescribeVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

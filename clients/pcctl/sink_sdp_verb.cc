#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/sink_verbs.h"

namespace pcd::pcctl {
namespace {

class SinkSdpVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) return "sink sdp needs an id; \"pcctl list\" shows them";
    request_.set_peer_connection_id(arguments[0]);
    request_.mutable_sink_ids()->Assign(arguments.begin() + 1, arguments.end());
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    const Environment& environment = context.environment;
    const std::string& id = request_.peer_connection_id();
    if (request_.sink_ids().empty()) {
      const grpc::Status status = AddNegotiatedSinks(context.client);
      if (!status.ok()) return ReportError(status, id, context.options, environment.err);
      if (request_.sink_ids().empty()) {
        environment.err << "Error: no sink of the connection has a track\n"
                           "Hint: \"pcctl sink list ID\" shows their states.\n";
        return ExitCode::kFailed;
      }
    }
    api::GetSinkSdpResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status = context.client.media().GetSinkSdp(call.get(), request_, &response);
    if (!status.ok()) return ReportError(status, id, context.options, environment.err);
    if (context.options.json()) {
      PrintJson(ToJson(response), environment.out);
    } else {
      environment.out << response.sdp();
    }
    return ExitCode::kOk;
  }

 private:
  // Those that can be played: one that waits for its track has no codec, one that has ended sends
  // nothing any more.
  grpc::Status AddNegotiatedSinks(Client& client) {
    api::ListSinksRequest request;
    request.set_peer_connection_id(request_.peer_connection_id());
    api::ListSinksResponse response;
    const auto call = client.NewCall();
    const grpc::Status status = client.media().ListSinks(call.get(), request, &response);
    if (!status.ok()) return status;
    for (const api::Sink& sink : response.sinks()) {
      const bool no_track =
          sink.state() == api::SINK_STATE_WAITING || sink.state() == api::SINK_STATE_ENDED;
      if (!no_track) request_.add_sink_ids(sink.sink_id());
    }
    return status;
  }

  api::GetSinkSdpRequest request_;
};

constexpr Noun kNouns[] = {Noun::kConnection, Noun::kSink};

}  // namespace

const VerbEntry kSinkSdpVerb = {
    .name = "sink sdp",
    .arguments = "ID [SINK...]",
    .summary = "Print the SDP that ffmpeg, GStreamer or VLC need to play sinks.",
    .description =
        "One m-section for each sink, in the order given; without any: for all that have a track.\n"
        "pcctl sink sdp ID >sinks.sdp; ffplay -protocol_whitelist file,udp,rtp sinks.sdp\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<SinkSdpVerb>(); },
    .nouns = kNouns,
    .repeats = true,
};

}  // namespace pcd::pcctl

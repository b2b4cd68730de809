#include "clients/pcctl/accept_offer_verb.h"

#include <fstream>

#include "clients/pcctl/address.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/offer_input.h"
#include "clients/pcctl/sink_flags.h"
#include "clients/pcctl/table.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

class AcceptOfferVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override {
    sink_flags_.AddFlags(flags);
    flags->AddString({.name = "sink-sdp",
                      .value_name = "FILE",
                      .help = "Write the SDP that a receiver such as ffmpeg needs to play the "
                              "sinks."},
                     &sink_sdp_file_);
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
      return "accept-offer reads the offer from its input, not from arguments";
    std::string error = ParseLabels(labels_, request_.mutable_labels());
    if (error.empty()) error = sink_flags_.MakeSinks(request_.mutable_sinks());
    if (!error.empty()) return error;
    return !sink_sdp_file_.empty() && request_.sinks().empty() ? "--sink-sdp needs a sink" : "";
  }

  ExitCode Run(const VerbContext& context) override {
    std::ostream& err = context.environment.err;
    if (context.environment.input_is_terminal) err << "Paste the offer, then press Ctrl-D.\n";
    const OfferInput offer = ReadOffer(context.environment.in);
    if (!offer.error.empty()) {
      err << "Error: " << offer.error << '\n';
      return ExitCode::kUsage;
    }
    // Found out now: later there would be a connection whose sinks nobody can play.
    if (!sink_sdp_file_.empty() && !std::ofstream(sink_sdp_file_, std::ios::app)) {
      err << "Error: cannot write " << sink_sdp_file_ << '\n';
      return ExitCode::kFailed;
    }
    request_.mutable_offer()->set_type(api::SDP_TYPE_OFFER);
    request_.mutable_offer()->set_sdp(offer.sdp);
    api::AcceptOfferResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.connections().AcceptOffer(call.get(), request_, &response);
    if (!status.ok()) return ReportRefusal(status, context);
    const ExitCode sink_sdp = WriteSinkSdp(response, context);
    Print(response, context);
    return sink_sdp;
  }

 private:
  ExitCode ReportRefusal(const grpc::Status& status, const VerbContext& context) const {
    std::ostream& err = context.environment.err;
    const ExitCode code = ReportError(status, "", context.options, err);
    const uint64_t number = SdpLineNumber(status);
    const std::string line = Line(request_.offer().sdp(), number);
    if (!line.empty()) {
      err << "Line " << number << " of the offer: " << Printable(line) << '\n';
    }
    return code;
  }

  // Asks for the sinks that have a track and writes their SDP. Whatever fails here, the answer is
  // printed all the same: the connection is up and waits for its remote.
  ExitCode WriteSinkSdp(const api::AcceptOfferResponse& response, const VerbContext& context) {
    if (sink_sdp_file_.empty()) return ExitCode::kOk;
    std::ostream& err = context.environment.err;
    api::GetSinkSdpRequest request;
    request.set_peer_connection_id(response.peer_connection().peer_connection_id());
    for (const api::Sink& sink : response.sinks()) {
      if (sink.state() != api::SINK_STATE_WAITING) request.add_sink_ids(sink.sink_id());
    }
    if (request.sink_ids().empty()) {
      err << "Error: the offer has no track for any sink, so there is no --sink-sdp\n";
      return ExitCode::kFailed;
    }
    api::GetSinkSdpResponse sdp;
    const auto call = context.client.NewCall();
    const grpc::Status status = context.client.media().GetSinkSdp(call.get(), request, &sdp);
    if (!status.ok()) return ReportError(status, "sink SDP", context.options, err);
    std::ofstream file(sink_sdp_file_, std::ios::binary | std::ios::trunc);
    file << sdp.sdp();
    file.close();
    if (file) return ExitCode::kOk;
    err << "Error: cannot write " << sink_sdp_file_ << '\n';
    return ExitCode::kFailed;
  }

  static void Print(const api::AcceptOfferResponse& response, const VerbContext& context) {
    if (context.options.json()) {
      PrintJson(ToJson(response), context.environment.out);
      return;
    }
    context.environment.out << response.answer().sdp();
    context.environment.err << "connection  "
                            << Printable(response.peer_connection().peer_connection_id()) << '\n';
    Table summary;
    for (const api::Sink& sink : response.sinks()) {
      const auto& destination = sink.spec().destination();
      summary.AddRow(
          {"sink " + Printable(sink.sink_id()), ToString(destination.host(), destination.port()),
           Printable(sink.codec().codec().mime_type()),
           sink.state() == api::SINK_STATE_WAITING ? "waiting: no such track in the offer"
                                                   : EnumText(sink.state())});
    }
    summary.Print(context.environment.err);
    if (!response.gathering_complete()) {
      context.environment.err << "Warning: gathering took too long; candidates that the answer "
                                 "lacks come as events.\n";
    }
  }

  SinkFlags sink_flags_;
  std::string sink_sdp_file_;
  std::vector<std::string> labels_;
  api::AcceptOfferRequest request_;
};

}  // namespace

const VerbEntry kAcceptOfferVerb = {
    .name = "accept-offer",
    .arguments = "[--sink HOST:PORT] [--video-sink HOST:PORT]... [--audio-sink HOST:PORT]...",
    .summary = "Answer an offer and send its media to UDP ports.",
    .description =
        "Reads an offer from standard input, as SDP or as JSON.stringify(pc.localDescription), "
        "and\n"
        "prints the complete answer to standard output; the connection's id and sinks go to\n"
        "standard error. With -o json everything goes to standard output as one JSON object.\n"
        "The connection stays up after pcctl has ended: \"pcctl close ID\" ends it.\n"
        "Without a sink the media is received and dropped; data channels work all the same.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<AcceptOfferVerb>(); },
};

}  // namespace pcd::pcctl

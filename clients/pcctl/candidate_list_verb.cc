#include "clients/pcctl/candidate_verbs.h"
#include "clients/pcctl/candidate_view.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"

namespace pcd::pcctl {
namespace {

class CandidateListVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "candidate list needs one id; \"pcctl list\" shows them";
    request_.set_peer_connection_id(arguments[0]);
    AskForCandidates(&request_);
    return "";
  }

  ExitCode Run(const VerbContext& context) override {
    api::GetStatsResponse response;
    const auto call = context.client.NewCall();
    const grpc::Status status =
        context.client.connections().GetStats(call.get(), request_, &response);
    const Environment& environment = context.environment;
    if (!status.ok()) {
      return ReportError(status, request_.peer_connection_id(), context.options, environment.err);
    }
    if (context.options.json()) {
      PrintJson(ToJson(response.report()), environment.out);
      return ExitCode::kOk;
    }
    const Table candidates = CandidateTable(response.report());
    const Table pairs = CandidatePairTable(response.report());
    if (candidates.size() == 0) environment.err << "No candidates.\n";
    candidates.Print(environment.out);
    if (pairs.size() > 0) environment.out << '\n';
    pairs.Print(environment.out);
    return ExitCode::kOk;
  }

 private:
  api::GetStatsRequest request_;
};

}  // namespace

const VerbEntry kCandidateListVerb = {
    .name = "candidate list",
    .arguments = "ID",
    .summary = "List local and remote candidates and the candidate pairs.",
    .description =
        "USED are those that packets go by. With -o json the same statistics as of \"pcctl "
        "stats\".\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<CandidateListVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

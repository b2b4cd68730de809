// `candidate add` and `candidate end`.
#include <sstream>

#include "clients/pcctl/candidate_input.h"
#include "clients/pcctl/candidate_verbs.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/input.h"
#include "clients/pcctl/json.h"

namespace pcd::pcctl {
namespace {

// Hundreds of candidates; more than any service takes.
constexpr size_t kMaxInputBytes = 1 << 20;

// Adds one candidate and prints whether it was used.
ExitCode Add(const VerbContext& context, const std::string& connection,
             const api::IceCandidate& candidate, const std::string& subject) {
  api::AddIceCandidateRequest request;
  request.set_peer_connection_id(connection);
  *request.mutable_candidate() = candidate;
  api::AddIceCandidateResponse response;
  const auto call = context.client.NewCall();
  const grpc::Status status =
      context.client.connections().AddIceCandidate(call.get(), request, &response);
  const Environment& environment = context.environment;
  if (!status.ok()) return ReportError(status, subject, context.options, environment.err);
  if (context.options.json()) {
    PrintJsonLine(Json{{"used", response.used()}}, environment.out);
  } else if (response.used()) {
    environment.out << "used\n";
  } else {
    environment.out << "not used: kept for a description to come, known already, or of no use\n";
  }
  return ExitCode::kOk;
}

class CandidateAddVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override { section_.AddFlags(flags); }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 2) return "candidate add needs an id and a candidate, or - for input";
    connection_ = arguments[0];
    if (std::string error = section_.Check(); !error.empty()) return error;
    if (arguments[1] == "-") {
      from_input_ = true;
      return "";
    }
    candidates_.push_back(ReadCandidate(arguments[1], section_));
    return candidates_.back().error;
  }

  ExitCode Run(const VerbContext& context) override {
    std::ostream& err = context.environment.err;
    if (from_input_) {
      if (context.environment.input_is_terminal) {
        err << "Paste candidates, one in a line, then press Ctrl-D.\n";
      }
      if (const std::string error = ReadLines(context.environment.in); !error.empty()) {
        err << "Error: " << error << '\n';
        return ExitCode::kUsage;
      }
    }
    ExitCode first = ExitCode::kOk;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      const std::string subject =
          candidates_.size() == 1 ? connection_ : "candidate " + std::to_string(i + 1);
      const ExitCode code = Add(context, connection_, candidates_[i].candidate, subject);
      if (first == ExitCode::kOk) first = code;
      if (code == ExitCode::kUnreachable) break;
    }
    return first;
  }

 private:
  // All of them before the first call. Returns what is wrong.
  std::string ReadLines(std::istream& in) {
    const std::optional<std::string> text = ReadAll(in, kMaxInputBytes);
    if (!text.has_value()) return "the input is longer than 1 MiB";
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      const size_t end = line.find_last_not_of(" \t\r");
      if (end == std::string::npos) continue;
      line.erase(end + 1);
      line.erase(0, line.find_first_not_of(" \t"));
      candidates_.push_back(ReadCandidate(line, section_));
      const std::string& error = candidates_.back().error;
      if (!error.empty()) return "candidate " + std::to_string(candidates_.size()) + ": " + error;
    }
    return candidates_.empty() ? "there is no candidate on the input" : "";
  }

  SectionFlags section_;
  std::string connection_;
  bool from_input_ = false;
  std::vector<CandidateInput> candidates_;
};

class CandidateEndVerb : public Verb {
 public:
  void AddFlags(FlagSet* flags) override { section_.AddFlags(flags); }

  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return "candidate end needs one id; \"pcctl list\" shows them";
    connection_ = arguments[0];
    return section_.Check();
  }

  ExitCode Run(const VerbContext& context) override {
    api::IceCandidate end;
    section_.Apply(&end);
    return Add(context, connection_, end, connection_);
  }

 private:
  SectionFlags section_;
  std::string connection_;
};

}  // namespace

const VerbEntry kCandidateAddVerb = {
    .name = "candidate add",
    .arguments = "ID CANDIDATE|- [--mid MID | --mline-index N]",
    .summary = "Add candidates of the remote.",
    .description =
        "CANDIDATE is \"candidate:...\", for which a flag names the m-section, or what\n"
        "JSON.stringify(event.candidate) gives in the browser; null is the end of candidates.\n"
        "With - candidates come from standard input, one in a line. Each is answered by one line;\n"
        "with -o json by {\"used\": true} or {\"used\": false}.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<CandidateAddVerb>(); },
    .nouns = kConnectionNoun,
};

const VerbEntry kCandidateEndVerb = {
    .name = "candidate end",
    .arguments = "ID [--mid MID | --mline-index N]",
    .summary = "Tell that the remote has no more candidates.",
    .description = "Of one m-section, or without a flag of all of them.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<CandidateEndVerb>(); },
    .nouns = kConnectionNoun,
};

}  // namespace pcd::pcctl

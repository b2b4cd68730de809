#include "clients/pcctl/get_verb.h"

#include "clients/pcctl/connection_view.h"
#include "clients/pcctl/error_report.h"
#include "clients/pcctl/json.h"

namespace pcd::pcctl {
namespace {

class GetVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    ids_ = arguments;
    return ids_.empty() ? "get needs an id; \"pcctl list\" shows them" : "";
  }

  ExitCode Run(const VerbContext& context) override {
    ExitCode code = ExitCode::kOk;
    std::vector<api::PeerConnection> connections;
    for (const std::string& id : ids_) {
      api::GetRequest request;
      request.set_peer_connection_id(id);
      api::GetResponse response;
      const auto call = context.client.NewCall();
      const grpc::Status status = context.client.connections().Get(call.get(), request, &response);
      if (status.ok()) {
        connections.push_back(std::move(*response.mutable_peer_connection()));
        continue;
      }
      const ExitCode failed = ReportError(status, id, context.options, context.environment.err);
      if (code == ExitCode::kOk) code = failed;
      if (code == ExitCode::kUnreachable) break;
    }
    Print(context, connections);
    return code;
  }

 private:
  void Print(const VerbContext& context, const std::vector<api::PeerConnection>& connections) {
    std::ostream& out = context.environment.out;
    if (context.options.json()) {
      if (ids_.size() > 1) PrintJson(ToJsonList("peerConnections", connections), out);
      if (ids_.size() == 1 && !connections.empty()) PrintJson(ToJson(connections[0]), out);
      return;
    }
    for (size_t i = 0; i < connections.size(); ++i) {
      if (i > 0) out << '\n';
      PrintConnection(connections[i], context.environment.now(), out);
    }
  }

  std::vector<std::string> ids_;
};

}  // namespace

const VerbEntry kGetVerb = {
    .name = "get",
    .arguments = "ID...",
    .summary = "Show connections in detail.",
    .description =
        "With -o json everything is shown, descriptions included: one object for one "
        "id, and\n{\"peerConnections\": [...]} for several.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<GetVerb>(); },
    .nouns = kConnectionNoun,
    .repeats = true,
};

}  // namespace pcd::pcctl

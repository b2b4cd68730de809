#include "clients/pcctl/fake_service.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "peerconnection/v1/event_service.grpc.pb.h"
#include "peerconnection/v1/media_service.grpc.pb.h"
#include "peerconnection/v1/peer_connection_service.grpc.pb.h"

namespace pcd::pcctl {
namespace {

grpc::Status ToStatus(const FakeError& error) {
  const auto code = static_cast<grpc::StatusCode>(error.code);
  if (error.reason.empty()) return {code, error.message};
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain("peerconnection.v1");
  info.mutable_metadata()->insert(error.metadata.begin(), error.metadata.end());
  google::rpc::Status details;
  details.set_code(error.code);
  details.set_message(error.message);
  details.add_details()->PackFrom(info);
  return {code, error.message, details.SerializeAsString()};
}

// Never answers; ends when the caller gives up.
class SilentReactor : public grpc::ServerUnaryReactor {
 public:
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }
};

class WatchReactor : public grpc::ServerWriteReactor<api::WatchEventsResponse> {
 public:
  WatchReactor(const FakeServiceState* state, grpc::Status end)
      : state_(state), end_(std::move(end)) {
    Next();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnCancel() override {
    if (endless_) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (written_ < state_->watch.size()) {
      StartWrite(&state_->watch[written_++]);
    } else if (state_->on_endless_watch) {
      endless_ = true;
      state_->on_endless_watch();
    } else {
      Finish(end_);
    }
  }

  const FakeServiceState* const state_;
  const grpc::Status end_;
  size_t written_ = 0;
  std::atomic<bool> endless_ = false;
};

}  // namespace

class FakeService::Impl {
 public:
  Impl(FakeServiceState* state, const std::shared_ptr<grpc::ServerCredentials>& credentials)
      : connections_(state), media_(state), events_(state) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterService(&connections_);
    builder.RegisterService(&media_);
    builder.RegisterService(&events_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) std::abort();
  }

  ~Impl() { server_->Shutdown(std::chrono::system_clock::now()); }

  int port() const { return port_; }

 private:
  // What all services share.
  class Base {
   public:
    explicit Base(FakeServiceState* state) : state_(state) {}

   protected:
    grpc::Status ErrorOf(const std::string& method) const {
      const auto error = state_->errors.find(method);
      return error == state_->errors.end() ? grpc::Status::OK : ToStatus(error->second);
    }

    grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context, const std::string& method,
                                    const grpc::Status& status = grpc::Status::OK) const {
      if (state_->silent.contains(method)) return new SilentReactor;
      grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
      const grpc::Status error = ErrorOf(method);
      reactor->Finish(error.ok() ? status : error);
      return reactor;
    }

    FakeServiceState* const state_;
  };

  class Connections : public api::PeerConnectionService::CallbackService, private Base {
   public:
    using Base::Base;

    grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                     const api::CreateRequest* request,
                                     api::CreateResponse* response) override {
      state_->create_requests.push_back(*request);
      *response->mutable_peer_connection() = MakeConnection("made");
      return Reply(context, "Create");
    }

    grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                  const api::GetRequest* request,
                                  api::GetResponse* response) override {
      const auto found = Find(request->peer_connection_id());
      if (found == state_->connections.end()) {
        return Reply(context, "Get", NotFound(request->peer_connection_id()));
      }
      *response->mutable_peer_connection() = *found;
      return Reply(context, "Get");
    }

    grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                   const api::ListRequest* request,
                                   api::ListResponse* response) override {
      state_->list_requests.push_back(*request);
      const size_t begin = request->page_token().empty() ? 0 : std::stoul(request->page_token());
      const size_t end = std::min(begin + state_->page_size, state_->connections.size());
      for (size_t i = begin; i < end; ++i) {
        *response->add_peer_connections() = state_->connections[i];
      }
      if (end < state_->connections.size()) response->set_next_page_token(std::to_string(end));
      return Reply(context, begin == 0 ? "List" : "List later page");
    }

    grpc::ServerUnaryReactor* Close(grpc::CallbackServerContext* context,
                                    const api::CloseRequest* request,
                                    api::CloseResponse* response) override {
      state_->close_requests.push_back(*request);
      const auto found = Find(request->peer_connection_id());
      if (found == state_->connections.end()) {
        return Reply(context, "Close", NotFound(request->peer_connection_id()));
      }
      *response->mutable_peer_connection() = *found;
      state_->connections.erase(found);
      return Reply(context, "Close");
    }

    grpc::ServerUnaryReactor* GetStats(grpc::CallbackServerContext* context,
                                       const api::GetStatsRequest* request,
                                       api::GetStatsResponse* response) override {
      state_->get_stats_requests.push_back(*request);
      *response->mutable_report() = state_->stats_report;
      return Reply(context, "GetStats");
    }

    grpc::ServerUnaryReactor* AcceptOffer(grpc::CallbackServerContext* context,
                                          const api::AcceptOfferRequest* request,
                                          api::AcceptOfferResponse* response) override {
      state_->accept_offer_requests.push_back(*request);
      *response = state_->accept_offer_response;
      return Reply(context, "AcceptOffer");
    }

   private:
    std::vector<api::PeerConnection>::iterator Find(const std::string& id) {
      return std::find_if(state_->connections.begin(), state_->connections.end(),
                          [&id](const auto& each) { return each.peer_connection_id() == id; });
    }

    static grpc::Status NotFound(const std::string& id) {
      return ToStatus({.code = grpc::StatusCode::NOT_FOUND,
                       .reason = "PEER_CONNECTION_NOT_FOUND",
                       .message = "no connection has the id " + id,
                       .metadata = {{"domException", "InvalidStateError"}}});
    }
  };

  class Media : public api::MediaService::CallbackService, private Base {
   public:
    using Base::Base;

    grpc::ServerUnaryReactor* GetSinkSdp(grpc::CallbackServerContext* context,
                                         const api::GetSinkSdpRequest* request,
                                         api::GetSinkSdpResponse* response) override {
      state_->get_sink_sdp_requests.push_back(*request);
      response->set_sdp(state_->sink_sdp);
      return Reply(context, "GetSinkSdp");
    }
  };

  class Events : public api::EventService::CallbackService, private Base {
   public:
    using Base::Base;

    grpc::ServerWriteReactor<api::WatchEventsResponse>* WatchEvents(
        grpc::CallbackServerContext*, const api::WatchEventsRequest* request) override {
      state_->watch_requests.push_back(*request);
      return new WatchReactor(state_, ErrorOf("WatchEvents"));
    }
  };

  Connections connections_;
  Media media_;
  Events events_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

FakeService::FakeService()
    : impl_(std::make_unique<Impl>(&state, grpc::InsecureServerCredentials())) {
  address_ = "127.0.0.1:" + std::to_string(impl_->port());
}

FakeService::FakeService(const FakeServiceTls& tls) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls.ca;
  options.pem_key_cert_pairs.push_back({tls.key, tls.certificate});
  impl_ = std::make_unique<Impl>(&state, grpc::SslServerCredentials(options));
  address_ = "127.0.0.1:" + std::to_string(impl_->port());
}

FakeService::~FakeService() = default;

api::PeerConnection MakeConnection(const std::string& id,
                                   const std::map<std::string, std::string>& labels) {
  api::PeerConnection connection;
  connection.set_peer_connection_id(id);
  connection.mutable_labels()->insert(labels.begin(), labels.end());
  connection.set_revision(1);
  connection.set_connection_state(api::PEER_CONNECTION_STATE_NEW);
  connection.set_signaling_state(api::SIGNALING_STATE_STABLE);
  connection.set_ice_connection_state(api::ICE_CONNECTION_STATE_NEW);
  connection.set_ice_gathering_state(api::ICE_GATHERING_STATE_NEW);
  return connection;
}

}  // namespace pcd::pcctl

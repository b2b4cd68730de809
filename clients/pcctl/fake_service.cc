#include "clients/pcctl/fake_service.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "clients/pcctl/fake_data_channel_service.h"
#include "clients/pcctl/fake_media_service.h"
#include "clients/pcctl/fake_service_base.h"
#include "peerconnection/v1/event_service.grpc.pb.h"
#include "peerconnection/v1/peer_connection_service.grpc.pb.h"

namespace pcd::pcctl {
namespace {

class WatchReactor : public grpc::ServerWriteReactor<api::WatchEventsResponse> {
 public:
  WatchReactor(std::vector<api::WatchEventsResponse> messages, const FakeServiceState* state,
               grpc::Status end)
      : messages_(std::move(messages)), state_(state), end_(std::move(end)) {
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
    if (written_ < messages_.size()) {
      StartWrite(&messages_[written_++]);
    } else if (state_->on_endless_watch) {
      endless_ = true;
      state_->on_endless_watch();
    } else {
      Finish(end_);
    }
  }

  const std::vector<api::WatchEventsResponse> messages_;
  const FakeServiceState* const state_;
  const grpc::Status end_;
  size_t written_ = 0;
  std::atomic<bool> endless_ = false;
};

}  // namespace

class FakeService::Impl {
 public:
  Impl(FakeServiceState* state, const std::shared_ptr<grpc::ServerCredentials>& credentials)
      : connections_(state), media_(state), data_channels_(state), events_(state) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterService(&connections_);
    builder.RegisterService(&media_);
    builder.RegisterService(&data_channels_);
    builder.RegisterService(&events_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) std::abort();
  }

  ~Impl() { server_->Shutdown(std::chrono::system_clock::now()); }

  int port() const { return port_; }

 private:
  class Connections : public api::PeerConnectionService::CallbackService, private FakeServiceBase {
   public:
    using FakeServiceBase::FakeServiceBase;

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

    grpc::ServerUnaryReactor* AddIceCandidate(grpc::CallbackServerContext* context,
                                              const api::AddIceCandidateRequest* request,
                                              api::AddIceCandidateResponse* response) override {
      state_->add_ice_candidate_requests.push_back(*request);
      response->set_used(state_->candidate_used);
      return Reply(context, "AddIceCandidate");
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

  class Events : public api::EventService::CallbackService, private FakeServiceBase {
   public:
    using FakeServiceBase::FakeServiceBase;

    grpc::ServerWriteReactor<api::WatchEventsResponse>* WatchEvents(
        grpc::CallbackServerContext*, const api::WatchEventsRequest* request) override {
      state_->watch_requests.push_back(*request);
      std::vector<api::WatchEventsResponse> messages = state_->watch;
      if (state_->watch_requests.size() > 1 && !state_->later_watches.empty()) {
        messages = std::move(state_->later_watches.front());
        state_->later_watches.pop_front();
      }
      return new WatchReactor(std::move(messages), state_, ErrorOf("WatchEvents"));
    }
  };

  Connections connections_;
  FakeMediaService media_;
  FakeDataChannelService data_channels_;
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

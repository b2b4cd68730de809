#include "service/service_harness_testing.h"

#include <absl/status/status.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "engine/base/random.h"
#include "google/rpc/status.pb.h"
#include "service/error_comments_testing.h"

namespace pcd::service {
namespace {

constexpr std::chrono::seconds kDeadline{60};

// The code and the DOMException are ones that the contract names for the reason.
void ExpectAsInContract(const grpc::Status& status, const google::rpc::ErrorInfo& info) {
  static const auto& comments = *new auto(ReadErrorComments());
  const auto found = comments.find(info.reason());
  if (found == comments.end()) {
    ADD_FAILURE() << "no such reason: " << info.reason();
    return;
  }
  const ErrorComment& comment = found->second;
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  EXPECT_EQ(absl::StatusCodeToString(code), comment.code) << info.reason();
  const auto sent = info.metadata().find("domException");
  if (sent == info.metadata().end()) {
    EXPECT_TRUE(comment.dom_exceptions.empty()) << info.reason();
  } else if (!comment.any_dom_exception) {
    EXPECT_EQ(std::ranges::count(comment.dom_exceptions, sent->second), 1)
        << info.reason() << " with " << sent->second;
  }
}

}  // namespace

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(details.ParseFromString(status.error_details())) << status.error_message();
  EXPECT_EQ(details.code(), status.error_code());
  EXPECT_EQ(details.details_size(), 1) << status.error_message();
  if (details.details_size() == 1) {
    EXPECT_TRUE(details.details(0).UnpackTo(&info));
    EXPECT_EQ(info.domain(), "peerconnection.v1");
    ExpectAsInContract(status, info);
  }
  return info;
}

std::string Reason(const grpc::Status& status) {
  return status.ok() ? std::string() : InfoOf(status).reason();
}

std::unique_ptr<grpc::ClientContext> NewContext() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + kDeadline);
  return context;
}

ServiceHarness::ServiceHarness(Limits limits, ServerOptions options,
                               const ice::SharedPortOptions* port) {
  loops_ = *net::EventLoopPool::Create(1);
  ice::IceTransportFactory* shared_port_factory = &ice_;
  if (port != nullptr) {
    auto opened = ice::SharedPortFactory::Open({&loops_->loop(0)}, *port);
    EXPECT_TRUE(opened.ok()) << opened.status().message();
    shared_port_ = *std::move(opened);
    shared_port_factory = shared_port_.get();
  }
  EXPECT_TRUE(loops_->Start().ok());
  host_ = std::make_unique<host::Host>(
      std::vector<net::Loop*>{&loops_->loop(0)},
      peerconnection::Dependencies{.ice_factory = &ice_,
                                   .shared_port_factory = shared_port_factory,
                                   .sctp_factory = &sctp_,
                                   .sink_policy = &sink_policy_},
      host::Host::Options{.node_name = "test", .limits = limits},
      std::make_unique<SeededRandom>(1));
  options.listen_address = "127.0.0.1:0";
  auto server = Server::Start(*host_, options);
  EXPECT_TRUE(server.ok()) << server.status().message();
  server_ = *std::move(server);
  channel_ = server_->InProcessChannel();
  connections = v1::PeerConnectionService::NewStub(channel_);
  media = v1::MediaService::NewStub(channel_);
  data = v1::DataChannelService::NewStub(channel_);
  events = v1::EventService::NewStub(channel_);
}

void ServiceHarness::StopServer() {
  std::promise<void> closed;
  host_->Shutdown([&closed] { closed.set_value(); });
  closed.get_future().wait();
  server_->Shutdown(std::chrono::seconds(5));
}

ServiceHarness::~ServiceHarness() {
  StopServer();
  loops_->Stop();
}

std::string ServiceHarness::Create(const std::string& suffix) {
  v1::CreateRequest request;
  request.set_peer_connection_id_suffix(suffix);
  v1::CreateResponse response;
  const grpc::Status status =
      Call(&v1::PeerConnectionService::Stub::Create, *connections, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.peer_connection().peer_connection_id();
}

grpc::Status ServiceHarness::Close(const std::string& id) {
  v1::CloseRequest request;
  request.set_peer_connection_id(id);
  v1::CloseResponse response;
  return Call(&v1::PeerConnectionService::Stub::Close, *connections, request, &response);
}

v1::PeerConnection ServiceHarness::Get(const std::string& id) {
  v1::GetRequest request;
  request.set_peer_connection_id(id);
  v1::GetResponse response;
  const grpc::Status status =
      Call(&v1::PeerConnectionService::Stub::Get, *connections, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.peer_connection();
}

void ServiceHarness::Negotiate(const std::string& offerer, const std::string& answerer) {
  const auto set_local = [this](const std::string& id) {
    v1::SetLocalDescriptionRequest request;
    request.set_peer_connection_id(id);
    v1::SetLocalDescriptionResponse response;
    const grpc::Status status = Call(&v1::PeerConnectionService::Stub::SetLocalDescription,
                                     *connections, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.peer_connection().local_description();
  };
  const auto set_remote = [this](const std::string& id, const v1::SessionDescription& description) {
    v1::SetRemoteDescriptionRequest request;
    request.set_peer_connection_id(id);
    *request.mutable_description() = description;
    v1::SetRemoteDescriptionResponse response;
    const grpc::Status status = Call(&v1::PeerConnectionService::Stub::SetRemoteDescription,
                                     *connections, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  };
  set_remote(answerer, set_local(offerer));
  set_remote(offerer, set_local(answerer));
}

EventReader::EventReader(ServiceHarness& service, const v1::WatchEventsRequest& request)
    : context_(NewContext()), reader_(service.events->WatchEvents(context_.get(), request)) {}

EventReader::~EventReader() {
  if (finished_) return;
  Cancel();
  Finish();
}

v1::WatchEventsResponse EventReader::Next() {
  v1::WatchEventsResponse response;
  if (!reader_->Read(&response)) ADD_FAILURE() << "the stream has ended";
  return response;
}

v1::WatchEventsResponse EventReader::Until(
    const std::function<bool(const v1::WatchEventsResponse&)>& wanted) {
  v1::WatchEventsResponse response;
  while (reader_->Read(&response)) {
    if (wanted(response)) return response;
  }
  ADD_FAILURE() << "the stream has ended";
  return {};
}

std::vector<v1::WatchEventsResponse> EventReader::Initial() {
  std::vector<v1::WatchEventsResponse> initial;
  v1::WatchEventsResponse response;
  while (reader_->Read(&response)) {
    if (response.has_synced()) return initial;
    initial.push_back(response);
  }
  ADD_FAILURE() << "the stream has ended";
  return initial;
}

grpc::Status EventReader::Finish(std::vector<v1::WatchEventsResponse>* rest) {
  v1::WatchEventsResponse response;
  while (reader_->Read(&response)) {
    if (rest != nullptr) rest->push_back(response);
  }
  finished_ = true;
  return reader_->Finish();
}

}  // namespace pcd::service

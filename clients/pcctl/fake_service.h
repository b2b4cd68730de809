// The service as far as pcctl uses it, in this process: it answers what a test tells it to.
#ifndef CLIENTS_PCCTL_FAKE_SERVICE_H_
#define CLIENTS_PCCTL_FAKE_SERVICE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/event_service.pb.h"
#include "peerconnection/v1/lifecycle_messages.pb.h"
#include "peerconnection/v1/single_shot_messages.pb.h"
#include "peerconnection/v1/sink_messages.pb.h"
#include "peerconnection/v1/stats_messages.pb.h"

namespace pcd::pcctl {

// How a call fails. Without a reason there is no ErrorInfo, as when the error arises on the way.
struct FakeError {
  // Canonical gRPC code.
  int code = 0;
  std::string reason;
  std::string message;
  std::map<std::string, std::string> metadata;
};

// What a test sets and reads. Set it before calls are made, read it after they returned.
struct FakeServiceState {
  // What Get, List and Close know; Close removes.
  std::vector<api::PeerConnection> connections;
  // Most connections on a page, whatever page size is asked for.
  size_t page_size = 2;
  api::AcceptOfferResponse accept_offer_response;
  std::string sink_sdp;
  api::StatsReport stats_report;
  // What a watch delivers before it ends (with the error of "WatchEvents", if there is one).
  std::vector<api::WatchEventsResponse> watch;
  // The watch goes on until the caller cancels it; called once it has begun.
  std::function<void()> on_endless_watch;
  // By method name; "List later page" is List with a page token.
  std::map<std::string, FakeError> errors;
  // Methods that never answer.
  std::map<std::string, bool> silent;

  std::vector<api::CreateRequest> create_requests;
  std::vector<api::ListRequest> list_requests;
  std::vector<api::CloseRequest> close_requests;
  std::vector<api::AcceptOfferRequest> accept_offer_requests;
  std::vector<api::GetSinkSdpRequest> get_sink_sdp_requests;
  std::vector<api::GetStatsRequest> get_stats_requests;
  std::vector<api::WatchEventsRequest> watch_requests;
};

// PEM texts of a server that demands certificates of its clients.
struct FakeServiceTls {
  std::string ca;
  std::string certificate;
  std::string key;
};

// Listens on a port of its own on loopback while it lives.
class FakeService {
 public:
  FakeService();
  explicit FakeService(const FakeServiceTls& tls);
  ~FakeService();

  // host:port.
  const std::string& address() const { return address_; }

  FakeServiceState state;

 private:
  class Impl;

  std::string address_;
  std::unique_ptr<Impl> impl_;
};

// A connection as the service would show it.
api::PeerConnection MakeConnection(const std::string& id,
                                   const std::map<std::string, std::string>& labels = {});

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FAKE_SERVICE_H_

// What the fake service answers, and what it was asked.
#ifndef CLIENTS_PCCTL_FAKE_SERVICE_STATE_H_
#define CLIENTS_PCCTL_FAKE_SERVICE_STATE_H_

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/data_channel_service.pb.h"
#include "peerconnection/v1/event_service.pb.h"
#include "peerconnection/v1/lifecycle_messages.pb.h"
#include "peerconnection/v1/negotiation_messages.pb.h"
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
  // Whether AddIceCandidate says so.
  bool candidate_used = true;
  // What ListSinks lists; calls that name a sink know these and nothing else.
  std::vector<api::Sink> sinks;
  // The same of data channels.
  std::vector<api::DataChannel> data_channels;
  // What a data stream delivers, one by one as far as its credit goes, before it ends (with the
  // error of "Stream", if there is one).
  std::vector<api::DataMessage> messages;
  // The stream goes on until the caller cancels it; called once all has been delivered.
  std::function<void()> on_endless_stream;
  // What a watch delivers before it ends (with the error of "WatchEvents", if there is one).
  std::vector<api::WatchEventsResponse> watch;
  // What the watches after the first one deliver, one element for each; then `watch` again.
  std::deque<std::vector<api::WatchEventsResponse>> later_watches;
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
  std::vector<api::AddIceCandidateRequest> add_ice_candidate_requests;
  std::vector<api::CreateSinkRequest> create_sink_requests;
  std::vector<api::UpdateSinkRequest> update_sink_requests;
  std::vector<api::DeleteSinkRequest> delete_sink_requests;
  std::vector<api::CreateDataChannelRequest> create_data_channel_requests;
  std::vector<api::CloseDataChannelRequest> close_data_channel_requests;
  std::vector<api::SendRequest> send_requests;
  // Complete once a stream ended by itself, or delivered as many messages as it has credit for.
  std::vector<api::StreamRequest> stream_requests;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FAKE_SERVICE_STATE_H_

#include "tests/bench/data_load.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/status.h"

namespace pcd::bench {
namespace v1 = ::peerconnection::v1;
namespace {

constexpr size_t kMessageBytes = 16 * 1024;
constexpr uint64_t kReceiveCredit = 8 << 20;

void Require(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s: %s\n", what, status.ToString().c_str());
  std::exit(1);
}

}  // namespace

DataLoad::DataLoad(ServiceClient& service) : service_(service) {
  auto loop = net::EventLoop::Create({.name = "load"});
  Require(loop.status(), "event loop");
  loop_ = std::move(*loop);
  sctp_ = std::make_unique<sctp::UsrsctpAssociationFactory>(*loop_);
  Require(loop_->Start(), "event loop");
  RunOnLoop([this] {
    auto created = pcd::peerconnection::PeerConnection::Create(
        *loop_,
        pcd::peerconnection::Dependencies{.ice_factory = &ice_,
                                          .sctp_factory = sctp_.get(),
                                          .sink_policy = &policy_,
                                          .sink_claims = &claims_},
        {}, {.id = "load"});
    Require(created.status(), "connection");
    connection_ = std::move(*created);
    Require(connection_->CreateDataChannel({.label = "load"}, "load").status(), "channel");
    Require(connection_->SetLocalDescription(std::nullopt).status(), "offer");
  });
  SessionDescription offer;
  WaitFor([&] {
    if (connection_->Info().ice_gathering_state != IceGatheringState::kComplete) return false;
    offer = *connection_->Info().local_description;
    return true;
  });
  const AcceptedOffer accepted = service_.AcceptOffer(offer, 0);
  remote_id_ = accepted.peer_connection_id;
  RunOnLoop([&] { Require(connection_->SetRemoteDescription(accepted.answer), "answer"); });
  WaitFor([this] {
    const auto channel = connection_->GetDataChannel("load");
    return channel.ok() && channel->info.state == DataChannelState::kOpen;
  });
}

DataLoad::~DataLoad() {
  service_.Close(remote_id_);
  RunOnLoop([this] { connection_.reset(); });
  RunOnLoop([this] { sctp_.reset(); });
  loop_->Stop();
}

void DataLoad::RunOnLoop(net::Task task) {
  std::promise<void> ran;
  loop_->Post([&ran, task = std::move(task)]() mutable {
    task();
    ran.set_value();
  });
  ran.get_future().wait();
}

void DataLoad::WaitFor(const std::function<bool()>& done) {
  for (bool reached = false; !reached;) {
    RunOnLoop([&] { reached = done(); });
    if (!reached) usleep(1000);
  }
}

uint64_t DataLoad::Transfer(uint64_t bytes) {
  grpc::ClientContext context;
  auto stream = service_.data_channels().Stream(&context);
  v1::StreamRequest open;
  open.mutable_open()->set_peer_connection_id(remote_id_);
  open.mutable_open()->set_initial_receive_credit(kReceiveCredit);
  stream->Write(open);
  std::thread sender([this, bytes] {
    const std::vector<uint8_t> message(kMessageBytes, 0x5A);
    for (uint64_t sent = 0; sent < bytes;) {
      bool full = false;
      RunOnLoop([&] {
        while (sent < bytes && !full) {
          full = !connection_->Send("load", true, message).ok();
          if (!full) sent += message.size();
        }
      });
      if (full) usleep(1000);
    }
  });
  uint64_t received = 0;
  uint64_t since_credit = 0;
  v1::StreamResponse response;
  while (received < bytes && stream->Read(&response)) {
    if (!response.has_message()) continue;
    const size_t size = response.message().message().binary().size();
    received += size;
    since_credit += size;
    if (since_credit < kReceiveCredit / 4) continue;
    v1::StreamRequest credit;
    credit.set_receive_credit(since_credit);
    stream->Write(credit);
    since_credit = 0;
  }
  sender.join();
  context.TryCancel();
  stream->Finish();
  return received;
}

}  // namespace pcd::bench

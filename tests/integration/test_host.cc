#include "tests/integration/test_host.h"

#include <chrono>
#include <thread>
#include <utility>

#include "engine/net/system_random.h"

namespace pcd::tests {

TestHost::TestHost(size_t loops, const Limits& limits, IceBackend ice_backend) {
  pool_ = std::move(net::EventLoopPool::Create(loops)).value();
  sctp_ = std::make_unique<sctp::UsrsctpAssociationFactory>(pool_->loop(0));
  std::vector<net::Loop*> pointers;
  for (size_t i = 0; i < pool_->size(); ++i) pointers.push_back(&pool_->loop(i));
  shared_ports_ = std::move(ice::SharedPortFactory::Open(pointers, {})).value();
  host_ = std::make_unique<host::Host>(
      std::move(pointers),
      peerconnection::Dependencies{.ice_factory = &ice_,
                                   .shared_port_factory = shared_ports_.get(),
                                   .default_ice_backend = ice_backend,
                                   .sctp_factory = sctp_.get(),
                                   .sink_policy = &policy_},
      host::Host::Options{.node_name = "test", .limits = limits},
      std::make_unique<net::SystemRandom>());
  if (!pool_->Start().ok()) std::abort();
}

TestHost::~TestHost() {
  std::promise<void> done;
  host_->Shutdown([&done] { done.set_value(); });
  done.get_future().wait();
  pool_->Stop();
  host_.reset();
}

absl::StatusOr<host::PeerConnectionInfo> TestHost::Create() {
  std::promise<absl::StatusOr<host::PeerConnectionInfo>> promise;
  host_->Create({}, [&promise](absl::StatusOr<host::PeerConnectionInfo> info) {
    promise.set_value(std::move(info));
  });
  return promise.get_future().get();
}

void TestHost::RunOn(size_t index, net::Task task) {
  std::promise<void> ran;
  pool_->loop(index).Post([&ran, task = std::move(task)]() mutable {
    task();
    ran.set_value();
  });
  ran.get_future().wait();
}

bool TestHost::WaitFor(const std::string& id,
                       const std::function<bool(host::PeerConnection&)>& done,
                       std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < end) {
    const auto reached = Call<bool>(
        id, [&done](host::PeerConnection& pc) -> absl::StatusOr<bool> { return done(pc); });
    if (!reached.ok()) return false;
    if (*reached) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace pcd::tests

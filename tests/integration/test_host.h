// A host on real loops with shared ports, libnice and usrsctp, for tests over loopback.
#ifndef TESTS_INTEGRATION_TEST_HOST_H_
#define TESTS_INTEGRATION_TEST_HOST_H_

#include <future>
#include <memory>
#include <string>

#include "engine/host/host.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/ice/shared_port_factory.h"
#include "engine/net/address_policy.h"
#include "engine/net/event_loop_pool.h"
#include "engine/sctp/usrsctp_association_factory.h"

namespace pcd::tests {

// Threading: made and destroyed by the test's thread; its methods block that thread.
class TestHost {
 public:
  // `ice_backend`: what connections get that leave it open, kAuto or kFull.
  explicit TestHost(size_t loops = 2, const Limits& limits = {},
                    IceBackend ice_backend = IceBackend::kAuto);
  ~TestHost();

  host::Host& host() { return *host_; }
  net::EventLoop& loop(size_t index) { return pool_->loop(index); }
  ice::IceTransportFactory& ice() { return ice_; }  // Full ICE.
  ice::SharedPortFactory& shared_ports() { return *shared_ports_; }

  absl::StatusOr<host::PeerConnectionInfo> Create();

  // Runs on the connection's loop and waits for the result.
  template <typename T>
  absl::StatusOr<T> Call(const std::string& id,
                         absl::AnyInvocable<absl::StatusOr<T>(host::PeerConnection&)> operation) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<T>>>();
    auto future = promise->get_future();
    host_->Call<T>(id, std::move(operation),
                   [promise](absl::StatusOr<T> result) { promise->set_value(std::move(result)); });
    return future.get();
  }

  // Runs a task on a loop and waits until it has run.
  void RunOn(size_t index, net::Task task);

  // Asks again and again, each time on the connection's loop, until `done` holds. The time-out
  // is a safeguard against hanging, not part of what is tested.
  [[nodiscard]] bool WaitFor(const std::string& id,
                             const std::function<bool(host::PeerConnection&)>& done,
                             std::chrono::seconds limit = std::chrono::seconds(60));

 private:
  std::unique_ptr<net::EventLoopPool> pool_;
  ice::NiceIceTransportFactory ice_;
  std::unique_ptr<ice::SharedPortFactory> shared_ports_;
  std::unique_ptr<sctp::UsrsctpAssociationFactory> sctp_;
  net::AddressPolicy policy_;
  std::unique_ptr<host::Host> host_;
};

}  // namespace pcd::tests

#endif  // TESTS_INTEGRATION_TEST_HOST_H_

// The service as far as pcctl uses it, in this process: it answers what a test tells it to.
#ifndef CLIENTS_PCCTL_FAKE_SERVICE_H_
#define CLIENTS_PCCTL_FAKE_SERVICE_H_

#include <map>
#include <memory>
#include <string>

#include "clients/pcctl/api.h"
#include "clients/pcctl/fake_service_state.h"
#include "peerconnection/v1/peer_connection.pb.h"

namespace pcd::pcctl {

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

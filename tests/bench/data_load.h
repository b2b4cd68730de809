// A PeerConnection of the engine in this process sends over a data channel; the service hands
// the messages to a gRPC stream, read here.
#ifndef TESTS_BENCH_DATA_LOAD_H_
#define TESTS_BENCH_DATA_LOAD_H_

#include <memory>
#include <string>

#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/net/address_policy.h"
#include "engine/net/destination_claims.h"
#include "engine/net/event_loop.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/sctp/usrsctp_association_factory.h"
#include "tests/bench/service_client.h"

namespace pcd::bench {

// Threading: one thread, which its methods block.
class DataLoad {
 public:
  explicit DataLoad(ServiceClient& service);  // Connects and opens one channel.
  ~DataLoad();

  // Sends messages of 16 KiB, `bytes` in all, and returns how many bytes the stream gave back.
  uint64_t Transfer(uint64_t bytes);

 private:
  void RunOnLoop(net::Task task);
  void WaitFor(const std::function<bool()>& done);

  ServiceClient& service_;
  std::unique_ptr<net::EventLoop> loop_;
  ice::NiceIceTransportFactory ice_;
  std::unique_ptr<sctp::UsrsctpAssociationFactory> sctp_;
  net::AddressPolicy policy_;
  net::DestinationClaims claims_;
  std::unique_ptr<peerconnection::PeerConnection> connection_;
  std::string remote_id_;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_DATA_LOAD_H_

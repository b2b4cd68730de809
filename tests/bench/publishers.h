// Many publishers on one loop of the load generator, each connected to the service.
#ifndef TESTS_BENCH_PUBLISHERS_H_
#define TESTS_BENCH_PUBLISHERS_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/net/event_loop.h"
#include "engine/testing/publisher.h"
#include "tests/bench/service_client.h"

namespace pcd::bench {

// Threading: one thread, which its methods block; the publishers live on the loop.
class Publishers {
 public:
  // `payload_bytes` makes packets of 1,100 bytes with SRTP, see rows.cc.
  Publishers(ServiceClient& service, SrtpProfile profile, uint16_t sink_port);
  ~Publishers();

  // Adds `count` connected ones.
  void Connect(size_t count);
  // Sends `rate` packets a second of each for `seconds`; returns how many were sent in all.
  uint64_t Send(double rate, double seconds);
  size_t size() const { return publishers_.size(); }

 private:
  void RunOnLoop(net::Task task);
  void WaitConnected(testing::Publisher& publisher);

  ServiceClient& service_;
  const SrtpProfile profile_;
  const uint16_t sink_port_;
  std::unique_ptr<net::EventLoop> loop_;
  ice::NiceIceTransportFactory ice_;
  std::vector<std::unique_ptr<testing::Publisher>> publishers_;
  std::vector<uint16_t> sequences_;
  std::vector<std::string> ids_;
  uint64_t refused_ = 0;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_PUBLISHERS_H_

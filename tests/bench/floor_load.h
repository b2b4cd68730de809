// Sends SRTP packets to the raw floor, paced as Publishers paces them.
#ifndef TESTS_BENCH_FLOOR_LOAD_H_
#define TESTS_BENCH_FLOOR_LOAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/packet.h"
#include "engine/srtp/srtp_session.h"

namespace pcd::bench {

// Threading: one thread.
class FloorLoad {
 public:
  // `ports`: as the floor prints them, separated by spaces.
  FloorLoad(const std::string& ports, SrtpProfile profile);
  ~FloorLoad();

  uint64_t Send(double rate, double seconds);

 private:
  struct Stream {
    int fd = -1;
    uint16_t sequence = 0;
    std::unique_ptr<srtp::SrtpSession> session;
  };
  bool SendOne(Stream& stream);

  std::vector<Stream> streams_;
  PacketPool pool_;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_FLOOR_LOAD_H_

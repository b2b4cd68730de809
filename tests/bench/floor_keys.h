// The SRTP key that the raw floor and its sender share: nothing is secret here.
#ifndef TESTS_BENCH_FLOOR_KEYS_H_
#define TESTS_BENCH_FLOOR_KEYS_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "engine/srtp/srtp_session.h"

namespace pcd::bench {

inline std::unique_ptr<srtp::SrtpSession> FloorSession(srtp::SrtpDirection direction,
                                                       SrtpProfile profile) {
  const std::vector<uint8_t> key(srtp::MasterKeyLength(profile), 0x11);
  const std::vector<uint8_t> salt(srtp::MasterSaltLength(profile), 0x22);
  auto session = srtp::SrtpSession::Create(direction, profile, key, salt, 16);
  if (!session.ok()) {
    std::fprintf(stderr, "bench: %s\n", session.status().ToString().c_str());
    std::exit(1);
  }
  return std::move(*session);
}

}  // namespace pcd::bench

#endif  // TESTS_BENCH_FLOOR_KEYS_H_

// Connectivity checks made to order, as a peer or an attacker would send them.
#ifndef ENGINE_ICE_CHECK_TESTING_H_
#define ENGINE_ICE_CHECK_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/ice/stun_attributes.h"
#include "engine/model/ice.h"

namespace pcd::ice {

struct CheckToMake {
  std::string username{};  // Empty: none.
  std::string password{};  // Empty: without MESSAGE-INTEGRITY.
  std::optional<uint32_t> priority = 1845501695;
  std::optional<uint64_t> controlling = 1;
  std::optional<uint64_t> controlled{};
  bool use_candidate = false;
  std::vector<uint16_t> unknown{};  // Attributes of unknown_size bytes, at most 4.
  size_t unknown_size = 4;
  bool fingerprint = true;
  std::optional<uint32_t> transaction{};  // Absent: another one each time it is made.
};

// A valid check of a peer that controls.
CheckToMake CheckFor(const IceParameters& ours, const IceParameters& peers,
                     bool use_candidate = false);

// The same bytes twice are a replay or a retransmission.
std::vector<uint8_t> MakeCheck(const CheckToMake& check);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_CHECK_TESTING_H_

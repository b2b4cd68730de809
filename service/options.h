// What peerconnectiond is started with.
#ifndef SERVICE_OPTIONS_H_
#define SERVICE_OPTIONS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/model/enums.h"
#include "service/flag_set.h"
#include "service/server_options.h"

namespace pcd::service {

std::vector<std::string> DefaultSrtpProfiles();

struct Options {
  ServerOptions server{};
  Limits limits{};
  std::string log_level = "info";
  std::string node_name{};  // Empty: the machine's host name.
  int64_t media_loops = 0;  // 0: one per core.
  std::vector<std::string> sink_allow{"127.0.0.0/8", "::1"};
  std::vector<std::string> ice_addresses{};  // Empty: those of the machine.
  bool ice_loopback = true;
  // Which of the machine's are used; see ice::AddressRules.
  std::vector<std::string> ice_interfaces{};
  std::vector<std::string> ice_excluded_interfaces{};
  std::vector<std::string> ice_networks{};
  std::string udp_ports{};  // Of full ICE: "40000-49999"; empty: any.
  // Of the first media loop's shared port, the following loops take the next; 0: any.
  int64_t media_port = 0;
  bool ice_tcp = false;                 // The media ports listen on TCP, too.
  std::vector<std::string> announce{};  // See ice::AnnouncedAddress.
  // Where STUN and TURN servers may be; empty: see ice::ServerPolicy.
  std::vector<std::string> ice_server_allow{};
  int64_t dscp = 0;  // Of what goes to peers.
  // Names as in ToString(SrtpProfile); the default is that of the engine.
  std::vector<std::string> srtp_profiles = DefaultSrtpProfiles();
  std::string insecure_key_log{};    // A file; empty: keys are told to nobody.
  std::string ice_backend = "auto";  // Of connections that leave it open: "auto" or "full".
  std::chrono::microseconds shutdown_grace = std::chrono::seconds(5);
  bool help = false;
  bool version = false;
};

// Adds a flag for every member. `options` outlives the set.
void AddFlags(FlagSet& flags, Options& options);

// Whether the flags fit each other: the longest data channel message passes every other limit.
// Else INVALID_ARGUMENT with the flag to change and its least value.
absl::Status CheckOptions(const Options& options);

// INVALID_ARGUMENT: none, one that is not known, or one twice.
absl::StatusOr<std::vector<SrtpProfile>> ParseSrtpProfiles(const std::vector<std::string>& names);

// "40000-49999" or "40000"; empty: 0 and 0.
absl::Status ParsePortRange(const std::string& text, uint16_t* first, uint16_t* last);

}  // namespace pcd::service

#endif  // SERVICE_OPTIONS_H_

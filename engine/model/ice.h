// ICE values shared by sdp, ice, jsep and the API.
#ifndef ENGINE_MODEL_ICE_H_
#define ENGINE_MODEL_ICE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/enums.h"

namespace pcd {

enum class CandidateType { kHost, kServerReflexive, kPeerReflexive, kRelay };
std::string_view ToString(CandidateType type);  // "host", "srflx", "prflx", "relay".

// One ICE candidate (RFC 8839 section 5.1). `address` stays text: it may be an mDNS name,
// which is accepted and waits for a peer-reflexive address instead of being resolved.
struct Candidate {
  std::string foundation{};
  uint16_t component = 1;
  std::string transport = "udp";  // Lower case: "udp" or "tcp".
  uint32_t priority = 0;
  std::string address{};
  uint16_t port = 0;
  CandidateType type = CandidateType::kHost;
  std::string related_address{};  // Empty: none.
  uint16_t related_port = 0;
  std::string tcp_type{};  // "active", "passive", "so"; empty for UDP.
  // Further name-value pairs in their order (generation, ufrag, network-cost, ...).
  std::vector<std::pair<std::string, std::string>> extensions{};

  std::string Ufrag() const;  // The ufrag extension; empty: none.
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

struct IceParameters {
  std::string ufrag{};
  std::string pwd{};
  bool lite = false;
  std::vector<std::string> options{};  // "trickle", "ice2", "renomination".
  friend bool operator==(const IceParameters&, const IceParameters&) = default;
};

// RTCIceCandidateInit.
struct IceCandidateInit {
  std::string candidate{};  // Empty: end of candidates.
  std::optional<std::string> sdp_mid{};
  std::optional<uint16_t> sdp_mline_index{};
  std::string username_fragment{};  // Empty: not given.
  friend bool operator==(const IceCandidateInit&, const IceCandidateInit&) = default;
};

// RTCIceServer.
struct IceServer {
  std::vector<std::string> urls{};
  std::string username{};
  std::string credential{};
  friend bool operator==(const IceServer&, const IceServer&) = default;
};

}  // namespace pcd

#endif  // ENGINE_MODEL_ICE_H_

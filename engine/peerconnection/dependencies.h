// What a PeerConnection is built from; the host gives the same to all of them.
#ifndef ENGINE_PEERCONNECTION_DEPENDENCIES_H_
#define ENGINE_PEERCONNECTION_DEPENDENCIES_H_

#include <vector>

#include "engine/dtls/dtls_transport.h"
#include "engine/ice/ice_config.h"
#include "engine/ice/ice_transport_factory.h"
#include "engine/model/enums.h"
#include "engine/net/address_policy.h"
#include "engine/net/destination_claims.h"
#include "engine/sctp/sctp_association_factory.h"
#include "engine/transport/transport.h"

namespace pcd::peerconnection {

// Not owned; all must outlive every connection. The factories are used from every loop.
struct Dependencies {
  ice::IceTransportFactory* ice_factory = nullptr;  // Full ICE.
  // ICE-lite on shared ports; null: connections are full ICE.
  ice::IceTransportFactory* shared_port_factory = nullptr;
  // What kAuto of a connection's Configuration means here: itself, or kFull.
  IceBackend default_ice_backend = IceBackend::kAuto;
  sctp::SctpAssociationFactory* sctp_factory = nullptr;
  const net::AddressPolicy* sink_policy = nullptr;
  // Null: the host has its own.
  net::DestinationClaims* sink_claims = nullptr;
  // Servers and policy come from each connection's Configuration.
  ice::Config ice_config{};
  // In order of preference, of all connections; at least one.
  std::vector<SrtpProfile> srtp_profiles = transport::Config{}.srtp_profiles;
  // Takes the keys of all connections, from every loop. Null: nobody does.
  dtls::KeyLog key_log{};
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_DEPENDENCIES_H_

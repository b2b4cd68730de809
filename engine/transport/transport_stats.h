// webrtc-stats entries of one transport.
#ifndef ENGINE_TRANSPORT_TRANSPORT_STATS_H_
#define ENGINE_TRANSPORT_TRANSPORT_STATS_H_

#include <string>
#include <vector>

#include "engine/dtls/certificate.h"
#include "engine/dtls/dtls_transport.h"
#include "engine/ice/ice_transport.h"
#include "engine/model/stats.h"

namespace pcd::transport {

std::string LocalCertificateStatsId(const std::string& transport_id);

// Gives the ICE room's ids, unique within the transport only, the prefix `id` + "-".
void AppendTransportStats(const std::string& id, const ice::IceTransport& ice,
                          const dtls::DtlsTransport& dtls, const dtls::Certificate& certificate,
                          DtlsRole role, std::vector<StatsEntry>& out);

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_TRANSPORT_STATS_H_

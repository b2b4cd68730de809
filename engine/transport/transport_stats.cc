#include "engine/transport/transport_stats.h"

#include <utility>

namespace pcd::transport {
namespace {

std::string Prefixed(const std::string& id, const std::string& inner) {
  return inner.empty() ? inner : id + "-" + inner;
}

TransportStats MakeTransportStats(const std::string& id, const ice::Stats& ice_stats,
                                  const ice::IceTransport& ice, const dtls::DtlsTransport& dtls,
                                  DtlsRole role) {
  TransportStats stats;
  stats.id = id;
  stats.packets_sent = ice_stats.packets_sent;
  stats.packets_received = ice_stats.packets_received;
  stats.bytes_sent = ice_stats.bytes_sent;
  stats.bytes_received = ice_stats.bytes_received;
  stats.ice_role = ice_stats.role;
  stats.ice_backend = ice_stats.backend;
  stats.ice_local_username_fragment = ice.local_parameters().ufrag;
  stats.ice_state = ice_stats.state;
  stats.dtls_state = dtls.state();
  stats.dtls_role = role;
  stats.selected_candidate_pair_id = Prefixed(id, ice_stats.selected_pair_id);
  stats.selected_candidate_pair_changes = ice_stats.selected_pair_changes;
  stats.tls_version = dtls.tls_version();
  stats.dtls_cipher = dtls.cipher();
  stats.shared_port = ice_stats.shared_port;
  if (dtls.srtp_profile()) stats.srtp_cipher = ToString(*dtls.srtp_profile());
  return stats;
}

}  // namespace

std::string LocalCertificateStatsId(const std::string& transport_id) {
  return transport_id + "-certificate-local";
}

void AppendTransportStats(const std::string& id, const ice::IceTransport& ice,
                          const dtls::DtlsTransport& dtls, const dtls::Certificate& certificate,
                          DtlsRole role, std::vector<StatsEntry>& out) {
  ice::Stats ice_stats = ice.GetStats();
  TransportStats stats = MakeTransportStats(id, ice_stats, ice, dtls, role);
  stats.local_certificate_id = LocalCertificateStatsId(id);
  const bool remote_known = !dtls.remote_certificate_der().empty();
  if (remote_known) stats.remote_certificate_id = id + "-certificate-remote";
  const std::string remote_certificate_id = stats.remote_certificate_id;
  out.push_back(std::move(stats));
  out.push_back(dtls::MakeCertificateStats(LocalCertificateStatsId(id), certificate.der()));
  if (remote_known) {
    out.push_back(dtls::MakeCertificateStats(remote_certificate_id, dtls.remote_certificate_der()));
  }
  for (CandidatePairStats& pair : ice_stats.pairs) {
    pair.id = Prefixed(id, pair.id);
    pair.transport_id = id;
    pair.local_candidate_id = Prefixed(id, pair.local_candidate_id);
    pair.remote_candidate_id = Prefixed(id, pair.remote_candidate_id);
    out.push_back(std::move(pair));
  }
  for (IceCandidateStats& candidate : ice_stats.candidates) {
    candidate.id = Prefixed(id, candidate.id);
    candidate.transport_id = id;
    out.push_back(std::move(candidate));
  }
}

}  // namespace pcd::transport

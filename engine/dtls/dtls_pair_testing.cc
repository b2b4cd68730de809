#include "engine/dtls/dtls_pair_testing.h"

#include <algorithm>
#include <utility>

namespace pcd::dtls {
namespace {

std::shared_ptr<const Certificate> NewCertificate(KeyAlgorithm key) {
  return Certificate::Generate(1'700'000'000'000'000, key).value();
}

}  // namespace

DtlsPeer::DtlsPeer(std::vector<SrtpProfile> profiles, KeyAlgorithm key)
    : certificate(NewCertificate(key)),
      dtls(Config{.certificate = certificate, .srtp_profiles = std::move(profiles)}) {}

DtlsPair::DtlsPair(std::vector<SrtpProfile> client_profiles,
                   std::vector<SrtpProfile> server_profiles)
    : client(std::move(client_profiles)), server(std::move(server_profiles)) {}

DtlsPair::DtlsPair(KeyAlgorithm client_key, KeyAlgorithm server_key)
    : client(Config{}.srtp_profiles, client_key), server(Config{}.srtp_profiles, server_key) {}

void DtlsPair::Connect() {
  client.dtls.SetRemoteFingerprints({server.certificate->fingerprint()}, now);
  server.dtls.SetRemoteFingerprints({client.certificate->fingerprint()}, now);
  server.dtls.Start(DtlsRole::kServer, now);
  client.dtls.Start(DtlsRole::kClient, now);
  Exchange();
}

void DtlsPair::Exchange() {
  bool moved = true;
  while (moved) {
    moved = Carry(client, server, true);
    moved = Carry(server, client, false) || moved;
  }
}

bool DtlsPair::Carry(DtlsPeer& from, DtlsPeer& to, bool from_client) {
  bool moved = false;
  while (auto datagram = from.dtls.PollOutput()) {
    moved = true;
    const size_t index = from.sent.size();
    from.sent.push_back(*datagram);
    if (!filter_ || filter_(from_client, index)) to.dtls.HandleDatagram(*datagram, now);
  }
  Drain(from);
  Drain(to);
  return moved;
}

void DtlsPair::Drain(DtlsPeer& peer) {
  while (auto event = peer.dtls.PollEvent()) {
    if (auto* connected = std::get_if<Connected>(&*event)) {
      ++peer.connected_events;
      peer.keys = std::move(connected->srtp);
    } else if (auto* changed = std::get_if<StateChanged>(&*event)) {
      peer.states.push_back(changed->state);
      if (!changed->reason.empty()) {
        peer.failure = changed->reason;
        peer.details = changed->failure;
      }
    } else if (auto* data = std::get_if<DataReceived>(&*event)) {
      peer.received.push_back(std::move(data->data));
    }
  }
}

void DtlsPair::RunFor(Duration duration) {
  const Timestamp end = now + duration;
  while (true) {
    const Timestamp next = std::min(client.dtls.NextDeadline(), server.dtls.NextDeadline());
    if (next > end) break;
    now = std::max(now, next);
    if (client.dtls.NextDeadline() <= now) client.dtls.HandleTimeout(now);
    if (server.dtls.NextDeadline() <= now) server.dtls.HandleTimeout(now);
    Exchange();
  }
  now = end;
}

bool DtlsPair::connected() const {
  return client.dtls.state() == DtlsState::kConnected &&
         server.dtls.state() == DtlsState::kConnected;
}

}  // namespace pcd::dtls

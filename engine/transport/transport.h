// The transport of one bundle group: ICE carries datagrams, DTLS authenticates the peer and
// gives keys, SRTP protects media, DTLS records carry SCTP packets.
//
//   Transport transport(loop, std::move(ice), config);
//   transport.SetEventCallback([&] { loop.RequestEndOfTurn(&pump); });
//   transport.SetMediaHandler(&media);
//   transport.ice().SetRole(...); .StartGathering(); .SetRemoteParameters(...); ...
//   transport.SetDtlsParameters(role, fingerprints);     // from the descriptions
//   in the pump: PollEvent() until empty; act; arm a timer for NextDeadline()
//   from the timer: HandleTimeout(loop.Now()), then the pump
#ifndef ENGINE_TRANSPORT_TRANSPORT_H_
#define ENGINE_TRANSPORT_TRANSPORT_H_

#include <absl/status/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/limits.h"
#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/dtls/certificate.h"
#include "engine/dtls/dtls_transport.h"
#include "engine/ice/ice_transport.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"
#include "engine/model/stats.h"
#include "engine/net/loop.h"
#include "engine/transport/combined_state.h"
#include "engine/transport/drop_reason.h"
#include "engine/transport/media_counters.h"
#include "engine/transport/media_handler.h"
#include "engine/transport/transport_events.h"

namespace pcd::transport {

struct Config {
  std::shared_ptr<const dtls::Certificate> certificate{};  // Required.
  // In order of preference; as DTLS server we choose.
  std::vector<SrtpProfile> srtp_profiles = {
      SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_80};
  dtls::KeyLog key_log{};  // Null: nobody is told the keys.
  // max_ssrcs, max_unsignalled_ssrcs and dtls_handshake_timeout are used.
  Limits limits{};
};

// Rules it keeps: DTLS sends nothing before ICE can; no media or data passes in either direction
// before the peer's certificate matched a fingerprint of the remote description; a transport
// that failed to verify never emits anything.
// Threading: its loop; destroyed there too, before the loop.
class Transport {
 public:
  Transport(net::Loop& loop, std::unique_ptr<ice::IceTransport> ice, Config config);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // For roles, parameters, candidates and restart. Its packet handler and event callback are
  // taken; its events come out of PollEvent here.
  ice::IceTransport& ice();
  const ice::IceTransport& ice() const;

  // Called on the loop whenever PollEvent may have something new or NextDeadline may have
  // moved, also from inside calls into this object: it must only note that there is work (for
  // example Loop::RequestEndOfTurn) and not call back.
  void SetEventCallback(net::Task callback);
  // Not owned; null: media is dropped and counted.
  void SetMediaHandler(MediaHandler* handler);

  // `our_role` (kClient or kServer) and what the remote description announced. DTLS starts with
  // the first call, as soon as ICE can send. Later calls may bring other fingerprints: if the
  // peer's certificate does not match them, the transport fails. INVALID_ARGUMENT: no
  // fingerprint, or none with a hash of RFC 8122 that we know, or kAuto. INVALID_STATE: closed,
  // or a role other than the established one (RFC 8842 section 5.5).
  // `new_association`: the descriptions ask for another association in the place of the present
  // one, which ends at once; its role is free again. A peer that begins one without a word, as the
  // DTLS client, is followed by itself (AssociationReplaced).
  absl::Status SetDtlsParameters(DtlsRole our_role, std::vector<Fingerprint> remote_fingerprints,
                                 bool new_association = false);

  // Protects in place and queues; the queue goes out at the end of the loop's turn, when it is
  // long enough, or with Flush. False: dropped and counted (see drops()).
  bool SendRtp(PacketPtr packet);
  bool SendRtcp(PacketPtr packet);
  // One SCTP packet as one DTLS record, queued with the media. For datagrams of 1200 bytes at
  // most 1163. False: not connected or too long (1500); dropped and counted.
  bool SendData(ByteSpan packet);
  // Sends what is queued now instead of at the end of the turn. Optional.
  void Flush();

  // True: SendRtp, SendRtcp (when SRTP was negotiated) and SendData can succeed.
  bool writable() const;
  bool srtp_active() const;

  // Forgets the SRTP state of an SSRC that will not come back, to make room for others.
  void RemoveReceiveSsrc(uint32_t ssrc);
  void RemoveSendSsrc(uint32_t ssrc);

  std::optional<Event> PollEvent();
  void HandleTimeout(Timestamp now);
  Timestamp NextDeadline() const;  // kNever: none.

  TransportState state() const;
  DtlsRole dtls_role() const;  // kAuto until SetDtlsParameters.
  ByteSpan remote_certificate_der() const;
  const MediaCounters& media_counters() const;
  const DropCounters& drops() const;

  // Appends the transport, its certificates, candidate pairs and candidates. Ids are `id` for
  // the transport and `id` + "-..." for the rest, stable for its life and, with distinct `id`s,
  // unique in a report.
  void AppendStats(const std::string& id, std::vector<StatsEntry>& out) const;
  // The id AppendStats gives our certificate.
  static std::string LocalCertificateId(const std::string& id);

  // close_notify, then ICE. Idempotent. The last events are DtlsStateChanged{kClosed} (unless
  // failed) and ice::StateChanged{kClosed}; no media is delivered after it.
  void Close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_TRANSPORT_H_

// One DTLS 1.2 connection (RFC 6347) with SRTP keys (RFC 5764), over datagrams that the
// caller carries.
//
//   DtlsTransport dtls(config);
//   dtls.SetRemoteFingerprints(fingerprints);       // before or after Start
//   dtls.Start(DtlsRole::kServer, now);             // once datagrams can be sent
//   dtls.HandleDatagram(bytes, now);                // before Start: kept, a few
//   after each call: PollOutput(), PollEvent() until empty, then NextDeadline()
#ifndef ENGINE_DTLS_DTLS_TRANSPORT_H_
#define ENGINE_DTLS_DTLS_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/limits.h"
#include "engine/base/time.h"
#include "engine/dtls/certificate.h"
#include "engine/dtls/dtls_events.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"

namespace pcd::dtls {

// Takes a line of the NSS key log format, without its end: secrets that decrypt a connection.
using KeyLog = std::function<void(std::string_view line)>;

struct Config {
  std::shared_ptr<const Certificate> certificate{};  // Required.
  // In order of preference; as server we choose the first that the peer has too. At least one.
  std::vector<SrtpProfile> srtp_profiles = {
      SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_80};
  // From Start to connected, else failed.
  Duration handshake_timeout = Limits{}.dtls_handshake_timeout;
  // First retransmission; doubles from there. RFC 6347 suggests 1 s for unknown paths; here
  // ICE has just measured the path as alive, and a lost flight is heard as a second of silence,
  // while a flight sent once too often costs under 2 KB. 400 ms is above nearly every RTT.
  Duration initial_retransmit = std::chrono::milliseconds(400);
  // For looking at captures. Null: nobody is told. Called on the transport's thread.
  KeyLog key_log{};
};

// A core: no socket, thread or clock. Retransmission and timeout follow the `now` it is given.
// Threading: one thread.
class DtlsTransport {
 public:
  // Handshake datagrams are at most this long.
  static constexpr size_t kMtu = 1200;
  // Longest application record. To keep datagrams within kMtu a caller sends at most
  // kMtu - kMaxRecordOverhead bytes.
  static constexpr size_t kMaxApplicationData = 1500;
  static constexpr size_t kMaxRecordOverhead = 37;
  // Datagrams kept while not started or while waiting for a fingerprint; later ones are dropped.
  static constexpr size_t kMaxQueuedDatagrams = 16;
  // Longer datagrams are dropped.
  static constexpr size_t kMaxDatagram = 2048;

  explicit DtlsTransport(Config config);
  ~DtlsTransport();
  DtlsTransport(const DtlsTransport&) = delete;
  DtlsTransport& operator=(const DtlsTransport&) = delete;

  // `role` is kClient or kServer. The first call counts, later ones are ignored.
  void Start(DtlsRole role, Timestamp now);

  // What the remote description announced. While the list is empty the handshake waits before
  // it accepts the peer's certificate: no key, no data. A list that does not match the peer's
  // certificate fails the connection, also when it arrives after the handshake.
  void SetRemoteFingerprints(std::vector<Fingerprint> fingerprints, Timestamp now);

  // Any bytes; what is not a valid record is dropped silently.
  void HandleDatagram(ByteSpan datagram, Timestamp now);
  void HandleTimeout(Timestamp now);
  // kNever: none.
  Timestamp NextDeadline() const;

  // The next datagram to send.
  std::optional<std::vector<uint8_t>> PollOutput();
  std::optional<Event> PollEvent();

  // One record. False when not connected, empty, or longer than kMaxApplicationData.
  bool SendApplicationData(ByteSpan data);

  // Sends close_notify when connected, then state kClosed. Idempotent; after kFailed only stops.
  void Close();

  DtlsState state() const;
  DtlsRole role() const;  // kAuto before Start.

  // For stats. Empty before the handshake got that far.
  ByteSpan remote_certificate_der() const;
  std::string tls_version() const;  // "FEFD" for DTLS 1.2, as webrtc-stats wants it.
  std::string cipher() const;       // "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256".
  std::optional<SrtpProfile> srtp_profile() const;

  // Datagrams dropped because a queue was full or they were too long.
  uint64_t dropped_datagrams() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_DTLS_TRANSPORT_H_

// The DTLS association of a transport, and the handshake of the one that may follow it.
//
// A peer may abandon an association and begin another one on the same transport without a word in
// its descriptions (RFC 6347 section 4.2.8): Chromium does when the first section of a bundle ends.
// The old association stays in use until the new one has proved itself.
#ifndef ENGINE_TRANSPORT_DTLS_ASSOCIATIONS_H_
#define ENGINE_TRANSPORT_DTLS_ASSOCIATIONS_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/dtls/dtls_transport.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"

namespace pcd::transport {

// Order of calls: as DtlsTransport's. Threading: its loop.
class DtlsAssociations {
 public:
  // A peer cannot make us begin handshakes faster than this.
  static constexpr Duration kShortestBetween = std::chrono::milliseconds(200);

  explicit DtlsAssociations(dtls::Config config);

  // What is in use: the last one that was connected, else the first.
  const dtls::DtlsTransport& current() const { return *current_; }
  DtlsState state() const { return current_->state(); }

  void SetRemoteFingerprints(std::vector<Fingerprint> fingerprints, Timestamp now);
  void Start(DtlsRole role, Timestamp now);
  // The present association is over at once, without a close_notify; Start begins another one.
  void Reset();

  void HandleDatagram(ByteSpan datagram, Timestamp now);
  void HandleTimeout(Timestamp now);
  Timestamp NextDeadline() const;
  std::optional<std::vector<uint8_t>> PollOutput();
  // Of what is in use. A second dtls::Connected: the next association has taken over.
  std::optional<dtls::Event> PollEvent();
  bool SendApplicationData(ByteSpan data) { return current_->SendApplicationData(data); }
  void Close();
  uint64_t dropped_datagrams() const;

 private:
  using HelloRandom = std::array<uint8_t, 32>;

  // The random of a ClientHello in the clear; null: it is something else.
  static std::optional<HelloRandom> RandomOf(ByteSpan datagram);
  std::unique_ptr<dtls::DtlsTransport> Make() const;
  void FollowHello(const HelloRandom& random, Timestamp now);
  void DropNext();

  const dtls::Config config_;
  std::unique_ptr<dtls::DtlsTransport> current_;
  std::unique_ptr<dtls::DtlsTransport> next_;  // Null: no handshake is under way.
  std::vector<Fingerprint> fingerprints_;
  std::optional<HelloRandom> hello_;  // Of the latest handshake as server.
  Timestamp began_{};                 // Of next_.
  uint64_t past_dropped_ = 0;         // By associations that are over.
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_DTLS_ASSOCIATIONS_H_

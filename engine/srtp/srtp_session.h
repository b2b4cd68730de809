// One direction of an SRTP connection: encrypts or decrypts packets in place (RFC 3711,
// RFC 7714).
#ifndef ENGINE_SRTP_SRTP_SESSION_H_
#define ENGINE_SRTP_SRTP_SESSION_H_

#include <absl/container/node_hash_map.h>
#include <absl/status/statusor.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"
#include "engine/model/enums.h"

// libsrtp's own name, so that its headers stay inside this room.
struct srtp_ctx_t_;

namespace pcd::srtp {

enum class SrtpResult {
  kOk,
  kAuthFailed,  // Wrong key or changed on the way.
  kReplayed,    // Index seen before or too old; sending: the same sequence number again.
  kMalformed,   // Not an RTP or RTCP packet.
  kNoRoom       // One SSRC too many. Sending: or no room for the trailer.
};
std::string_view ToString(SrtpResult result);

enum class SrtpDirection { kInbound, kOutbound };

// Octets of the master key and master salt.
size_t MasterKeyLength(SrtpProfile profile);
size_t MasterSaltLength(SrtpProfile profile);

// Every SSRC is accepted; its state (roll-over counter, replay window) is made by its first
// authenticated packet, never by a forged one. After any result but kOk the packet's content
// is undefined and must be dropped. Ciphers are made with the first packet: many connections
// never send or receive one. Threading: one loop; no lock, and no allocation per packet once an
// SSRC is known.
class SrtpSession {
 public:
  // A received SSRC that was heard from within so many packets, of any SSRC, keeps its place:
  // more SSRCs at once than there is room for must not push each other out with each packet.
  static constexpr uint64_t kInUsePackets = 1024;

  // INVALID_ARGUMENT when key or salt have not exactly the profile's length. `max_ssrcs`, at
  // least 1: those kept at a time. Receiving, the first authenticated packet of a further one
  // takes the place of the one silent longest, so that a long call may use any number one after
  // the other; it is kNoRoom only while each was heard from within the last kInUsePackets.
  // Sending, further ones are kNoRoom until RemoveSsrc makes room: to forget one of ours would
  // allow its sequence numbers, and so its nonces, once more.
  static absl::StatusOr<std::unique_ptr<SrtpSession>> Create(SrtpDirection direction,
                                                             SrtpProfile profile, ByteSpan key,
                                                             ByteSpan salt, size_t max_ssrcs);
  ~SrtpSession();
  SrtpSession(const SrtpSession&) = delete;
  SrtpSession& operator=(const SrtpSession&) = delete;

  // For kOutbound. A packet may be sent once only: a second one with the same sequence number
  // would reuse its nonce, which with AES-GCM gives the key away.
  SrtpResult ProtectRtp(Packet& packet);
  SrtpResult ProtectRtcp(Packet& packet);

  // For kInbound.
  SrtpResult UnprotectRtp(Packet& packet);
  SrtpResult UnprotectRtcp(Packet& packet);

  // Forgets an SSRC that will not be used again.
  void RemoveSsrc(uint32_t ssrc);
  size_t ssrc_count() const { return sources_.size(); }

 private:
  // Master key and salt, one behind the other; the longest are of AES-256.
  using Master = std::array<uint8_t, 32 + 14>;

  SrtpSession(SrtpDirection direction, SrtpProfile profile, const Master& master, size_t max_ssrcs);
  bool EnsureContext();
  template <typename Function>
  SrtpResult Apply(Packet& packet, uint32_t ssrc, Function function);
  struct Source {
    uint32_t ssrc = 0;
    uint64_t newest_packet = 0;  // Of packets_.
  };

  bool Admit(uint32_t ssrc) const;
  void Remember(uint32_t ssrc);
  const Source& SilentLongest() const;

  const SrtpDirection direction_;
  const SrtpProfile profile_;
  srtp_ctx_t_* context_ = nullptr;  // Null before the first packet.
  Master master_;                   // Wiped when there is a context.
  size_t max_ssrcs_;
  uint64_t packets_ = 0;    // Handed in, also those refused: what is silent always ages.
  Source* last_ = nullptr;  // Of the newest packet, if still kept; spares most look-ups.
  absl::node_hash_map<uint32_t, Source> sources_;
};

}  // namespace pcd::srtp

#endif  // ENGINE_SRTP_SRTP_SESSION_H_

// The SRTP half of a transport: keys, protection in place, batches for the media handler.
#ifndef ENGINE_TRANSPORT_MEDIA_PATH_H_
#define ENGINE_TRANSPORT_MEDIA_PATH_H_

#include <absl/status/status.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/base/packet.h"
#include "engine/dtls/dtls_events.h"
#include "engine/srtp/srtp_session.h"
#include "engine/transport/drop_reason.h"
#include "engine/transport/media_counters.h"
#include "engine/transport/media_handler.h"

namespace pcd::transport {

// Threading: its loop.
class MediaPath {
 public:
  // Media that arrives before the keys (the peer's last handshake datagram was overtaken or
  // lost) is kept up to this many packets.
  static constexpr size_t kMaxEarlyPackets = 32;

  // `max_ssrcs` in each direction.
  MediaPath(size_t max_ssrcs, DropCounters& drops) : max_ssrcs_(max_ssrcs), drops_(drops) {}

  void SetHandler(MediaHandler* handler) { handler_ = handler; }
  absl::Status SetKeys(const dtls::SrtpKeyingMaterial& keys);
  bool active() const { return outbound_ != nullptr; }
  // No media in either direction from now on.
  void Stop();
  // The keys are void, others follow: media waits for them as at the beginning.
  void Reset();

  // Decrypts into the batch, or keeps the packet for later.
  void Receive(PacketPtr packet, bool is_rtcp);
  // Hands the batch over. Calls the handler.
  void Deliver();
  bool has_early_packets() const { return !early_.empty(); }

  // Encrypts in place. False: dropped and counted.
  bool ProtectRtp(Packet& packet);
  bool ProtectRtcp(Packet& packet);

  void RemoveReceiveSsrc(uint32_t ssrc);
  void RemoveSendSsrc(uint32_t ssrc);
  const MediaCounters& counters() const { return counters_; }

 private:
  struct EarlyPacket {
    PacketPtr packet;
    bool is_rtcp;
  };
  void Decrypt(PacketPtr packet, bool is_rtcp);

  const size_t max_ssrcs_;
  DropCounters& drops_;
  MediaHandler* handler_ = nullptr;
  std::unique_ptr<srtp::SrtpSession> inbound_;
  std::unique_ptr<srtp::SrtpSession> outbound_;
  bool stopped_ = false;
  std::vector<EarlyPacket> early_;
  std::vector<PacketPtr> rtp_;
  std::vector<PacketPtr> rtcp_;
  MediaCounters counters_;
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_MEDIA_PATH_H_

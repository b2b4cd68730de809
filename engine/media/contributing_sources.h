#ifndef ENGINE_MEDIA_CONTRIBUTING_SOURCES_H_
#define ENGINE_MEDIA_CONTRIBUTING_SOURCES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/time.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {

// Whom a mixer put into the packets of one section (CSRC, RFC 3550 section 5.1). A core;
// allocates with the first CSRC only. Threading: its owner's.
class ContributingSources {
 public:
  // Two full lists; one more takes the place of the source that was silent for longest.
  static constexpr size_t kMaxSources = 30;

  struct Source {
    uint32_t csrc = 0;
    uint32_t rtp_timestamp = 0;  // Of the newest packet that names it.
    Timestamp arrival{};         // Of that packet.
  };

  // Takes in the list of a packet that is newer than those before.
  void OnPacket(const rtp::RtpPacketView& packet, Timestamp arrival);
  // In no order, however old.
  std::span<const Source> sources() const { return sources_; }

 private:
  void Take(const Source& source);

  std::vector<Source> sources_;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_CONTRIBUTING_SOURCES_H_

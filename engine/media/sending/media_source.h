#ifndef ENGINE_MEDIA_SENDING_MEDIA_SOURCE_H_
#define ENGINE_MEDIA_SENDING_MEDIA_SOURCE_H_

#include <cstdint>
#include <string_view>

#include "engine/base/time.h"
#include "engine/media/sending/local_track_config.h"
#include "engine/model/rtp_parameters.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {

// Where a source delivers. Threading: the source's.
class SourceSink {
 public:
  virtual ~SourceSink() = default;
  // One packet, unwrapped; `restarts` grows when the source's numbers begin anew. Repetitions
  // are left out. The callee must not destroy the source.
  virtual void OnSourcePacket(const rtp::RtpPacketView& view, int64_t sequence,
                              uint32_t restarts) = 0;
  // The last of the packets that came at once.
  virtual void OnSourceBatchEnd() = 0;
  // The source's own sender report. Sources with one `clock` have one wall clock.
  virtual void OnSourceReport(std::string_view clock, NtpTime ntp, uint32_t rtp_timestamp) = 0;
};

// What feeds a local track. Time comes as an argument. Threading: its loop.
class MediaSource {
 public:
  virtual ~MediaSource() = default;
  virtual const Codec& codec() const = 0;
  // Whether anybody is sent its packets now.
  virtual void SetWanted(bool wanted, Timestamp now) = 0;
  // The remote (or a sender that starts) needs a key frame.
  virtual void RequestKeyFrame(bool by_fir, Timestamp now) = 0;
  virtual void HandleTimeout(Timestamp now) = 0;
  virtual Timestamp NextDeadline() const = 0;
  // Addresses, and what it discarded.
  virtual void FillInfo(LocalTrackInfo& info) const = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_MEDIA_SOURCE_H_

#ifndef ENGINE_MEDIA_REMOTE_STREAM_H_
#define ENGINE_MEDIA_REMOTE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/time.h"
#include "engine/media/duplicate_filter.h"
#include "engine/media/frame_rate.h"
#include "engine/media/key_frame_requester.h"
#include "engine/media/nack_generator.h"
#include "engine/media/receive_statistics.h"
#include "engine/media/section.h"
#include "engine/media/sender_clock.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::media {

// How we came to know a source; also who counts against which limit.
enum class StreamOrigin { kSignalled, kByMid, kByPayloadType };

// What the newest packet of media told, by number: who was heard last, for W3C
// getSynchronizationSources. Threading: a value.
struct HeardPacket {
  int64_t sequence = 0;  // Unwrapped.
  Timestamp arrival{};   // Zero: none came.
  uint32_t rtp_timestamp = 0;
  std::optional<uint8_t> audio_level{};  // RFC 6464, -dBov.
};

// One SSRC that the remote sends. Threading: its owner's.
struct RemoteStream {
  uint32_t ssrc = 0;
  size_t transport_index = 0;  // That of its section; SSRCs are unique within it.
  Section* section = nullptr;  // Never null; owned by the stream table too.
  StreamOrigin origin = StreamOrigin::kSignalled;
  std::string cname{};  // Signalled or from SDES; may be empty.
  std::string rid{};    // Learnt from the header extensions (of RTX: the rid it repairs).

  ReceiveStatistics statistics{};
  SenderReportState report{};
  // As its sender's answers to our reference times tell.
  std::optional<Duration> round_trip{};  // The last one.
  Duration total_round_trip{};
  uint64_t round_trips = 0;
  uint32_t restarts = 0;                  // Grows when the sender counts anew.
  DuplicateFilter delivered{};            // Of what was taken on towards sinks.
  std::unique_ptr<NackGenerator> nack{};  // Once a codec with NACK was seen; else null.
  KeyFrameRequester key_frames{};
  rtp::FrameSize frame_size{};  // Of its last key frame that told.
  bool first_media_seen = false;
  bool retransmits = false;  // It sends RTX.
  bool ended = false;        // BYE; the next packet takes it back.

  uint8_t payload_type = 0xFF;  // Of the last media packet; 0xFF: none came.
  uint32_t clock_rate = 0;      // Of that payload type.
  // The newest timestamp and when it arrived: the clock until a sender report comes.
  uint32_t last_timestamp = 0;
  Timestamp last_timestamp_arrival{};

  HeardPacket heard{};

  Timestamp last_packet{};
  Timestamp last_media{};
  bool layer_active = false;  // Of a simulcast layer: its media arrives.
  std::optional<int64_t> last_packet_unix_us{};
  uint64_t packets = 0, payload_bytes = 0, header_bytes = 0;
  uint64_t discarded = 0;  // Received and dropped here.
  std::optional<uint32_t> last_key_timestamp{};
  uint64_t frames = 0, key_frame_count = 0;
  FrameRate frame_rate{};
  uint32_t plis = 0, firs = 0, nacks = 0;  // Sent by us; nacks: messages.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_REMOTE_STREAM_H_

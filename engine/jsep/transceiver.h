// An RTCRtpTransceiver with its sender and receiver, as negotiation sees it.
#ifndef ENGINE_JSEP_TRANSCEIVER_H_
#define ENGINE_JSEP_TRANSCEIVER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::jsep {

struct Transceiver {
  std::string id{};  // Unique in the connection; never changes.
  MediaKind kind = MediaKind::kAudio;
  std::optional<std::string> mid{};              // Null until associated with a section.
  std::optional<size_t> mline_index{};           // Together with mid.
  Direction direction = Direction::kSendRecv;    // What we want.
  std::optional<Direction> current_direction{};  // What was negotiated; null before.
  std::string sender_id{};                       // Unique in the connection.
  std::string receiver_id{};                     // Unique in the connection.
  // The local track that is sent now; empty: none. Changes without negotiation too.
  std::string local_track_id{};
  std::string sender_track_id{};  // Written into a=msid of sending sections.
  // Of what the sender sends, and of its retransmissions. Not 0; unique in the connection.
  uint32_t sender_ssrc = 0;
  uint32_t sender_rtx_ssrc = 0;
  bool sends_telephone_events = false;           // Negotiated for what it may send.
  std::vector<std::string> sender_stream_ids{};  // Streams the sender belongs to.
  std::string track_id{};                        // The receiver's (remote) track.
  std::vector<std::string> remote_stream_ids{};  // Streams of that track; "-" is no stream.
  bool stopping = false;                         // StopTransceiver was called.
  bool stopped = false;            // Refused by the peer or negotiated away; no use any more.
  bool created_by_remote = false;  // By SetRemoteDescription.
  // Made by addTrack: only such a one is reused for a section of a remote offer (RFC 9429
  // section 5.10).
  bool created_by_add_track = false;
  // addTrack took it, so a rollback of the offer that made it leaves it (W3C 4.4.1.5).
  bool reused_by_add_track = false;
  bool has_sent = false;  // Was ever negotiated to send: addTrack does not reuse its sender.
  // W3C [[SendEncodings]]; never empty.
  std::vector<SendEncoding> send_encodings{};
  // W3C [[PreferredCodecs]], as GetCapabilities lists them; empty: the default order.
  std::vector<Codec> codec_preferences{};

  // W3C [[FiredDirection]]: what the track events told so far.
  std::optional<Direction> fired_direction{};
  friend bool operator==(const Transceiver&, const Transceiver&) = default;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_TRANSCEIVER_H_

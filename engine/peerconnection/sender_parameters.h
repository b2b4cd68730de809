// RTCRtpSendParameters and RTCRtpReceiveParameters, as far as this service acts on them.
#ifndef ENGINE_PEERCONNECTION_SENDER_PARAMETERS_H_
#define ENGINE_PEERCONNECTION_SENDER_PARAMETERS_H_

#include <string>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::peerconnection {

// Nothing is encoded here: a track has one stream of packets, which goes out as the first active
// encoding, and the others are silent. Limits and scales are kept for whoever drives its encoder.
struct SenderParameters {
  std::string transaction_id{};  // Of the read; a write must name the last one.
  std::vector<SendEncoding> encodings{};
  // Read-only; empty until negotiated.
  MediaKind kind = MediaKind::kAudio;
  std::vector<Codec> codecs{};
  std::vector<HeaderExtension> header_extensions{};
  std::string cname{};
  bool reduced_size_rtcp = false;
};

// RTCRtpReceiveParameters; empty until negotiated, and while nothing is received.
struct ReceiverParameters {
  MediaKind kind = MediaKind::kAudio;
  std::vector<Codec> codecs{};
  std::vector<HeaderExtension> header_extensions{};
  bool reduced_size_rtcp = false;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_SENDER_PARAMETERS_H_

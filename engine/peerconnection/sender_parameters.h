// RTCRtpSendParameters and RTCRtpReceiveParameters, as far as this service acts on them.
#ifndef ENGINE_PEERCONNECTION_SENDER_PARAMETERS_H_
#define ENGINE_PEERCONNECTION_SENDER_PARAMETERS_H_

#include <string>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::peerconnection {

// A sender has one encoding; nothing is encoded here, so all that can be set is whether it is
// sent.
struct SenderParameters {
  std::string transaction_id{};  // Of the read; a write must name the last one.
  bool active = true;
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

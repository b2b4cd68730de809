#ifndef ENGINE_MEDIA_RECEIVE_PATH_H_
#define ENGINE_MEDIA_RECEIVE_PATH_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/media/bandwidth_estimator.h"
#include "engine/media/feedback_sender.h"
#include "engine/media/rtcp_sender.h"
#include "engine/media/transport_cc_recorder.h"

namespace pcd::media {

// What is kept for each transport that media comes on: it is an RTP session of its own (RFC 9143
// section 9), with reports, transport-wide numbers and a bandwidth of its own. Threading: its
// owner's.
struct ReceivePath {
  ReceivePath(PacketPool& pool, RtcpSender& rtcp_sender, size_t transport_index,
              uint32_t local_ssrc, std::string cname)
      : sender(pool, rtcp_sender, transport_index, local_ssrc, std::move(cname)) {}

  size_t transport_index() const { return sender.transport_index(); }
  Timestamp NextDeadline() const {
    return std::min({transport_cc.NextDeadline(), bandwidth.NextDeadline(), report_deadline});
  }

  void SendTransportCc() { sender.SendTransportCc(transport_cc, transport_cc_media_ssrc); }

  FeedbackSender sender;
  TransportCcRecorder transport_cc{};
  bool transport_cc_negotiated = false;
  uint32_t transport_cc_media_ssrc = 0;  // Of the last packet recorded.
  BandwidthEstimator bandwidth{};
  bool remb_negotiated = false;        // And no transport-wide feedback.
  Timestamp report_deadline = kNever;  // kNever: nobody sent since the last report.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_RECEIVE_PATH_H_

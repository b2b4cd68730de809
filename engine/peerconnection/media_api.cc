// Sinks and key frames: the media session does the work; here it is numbered and shown.
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

constexpr size_t kSinkIdCharacters = 12;

}  // namespace

absl::StatusOr<media::SinkInfo> PeerConnection::CreateSink(const media::SinkConfig& config) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  media::SinkConfig named = config;
  if (named.id.empty()) named.id = "sink-" + loop_.random().IdString(kSinkIdCharacters);
  PCD_RETURN_IF_ERROR(media_.CreateSink(named));
  ++revision_;
  PCD_ASSIGN_OR_RETURN(media::SinkInfo info, media_.GetSink(named.id));
  Emit(SinkChangeEvent{info});
  Pump();
  return info;
}

absl::StatusOr<media::SinkInfo> PeerConnection::UpdateSink(const std::string& sink_id,
                                                           const media::SinkUpdate& update) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(media_.UpdateSink(sink_id, update));
  ++revision_;
  PCD_ASSIGN_OR_RETURN(media::SinkInfo info, media_.GetSink(sink_id));
  Emit(SinkChangeEvent{info});
  Pump();
  return info;
}

absl::Status PeerConnection::DeleteSink(const std::string& sink_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(media_.DeleteSink(sink_id));
  ++revision_;
  Emit(SinkDeletedEvent{sink_id});
  Pump();
  return absl::OkStatus();
}

absl::StatusOr<media::SinkInfo> PeerConnection::GetSink(const std::string& sink_id) const {
  return media_.GetSink(sink_id);
}

std::vector<media::SinkInfo> PeerConnection::ListSinks() const { return media_.ListSinks(); }

absl::StatusOr<std::string> PeerConnection::GetSinkSdp(
    const std::vector<std::string>& sink_ids) const {
  return media_.GetSinkSdp(sink_ids);
}

absl::StatusOr<bool> PeerConnection::RequestKeyFrame(const media::TrackSelector& track,
                                                     const std::string& rid) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const bool sent, media_.RequestKeyFrame(track, rid));
  Pump();
  return sent;
}

absl::StatusOr<bool> PeerConnection::RequestKeyFrameOfSink(const std::string& sink_id,
                                                           const std::string& rid) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const bool sent, media_.RequestKeyFrameOfSink(sink_id, rid));
  Pump();
  return sent;
}

}  // namespace pcd::peerconnection

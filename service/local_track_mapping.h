// Local tracks and their sources; sender parameters.
#ifndef SERVICE_LOCAL_TRACK_MAPPING_H_
#define SERVICE_LOCAL_TRACK_MAPPING_H_

#include <absl/status/statusor.h>

#include <string>

#include "engine/media/sending/local_track_config.h"
#include "engine/peerconnection/sender_parameters.h"
#include "peerconnection/v1/media_messages.pb.h"
#include "peerconnection/v1/rtp_parameters.pb.h"
#include "peerconnection/v1/single_shot_messages.pb.h"
#include "peerconnection/v1/source.pb.h"
#include "peerconnection/v1/track.pb.h"
#include "service/contract.h"

namespace pcd::service {

v1::SourceState ToProto(media::SourceState state);
v1::Track ToProto(const std::string& peer_connection_id, const media::LocalTrackInfo& track);
absl::StatusOr<media::LocalTrackConfig> FromProto(const v1::CreateLocalTrackRequest& request);
absl::StatusOr<media::LocalTrackConfig> FromProto(const v1::LocalTrackSpec& spec);

v1::RtpSendParameters ToProto(const peerconnection::SenderParameters& parameters);
v1::RtpReceiveParameters ToProto(const peerconnection::ReceiverParameters& parameters);
// What of `in` can be set. `current` is what is in force: read-only members and the number of
// encodings must equal it (INVALID_ARGUMENT, InvalidModificationError).
absl::StatusOr<peerconnection::SenderParameters> FromProto(
    const v1::RtpSendParameters& in, const peerconnection::SenderParameters& current);

}  // namespace pcd::service

#endif  // SERVICE_LOCAL_TRACK_MAPPING_H_

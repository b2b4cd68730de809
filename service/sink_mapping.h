// Sinks and what selects their tracks.
#ifndef SERVICE_SINK_MAPPING_H_
#define SERVICE_SINK_MAPPING_H_

#include <absl/status/statusor.h>
#include <google/protobuf/field_mask.pb.h>

#include <string>

#include "engine/media/sink_config.h"
#include "peerconnection/v1/sink.pb.h"
#include "peerconnection/v1/track.pb.h"
#include "service/contract.h"

namespace pcd::service {

// `field` is the path of the message within the request, for errors.
absl::StatusOr<media::TrackSelector> FromProto(const v1::TrackSelector& selector,
                                               const std::string& field);
absl::StatusOr<media::SinkConfig> FromProto(const v1::SinkSpec& spec, const std::string& field);

// What UpdateSink changes: exactly the fields that the mask names.
absl::StatusOr<media::SinkUpdate> FromProto(const v1::SinkSpec& spec,
                                            const google::protobuf::FieldMask& mask,
                                            const media::SinkConfig& current);

v1::Sink ToProto(const std::string& peer_connection_id, const media::SinkInfo& sink);

}  // namespace pcd::service

#endif  // SERVICE_SINK_MAPPING_H_

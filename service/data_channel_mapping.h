// Data channels and their messages.
#ifndef SERVICE_DATA_CHANNEL_MAPPING_H_
#define SERVICE_DATA_CHANNEL_MAPPING_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/model/session.h"
#include "engine/peerconnection/info.h"
#include "peerconnection/v1/data_channel.pb.h"
#include "service/contract.h"

namespace pcd::service {

absl::StatusOr<DataChannelInit> FromProto(const v1::DataChannelInit& init);

v1::DataChannel ToProto(const std::string& peer_connection_id,
                        const peerconnection::DataChannelView& channel);
// As a data stream announces it: without counters.
v1::DataChannel ToProto(const std::string& peer_connection_id,
                        const datachannel::DataChannelInfo& channel);

// A message without copying: valid as long as `message`.
struct MessageView {
  bool binary = false;
  std::span<const uint8_t> bytes{};
};
absl::StatusOr<MessageView> FromProto(const v1::DataMessage& message, const std::string& field);
v1::DataMessage MessageToProto(bool binary, const std::vector<uint8_t>& bytes);

}  // namespace pcd::service

#endif  // SERVICE_DATA_CHANNEL_MAPPING_H_

// Codecs, capabilities and encodings of the contract.
#ifndef SERVICE_RTP_MAPPING_H_
#define SERVICE_RTP_MAPPING_H_

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "engine/jsep/capabilities.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"
#include "peerconnection/v1/rtp_parameters.pb.h"
#include "service/contract.h"

namespace pcd::service {

// Name, rate, channels and parameters; the payload type has no place in it.
v1::RtpCodec ToProto(const Codec& codec, MediaKind kind);

// INVALID_CODEC (InvalidModificationError) naming `field` for a MIME type that is not of `kind`, or
// parameters beyond 1024 bytes.
absl::StatusOr<Codec> FromProto(const v1::RtpCodec& codec, MediaKind kind,
                                const std::string& field);

v1::RtpCapabilities ToProto(const jsep::Capabilities& capabilities, MediaKind kind);

// Of whoever asks for encodings. FIELD_NOT_IMPLEMENTED: a codec for one of them.
absl::StatusOr<std::vector<SendEncoding>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::RtpEncodingParameters>& in, const char* field);
v1::RtpEncodingParameters ToProto(const SendEncoding& encoding);

}  // namespace pcd::service

#endif  // SERVICE_RTP_MAPPING_H_

#ifndef ENGINE_MEDIA_SINK_SDP_H_
#define ENGINE_MEDIA_SINK_SDP_H_

#include <span>
#include <string>

#include "engine/media/sink_config.h"

namespace pcd::media {

// The SDP (RFC 8866) with which a receiver takes what these sinks send: one m-section each.
// Every sink has a codec. Lines end with CRLF.
std::string MakeSinkSdp(std::span<const SinkInfo> sinks);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SINK_SDP_H_

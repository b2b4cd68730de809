// Sinks as a table.
#ifndef CLIENTS_PCCTL_SINK_VIEW_H_
#define CLIENTS_PCCTL_SINK_VIEW_H_

#include <string>
#include <vector>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/sink.pb.h"
#include "peerconnection/v1/track.pb.h"

namespace pcd::pcctl {

// "video[0]", "mid=1" or "track=t".
std::string SelectorText(const api::TrackSelector& selector);

// One line for each sink.
std::vector<std::string> SinkColumns();
std::vector<std::string> SinkRow(const api::Sink& sink);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_SINK_VIEW_H_

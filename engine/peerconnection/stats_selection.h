// The W3C stats selection algorithm (webrtc-pc section 8.4): of a report, what belongs to one
// sender or receiver.
#ifndef ENGINE_PEERCONNECTION_STATS_SELECTION_H_
#define ENGINE_PEERCONNECTION_STATS_SELECTION_H_

#include <string>

#include "engine/model/stats.h"

namespace pcd::peerconnection {

enum class StatsSide { kSender, kReceiver };

// The outbound-rtp (of a sender) or inbound-rtp (of a receiver) entries of the section `mid`,
// and all entries that they refer to, directly or through others, in the order of the report.
StatsReport SelectStats(StatsReport report, StatsSide side, const std::string& mid);

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_STATS_SELECTION_H_

// A statistics report as tables: one for each type, entries side by side, members in lines.
#ifndef CLIENTS_PCCTL_STATS_VIEW_H_
#define CLIENTS_PCCTL_STATS_VIEW_H_

#include <ostream>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/stats.pb.h"

namespace pcd::pcctl {

// Members have their W3C names; those that are unset in all entries are left out.
void PrintStats(const api::StatsReport& report, std::ostream& out);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_STATS_VIEW_H_

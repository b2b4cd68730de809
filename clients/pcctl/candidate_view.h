// Candidates and candidate pairs of a statistics report as tables.
#ifndef CLIENTS_PCCTL_CANDIDATE_VIEW_H_
#define CLIENTS_PCCTL_CANDIDATE_VIEW_H_

#include "clients/pcctl/api.h"
#include "clients/pcctl/table.h"
#include "peerconnection/v1/stats.pb.h"
#include "peerconnection/v1/stats_messages.pb.h"

namespace pcd::pcctl {

// Has the report hold what the tables need.
void AskForCandidates(api::GetStatsRequest* request);

// Local candidates, then remote ones. No row, not even of columns: there is none.
Table CandidateTable(const api::StatsReport& report);

// The pairs, those in use first. The same without any.
Table CandidatePairTable(const api::StatsReport& report);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CANDIDATE_VIEW_H_

// Statistics reports.
#ifndef SERVICE_STATS_MAPPING_H_
#define SERVICE_STATS_MAPPING_H_

#include <google/protobuf/repeated_field.h>

#include <set>

#include "engine/model/stats.h"
#include "peerconnection/v1/stats.pb.h"
#include "service/contract.h"

namespace pcd::service {

// Only entries of `types` (v1::StatsType); empty: all.
v1::StatsReport ToProto(const StatsReport& report, const std::set<int>& types);

}  // namespace pcd::service

#endif  // SERVICE_STATS_MAPPING_H_

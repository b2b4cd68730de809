#include "clients/pcctl/candidate_view.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "clients/pcctl/address.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

// By id: a map of protobuf has no order.
std::map<std::string, const api::Stats*> OfType(const api::StatsReport& report,
                                                api::StatsType type) {
  std::map<std::string, const api::Stats*> entries;
  for (const auto& [id, stats] : report.stats()) {
    if (stats.type() == type) entries[id] = &stats;
  }
  return entries;
}

// Ids of the pairs that carry packets.
std::set<std::string> PairsInUse(const api::StatsReport& report) {
  std::set<std::string> ids;
  for (const auto& [id, stats] : OfType(report, api::STATS_TYPE_TRANSPORT)) {
    if (stats->transport().has_selected_candidate_pair_id()) {
      ids.insert(stats->transport().selected_candidate_pair_id());
    }
  }
  return ids;
}

// An mDNS name hides the address of a remote candidate.
std::string AddressText(const std::string& address, uint32_t port) {
  return ToString(address.empty() ? "hidden" : Printable(address), port);
}

const api::IceCandidateStats& Candidate(const api::Stats& stats) {
  return stats.has_local_candidate() ? stats.local_candidate() : stats.remote_candidate();
}

void AddCandidates(const api::StatsReport& report, api::StatsType type,
                   const std::set<std::string>& in_use, Table* table) {
  for (const auto& [id, stats] : OfType(report, type)) {
    const api::IceCandidateStats& candidate = Candidate(*stats);
    table->AddRow({type == api::STATS_TYPE_LOCAL_CANDIDATE ? "local" : "remote",
                   EnumText(candidate.candidate_type()), EnumText(candidate.protocol()),
                   AddressText(candidate.address(), candidate.port()),
                   std::to_string(candidate.priority()),
                   candidate.related_address().empty()
                       ? "-"
                       : AddressText(candidate.related_address(), candidate.related_port()),
                   OrDash(candidate.transport_id()), in_use.contains(id) ? "yes" : "no"});
  }
}

// "host udp 192.0.2.1:5000" of the entry; its id if the report lacks it.
std::string CandidateName(const api::StatsReport& report, const std::string& id) {
  const auto entry = report.stats().find(id);
  if (entry == report.stats().end()) return OrDash(id);
  const api::IceCandidateStats& candidate = Candidate(entry->second);
  return EnumText(candidate.candidate_type()) + " " + EnumText(candidate.protocol()) + " " +
         AddressText(candidate.address(), candidate.port());
}

}  // namespace

void AskForCandidates(api::GetStatsRequest* request) {
  for (const api::StatsType type :
       {api::STATS_TYPE_LOCAL_CANDIDATE, api::STATS_TYPE_REMOTE_CANDIDATE,
        api::STATS_TYPE_CANDIDATE_PAIR, api::STATS_TYPE_TRANSPORT}) {
    request->add_types(type);
  }
}

Table CandidateTable(const api::StatsReport& report) {
  std::set<std::string> in_use;
  for (const std::string& pair : PairsInUse(report)) {
    const auto entry = report.stats().find(pair);
    if (entry == report.stats().end()) continue;
    in_use.insert(entry->second.candidate_pair().local_candidate_id());
    in_use.insert(entry->second.candidate_pair().remote_candidate_id());
  }
  Table rows;
  rows.AddRow({"SIDE", "TYPE", "PROTOCOL", "ADDRESS", "PRIORITY", "RELATED", "TRANSPORT", "USED"});
  AddCandidates(report, api::STATS_TYPE_LOCAL_CANDIDATE, in_use, &rows);
  AddCandidates(report, api::STATS_TYPE_REMOTE_CANDIDATE, in_use, &rows);
  return rows.size() > 1 ? rows : Table();
}

Table CandidatePairTable(const api::StatsReport& report) {
  const std::set<std::string> in_use = PairsInUse(report);
  Table rows;
  rows.AddRow({"STATE", "LOCAL", "REMOTE", "SENT", "RECEIVED", "USED"});
  for (const bool used : {true, false}) {
    for (const auto& [id, stats] : OfType(report, api::STATS_TYPE_CANDIDATE_PAIR)) {
      if (in_use.contains(id) != used) continue;
      const api::CandidatePairStats& pair = stats->candidate_pair();
      rows.AddRow({EnumText(pair.state()), CandidateName(report, pair.local_candidate_id()),
                   CandidateName(report, pair.remote_candidate_id()),
                   std::to_string(pair.bytes_sent()) + " bytes",
                   std::to_string(pair.bytes_received()) + " bytes", used ? "yes" : "no"});
    }
  }
  return rows.size() > 1 ? rows : Table();
}

}  // namespace pcd::pcctl

#include "engine/peerconnection/stats_selection.h"

#include <map>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace pcd::peerconnection {
namespace {

using Ids = std::vector<std::string>;

// The entries that one refers to. One overload for each kind that refers to others.
struct References {
  template <typename T>
  Ids operator()(const T&) const {
    return {};
  }
  Ids operator()(const CodecStats& s) const { return {s.transport_id}; }
  Ids operator()(const InboundRtpStats& s) const { return {s.transport_id, s.codec_id}; }
  Ids operator()(const RemoteOutboundRtpStats& s) const {
    return {s.transport_id, s.codec_id, s.local_id};
  }
  Ids operator()(const OutboundRtpStats& s) const {
    return {s.transport_id, s.codec_id, s.media_source_id, s.remote_id};
  }
  Ids operator()(const RemoteInboundRtpStats& s) const {
    return {s.transport_id, s.codec_id, s.local_id};
  }
  Ids operator()(const TransportStats& s) const {
    return {s.selected_candidate_pair_id, s.local_certificate_id, s.remote_certificate_id};
  }
  Ids operator()(const CandidatePairStats& s) const {
    return {s.transport_id, s.local_candidate_id, s.remote_candidate_id};
  }
  Ids operator()(const IceCandidateStats& s) const { return {s.transport_id}; }
};

const std::string& IdOf(const StatsEntry& entry) {
  return std::visit([](const auto& value) -> const std::string& { return value.id; }, entry);
}

bool IsRoot(const StatsEntry& entry, StatsSide side, const std::string& mid) {
  if (side == StatsSide::kSender) {
    const auto* outbound = std::get_if<OutboundRtpStats>(&entry);
    return outbound != nullptr && outbound->mid == mid;
  }
  const auto* inbound = std::get_if<InboundRtpStats>(&entry);
  return inbound != nullptr && inbound->mid == mid;
}

}  // namespace

StatsReport SelectStats(StatsReport report, StatsSide side, const std::string& mid) {
  std::map<std::string, const StatsEntry*> by_id;
  // What the remote sender says names what we receive; W3C has the reference the other way, too.
  std::map<std::string, std::string> remote_of;
  Ids to_visit;
  for (const StatsEntry& entry : report.entries) {
    by_id[IdOf(entry)] = &entry;
    if (const auto* remote = std::get_if<RemoteOutboundRtpStats>(&entry)) {
      remote_of[remote->local_id] = remote->id;
    }
    if (IsRoot(entry, side, mid)) to_visit.push_back(IdOf(entry));
  }
  std::set<std::string> selected;
  while (!to_visit.empty()) {
    const std::string id = std::move(to_visit.back());
    to_visit.pop_back();
    const auto entry = by_id.find(id);
    if (entry == by_id.end() || !selected.insert(id).second) continue;
    for (std::string& next : std::visit(References(), *entry->second)) {
      to_visit.push_back(std::move(next));
    }
    if (const auto remote = remote_of.find(id); remote != remote_of.end()) {
      to_visit.push_back(remote->second);
    }
  }
  std::erase_if(report.entries,
                [&](const StatsEntry& entry) { return selected.count(IdOf(entry)) == 0; });
  return report;
}

}  // namespace pcd::peerconnection

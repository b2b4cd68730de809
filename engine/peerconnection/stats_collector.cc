// GetStats: every room contributes its W3C dictionaries; ids are made unique and stable here.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/peerconnection/stats_selection.h"

namespace pcd::peerconnection {
namespace {

template <typename T>
void MoveInto(std::vector<StatsEntry>& out, std::vector<T>&& entries) {
  for (T& entry : entries) out.emplace_back(std::move(entry));
}

// Of the pair that the transport uses.
void SetIncomingBitrate(std::vector<StatsEntry>& entries, const std::string& transport_id,
                        uint64_t bitrate) {
  std::string selected;
  for (const StatsEntry& entry : entries) {
    const auto* transport = std::get_if<TransportStats>(&entry);
    if (transport != nullptr && transport->id == transport_id) {
      selected = transport->selected_candidate_pair_id;
    }
  }
  for (StatsEntry& entry : entries) {
    auto* pair = std::get_if<CandidatePairStats>(&entry);
    if (pair != nullptr && pair->id == selected) pair->available_incoming_bitrate = bitrate;
  }
}

}  // namespace

StatsReport PeerConnection::GetStats() const {
  StatsReport report{.timestamp_us = loop_.UnixMicros()};
  std::vector<StatsEntry>& out = report.entries;
  out.emplace_back(PeerConnectionStats{.id = "P",
                                       .data_channels_opened = channels_.channels_opened(),
                                       .data_channels_closed = channels_.channels_closed()});
  for (const auto& slot : transports_) {
    if (slot->described()) slot->transport->AppendStats(slot->id, out);
  }
  media::MediaStats media = media_.GetStats();
  for (const auto& [transport_index, bitrate] : media.incoming_bitrates) {
    SetIncomingBitrate(out, TransportId(transport_index), bitrate);
  }
  media::SendStats sent = sending_.GetStats();
  // A codec that a section both sends and receives has one entry.
  std::erase_if(sent.codecs, [&](const CodecStats& codec) {
    return std::ranges::any_of(media.codecs,
                               [&](const CodecStats& known) { return known.id == codec.id; });
  });
  MoveInto(out, std::move(media.codecs));
  MoveInto(out, std::move(sent.codecs));
  MoveInto(out, std::move(media.inbound));
  MoveInto(out, std::move(media.remote_outbound));
  MoveInto(out, std::move(sent.sources));
  MoveInto(out, std::move(sent.outbound));
  MoveInto(out, std::move(sent.remote_inbound));
  MoveInto(out, channels_.Stats());
  AppendSctpStats(out);
  return report;
}

void PeerConnection::AppendSctpStats(std::vector<StatsEntry>& out) const {
  const auto path = association_ == nullptr ? std::nullopt : association_->path();
  if (!path.has_value()) return;
  const std::string transport_id = TransportId(association_transport_);
  out.emplace_back(SctpTransportStats{.id = "sctp-" + transport_id,
                                      .transport_id = transport_id,
                                      .smoothed_round_trip_time = path->smoothed_round_trip_time,
                                      .congestion_window = path->congestion_window,
                                      .receiver_window = path->receiver_window,
                                      .mtu = path->mtu,
                                      .unack_data = path->unacknowledged_chunks});
}

absl::StatusOr<StatsReport> PeerConnection::GetSenderStats(const std::string& sender_id) const {
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver* transceiver, RequireSender(sender_id));
  return SelectStats(GetStats(), StatsSide::kSender, transceiver->mid.value_or(""));
}

absl::StatusOr<StatsReport> PeerConnection::GetReceiverStats(const std::string& receiver_id) const {
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver* transceiver, RequireReceiver(receiver_id));
  return SelectStats(GetStats(), StatsSide::kReceiver, transceiver->mid.value_or(""));
}

absl::StatusOr<media::RtpSources> PeerConnection::GetReceiverSources(
    const std::string& receiver_id) const {
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver* transceiver, RequireReceiver(receiver_id));
  return media_.GetSources(transceiver->mid.value_or(""));
}

}  // namespace pcd::peerconnection

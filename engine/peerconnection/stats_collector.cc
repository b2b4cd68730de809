// GetStats: every room contributes its W3C dictionaries; ids are made unique and stable here.
#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

template <typename T>
void MoveInto(std::vector<StatsEntry>& out, std::vector<T>&& entries) {
  for (T& entry : entries) out.emplace_back(std::move(entry));
}

}  // namespace

StatsReport PeerConnection::GetStats() const {
  StatsReport report{.timestamp_us = loop_.UnixMicros()};
  std::vector<StatsEntry>& out = report.entries;
  out.emplace_back(PeerConnectionStats{.id = "P",
                                       .data_channels_opened = channels_.channels_opened(),
                                       .data_channels_closed = channels_.channels_closed()});
  for (const auto& slot : transports_) slot->transport->AppendStats(slot->id, out);
  media::MediaStats media = media_.GetStats();
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
  return report;
}

}  // namespace pcd::peerconnection

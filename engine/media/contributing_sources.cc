#include "engine/media/contributing_sources.h"

#include <algorithm>

namespace pcd::media {

void ContributingSources::OnPacket(const rtp::RtpPacketView& packet, Timestamp arrival) {
  for (size_t i = 0; i < packet.csrc_count(); ++i) {
    Take({.csrc = packet.csrc(i), .rtp_timestamp = packet.timestamp(), .arrival = arrival});
  }
}

void ContributingSources::Take(const Source& source) {
  const auto known = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& other) { return other.csrc == source.csrc; });
  if (known != sources_.end()) {
    *known = source;
  } else if (sources_.size() < kMaxSources) {
    sources_.reserve(kMaxSources);
    sources_.push_back(source);
  } else {
    *std::min_element(sources_.begin(), sources_.end(), [](const Source& a, const Source& b) {
      return a.arrival < b.arrival;
    }) = source;
  }
}

}  // namespace pcd::media

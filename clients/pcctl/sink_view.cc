#include "clients/pcctl/sink_view.h"

#include "clients/pcctl/address.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {

std::string SelectorText(const api::TrackSelector& selector) {
  switch (selector.selector_case()) {
    case api::TrackSelector::kTrackId:
      return "track=" + Printable(selector.track_id());
    case api::TrackSelector::kMid:
      return "mid=" + Printable(selector.mid());
    case api::TrackSelector::kKindAndOrdinal:
      return EnumText(selector.kind_and_ordinal().kind()) + "[" +
             std::to_string(selector.kind_and_ordinal().ordinal()) + "]";
    default:
      return "-";
  }
}

std::vector<std::string> SinkColumns() {
  return {"SINK", "STATE",   "TAKES", "CODEC",   "LAYER",
          "TO",   "PACKETS", "BYTES", "SKIPPED", "DROPPED"};
}

std::vector<std::string> SinkRow(const api::Sink& sink) {
  const api::TransportAddress& to = sink.spec().destination();
  const api::SinkCounters& counters = sink.counters();
  return {Printable(sink.sink_id()),
          EnumText(sink.state()),
          SelectorText(sink.spec().selector()),
          OrDash(sink.codec().codec().mime_type()),
          OrDash(sink.active_rid()),
          ToString(Printable(to.host()), to.port()),
          std::to_string(counters.packets_sent()),
          std::to_string(counters.bytes_sent()),
          std::to_string(counters.packets_skipped()),
          std::to_string(counters.packets_dropped())};
}

}  // namespace pcd::pcctl

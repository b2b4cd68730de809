#include "clients/pcctl/describe_view.h"

#include <string>
#include <string_view>

#include "clients/pcctl/address.h"
#include "clients/pcctl/candidate_view.h"
#include "clients/pcctl/channel_view.h"
#include "clients/pcctl/connection_view.h"
#include "clients/pcctl/event_line.h"
#include "clients/pcctl/sink_view.h"
#include "clients/pcctl/table.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

// The table below its title. A table with nothing but columns counts as none.
void PrintSection(std::string_view title, const Table& table, std::ostream& out) {
  out << '\n' << title << ":" << (table.size() < 2 ? " none" : "") << '\n';
  if (table.size() >= 2) table.Print(out, "  ");
}

Table TransceiverTable(const api::PeerConnectionSnapshot& snapshot) {
  Table table;
  table.AddRow({"TRANSCEIVER", "MID", "KIND", "DIRECTION", "NEGOTIATED", "SENDS", "RECEIVES"});
  for (const api::RtpTransceiver& each : snapshot.transceivers()) {
    table.AddRow({Printable(each.transceiver_id()), OrDash(each.mid()), EnumText(each.kind()),
                  EnumText(each.direction()) + (each.stopping() ? ", stopping" : ""),
                  EnumText(each.current_direction()), OrDash(each.sender().track_id()),
                  OrDash(each.receiver().track_id())});
  }
  return table;
}

// What feeds a local track: "udp at 127.0.0.1:5004, active".
std::string SourceText(const api::Source& source) {
  std::string text;
  switch (source.spec().source_case()) {
    case api::SourceSpec::kUdp:
      text = "udp at " + ToString(Printable(source.local_rtp().host()), source.local_rtp().port());
      break;
    case api::SourceSpec::kPacketStream:
      text = "packet stream";
      break;
    case api::SourceSpec::kTest:
      text = "test";
      break;
    case api::SourceSpec::kRelay:
      text = "relay of " + Printable(source.spec().relay().track_id());
      break;
    default:
      return "-";
  }
  return text + ", " + EnumText(source.state());
}

Table TrackTable(const api::PeerConnectionSnapshot& snapshot) {
  Table table;
  table.AddRow({"TRACK", "KIND", "ORIGIN", "STATE", "MUTED", "MID", "STREAMS", "SOURCE"});
  for (const api::Track& track : snapshot.tracks()) {
    std::string streams;
    for (const std::string& id : track.stream_ids()) {
      streams.append(streams.empty() ? "" : ",").append(id);
    }
    table.AddRow({Printable(track.track_id()), EnumText(track.kind()), EnumText(track.origin()),
                  EnumText(track.state()), track.muted() ? "yes" : "no", OrDash(track.mid()),
                  OrDash(streams), track.has_source() ? SourceText(track.source()) : "-"});
  }
  return table;
}

Table SinkTable(const api::PeerConnectionSnapshot& snapshot) {
  Table table;
  table.AddRow(SinkColumns());
  for (const api::Sink& sink : snapshot.sinks()) table.AddRow(SinkRow(sink));
  return table;
}

Table ChannelTable(const api::PeerConnectionSnapshot& snapshot) {
  Table table;
  table.AddRow(ChannelColumns());
  for (const api::DataChannel& channel : snapshot.data_channels()) {
    table.AddRow(ChannelRow(channel));
  }
  return table;
}

Table EventTable(const std::vector<api::WatchEventsResponse>& events) {
  Table table;
  table.AddRow({"TIME", "SEQ", "EVENT", "DETAILS"});
  for (const api::WatchEventsResponse& event : events) {
    if (!event.has_event()) continue;
    if (const auto line = ToEventLine(event)) {
      table.AddRow({line->time, line->sequence, line->event, Printable(line->details)});
    }
  }
  return table;
}

}  // namespace

void PrintDescription(const Description& description, std::chrono::system_clock::time_point now,
                      std::ostream& out) {
  const api::PeerConnectionSnapshot& snapshot = description.snapshot;
  PrintConnection(snapshot.peer_connection(), now, out);
  PrintSection("Candidates", CandidateTable(description.candidates), out);
  PrintSection("Candidate pairs", CandidatePairTable(description.candidates), out);
  PrintSection("Transceivers", TransceiverTable(snapshot), out);
  PrintSection("Tracks", TrackTable(snapshot), out);
  PrintSection("Sinks", SinkTable(snapshot), out);
  PrintSection("Data channels", ChannelTable(snapshot), out);
  PrintSection("Latest events", EventTable(description.events), out);
}

}  // namespace pcd::pcctl

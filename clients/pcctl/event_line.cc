#include "clients/pcctl/event_line.h"

#include <algorithm>
#include <utility>

#include "clients/pcctl/event_details.h"
#include "clients/pcctl/table.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

// Width of an RFC 3339 time, of a 5-digit number, and of the longest common event.
constexpr size_t kTimeWidth = 24;
constexpr size_t kSequenceWidth = 5;
constexpr size_t kEventWidth = 27;

// "ice-connection-state-change" for the member of the oneof that is set.
std::string EventName(const api::Event& event) {
  const auto* oneof = event.GetDescriptor()->FindOneofByName("event");
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
  if (field == nullptr) return "unknown";
  std::string name = field->name();
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

EventLine ToLine(const api::Event& event) {
  return {.time = TimeText(event.time()),
          .id = event.peer_connection_id(),
          .sequence = std::to_string(event.sequence()),
          .event = EventName(event),
          .details = EventDetails(event)};
}

EventLine ToLine(const api::PeerConnectionSnapshot& snapshot) {
  const api::PeerConnection& connection = snapshot.peer_connection();
  return {.id = connection.peer_connection_id(),
          .sequence = std::to_string(connection.last_event_sequence()),
          .event = "snapshot",
          .details = "connection=" + EnumText(connection.connection_state()) +
                     " ice=" + EnumText(connection.ice_connection_state()) +
                     " signaling=" + EnumText(connection.signaling_state()) +
                     " tracks=" + std::to_string(snapshot.tracks_size()) +
                     " sinks=" + std::to_string(snapshot.sinks_size()) +
                     " data-channels=" + std::to_string(snapshot.data_channels_size())};
}

EventLine ToLine(const api::EventGap& gap) {
  const std::string last = gap.last_missing_sequence() == 0
                               ? std::string("?")
                               : std::to_string(gap.last_missing_sequence());
  return {.id = gap.peer_connection_id(),
          .event = "gap",
          .details = "missing " + std::to_string(gap.first_missing_sequence()) + " to " + last +
                     (gap.gone() ? ", connection is gone" : "")};
}

EventLine ToLine(const api::DrainNotice& notice) {
  std::string details = "node " + notice.node_id() + (notice.draining() ? "" : " no longer drains");
  if (notice.draining() && notice.has_deadline()) {
    details += " closes at " + TimeText(notice.deadline());
  }
  return {.event = "drain-notice", .details = details};
}

}  // namespace

std::optional<EventLine> ToEventLine(const api::WatchEventsResponse& response) {
  switch (response.response_case()) {
    case api::WatchEventsResponse::kSnapshot:
      return ToLine(response.snapshot());
    case api::WatchEventsResponse::kEvent:
      return ToLine(response.event());
    case api::WatchEventsResponse::kGap:
      return ToLine(response.gap());
    case api::WatchEventsResponse::kSynced:
      return EventLine{.event = "synced",
                       .details = std::to_string(response.synced().peer_connection_count()) +
                                  " watched; what follows is live"};
    case api::WatchEventsResponse::kDrainNotice:
      return ToLine(response.drain_notice());
    case api::WatchEventsResponse::kReplicaLost:
      return EventLine{.event = "replica-lost",
                       .details = "node " + response.replica_lost().node_id()};
    default:
      return std::nullopt;
  }
}

void EventLinePrinter::Print(EventLine line) {
  line.id = Printable(line.id);
  line.details = Printable(line.details);
  id_width_ = std::max(id_width_, DisplayWidth(line.id));
  if (!header_printed_) {
    header_printed_ = true;
    PrintCells(
        {.time = "TIME", .id = "ID", .sequence = "SEQ", .event = "EVENT", .details = "DETAILS"});
  }
  PrintCells(line);
}

void EventLinePrinter::PrintCells(const EventLine& line) {
  std::string text = Pad(line.time, kTimeWidth) + "  " + Pad(line.id, id_width_) + "  " +
                     Pad(line.sequence, kSequenceWidth) + "  " + Pad(line.event, kEventWidth) +
                     "  " + line.details;
  text.erase(text.find_last_not_of(' ') + 1);
  *out_ << text << '\n';
  out_->flush();
}

}  // namespace pcd::pcctl

// What a watch delivers, one line for each message.
#ifndef CLIENTS_PCCTL_EVENT_LINE_H_
#define CLIENTS_PCCTL_EVENT_LINE_H_

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/event_service.pb.h"

namespace pcd::pcctl {

// Cells of a line; "-" where there is nothing to say.
struct EventLine {
  std::string time = "-";
  std::string id = "-";
  std::string sequence = "-";
  std::string event = {};
  std::string details = {};
};

// Nothing for heartbeats and statistics, which are for programs.
std::optional<EventLine> ToEventLine(const api::WatchEventsResponse& response);

// Prints lines below a header. Lines come one by one, so the column of ids grows with what it
// holds; it is never narrower than `min_id_width`. Threading: one thread.
class EventLinePrinter {
 public:
  explicit EventLinePrinter(std::ostream* out, size_t min_id_width = 0)
      : out_(out), id_width_(min_id_width) {}

  void Print(EventLine line);

 private:
  void PrintCells(const EventLine& line);

  std::ostream* const out_;
  bool header_printed_ = false;
  size_t id_width_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_EVENT_LINE_H_

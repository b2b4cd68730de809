#include "clients/pcctl/connection_view.h"

#include <algorithm>

#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

// "offer, 7 sections": the text itself is for -o json.
std::string DescriptionText(const api::SessionDescription& description) {
  size_t sections = 0;
  const std::string& sdp = description.sdp();
  for (size_t at = sdp.find("\nm="); at != std::string::npos; at = sdp.find("\nm=", at + 1)) {
    ++sections;
  }
  return EnumText(description.type()) + ", " + std::to_string(sections) +
         (sections == 1 ? " section" : " sections");
}

void AddTransports(const api::PeerConnection& connection, Table* table) {
  for (const auto& ice : connection.ice_transports()) {
    std::string text = EnumText(ice.state()) + ", " + EnumText(ice.role());
    if (ice.has_selected_candidate_pair()) {
      text += ", " + CandidateText(ice.selected_candidate_pair().local()) + " to " +
              CandidateText(ice.selected_candidate_pair().remote());
    }
    table->AddRow({"ICE transport " + Printable(ice.transport_id()), text});
  }
  for (const auto& dtls : connection.dtls_transports()) {
    table->AddRow({"DTLS transport " + Printable(dtls.transport_id()),
                   EnumText(dtls.state()) + ", " + EnumText(dtls.role())});
  }
  if (connection.has_sctp()) {
    table->AddRow({"SCTP transport", EnumText(connection.sctp().state()) + ", messages up to " +
                                         std::to_string(connection.sctp().max_message_size()) +
                                         " bytes"});
  }
}

}  // namespace

std::vector<std::string> ConnectionColumns() {
  return {"ID", "STATE", "ICE", "SIGNALING", "AGE", "LABELS"};
}

std::vector<std::string> ConnectionRow(const api::PeerConnection& connection,
                                       std::chrono::system_clock::time_point now) {
  return {Printable(connection.peer_connection_id()),  EnumText(connection.connection_state()),
          EnumText(connection.ice_connection_state()), EnumText(connection.signaling_state()),
          AgeText(connection.create_time(), now),      LabelsText(connection.labels())};
}

void PrintConnection(const api::PeerConnection& connection,
                     std::chrono::system_clock::time_point now, std::ostream& out) {
  Table table;
  table.AddRow({"ID", Printable(connection.peer_connection_id())});
  table.AddRow({"Labels", LabelsText(connection.labels())});
  table.AddRow({"Created", TimeText(connection.create_time()) + " (" +
                               AgeText(connection.create_time(), now) + " ago)"});
  table.AddRow({"Revision", std::to_string(connection.revision())});
  table.AddRow({"Last event", std::to_string(connection.last_event_sequence())});
  table.AddRow({"Connection", EnumText(connection.connection_state())});
  table.AddRow({"Signaling", EnumText(connection.signaling_state()) +
                                 (connection.negotiation_needed() ? ", negotiation needed" : "")});
  table.AddRow({"ICE", EnumText(connection.ice_connection_state())});
  table.AddRow({"ICE gathering", EnumText(connection.ice_gathering_state())});
  table.AddRow({"Remote trickles", EnumText(connection.can_trickle_ice_candidates())});
  table.AddRow({"ICE backend", EnumText(connection.ice_backend())});
  AddTransports(connection, &table);
  if (connection.has_local_description()) {
    table.AddRow({"Local description", DescriptionText(connection.local_description())});
  }
  if (connection.has_remote_description()) {
    table.AddRow({"Remote description", DescriptionText(connection.remote_description())});
  }
  if (!connection.lease_id().empty()) {
    table.AddRow({"Lease", Printable(connection.lease_id())});
  }
  if (!connection.owner_endpoint().empty()) {
    table.AddRow({"Owner", Printable(connection.owner_endpoint())});
  }
  if (connection.close_reason() != api::CLOSE_REASON_UNSPECIFIED) {
    table.AddRow({"Closed",
                  EnumText(connection.close_reason()) + ": " + OrDash(connection.close_message())});
  }
  table.Print(out);
}

}  // namespace pcd::pcctl

#include "clients/pcctl/hints.h"

namespace pcd::pcctl {
namespace {

constexpr Hint kHints[] = {
    {"INVALID_ARGUMENT",
     "Correct the value named above; \"pcctl VERB --help\" says what it takes."},
    {"INVALID_STATE", "See the connection's state with \"pcctl get ID\"."},
    {"NOT_IMPLEMENTED", "This version of peerconnectiond lacks the call; a newer one may have it."},
    {"FIELD_NOT_IMPLEMENTED",
     "This version of peerconnectiond lacks this option; leave it out or use a newer one."},
    {"INTERNAL", "This is a fault of peerconnectiond; please report it with its log."},
    {"DEADLINE_EXCEEDED", "What had begun is finished; \"pcctl list\" shows what there is."},
    {"LIMIT_EXCEEDED", "Close what is not needed, or raise the service's limit of that name."},
    {"ALREADY_EXISTS", "Choose another id."},
    {"STALE_REVISION", "Somebody else changed the connection; read it again with \"pcctl get\"."},
    {"UNAUTHENTICATED", "Give a certificate that the service accepts: --tls-cert and --tls-key."},
    {"PERMISSION_DENIED", "The service's policy does not allow this to your certificate."},
    {"INVALID_LABEL_SELECTOR",
     "Terms are key=value, key!=value, key and !key, joined by commas: -l 'app=demo,!test'."},
    {"PEER_CONNECTION_NOT_FOUND",
     "It never existed or is closed; \"pcctl list\" shows those open."},
    {"PEER_CONNECTION_CLOSED", "It was closed meanwhile; nothing is left to do."},
    {"INVALID_SDP",
     "Pass the browser's offer unchanged, as pc.localDescription.sdp, with its line ends."},
    {"SDP_TOO_LARGE", "Offer fewer sections or codecs, or raise the service's limit."},
    {"SDP_SEMANTICS",
     "The text is SDP but no valid offer; take it from pc.localDescription, not an answer."},
    {"UNSUPPORTED_SDP", "The offer needs DTLS-SRTP and rtcp-mux, as every browser offers them."},
    {"INVALID_CANDIDATE",
     "Pass event.candidate unchanged, as JSON.stringify gives it, and check the m-section."},
    {"UNKNOWN_UFRAG",
     "The candidate belongs to a description that was not applied, or no longer is."},
    {"SINK_NOT_FOUND", "\"pcctl sink list ID\" shows those of the connection."},
    {"SINK_ALREADY_EXISTS", "Choose another --name; \"pcctl sink list ID\" shows those in use."},
    {"SINK_DESTINATION_DENIED",
     "By default sinks are allowed on this machine only (127.0.0.0/8, ::1); start the service\n"
     "      with an address policy that allows this destination."},
    {"SINK_DESTINATION_IN_USE",
     "Another sink sends there; choose other ports, or delete it or close its connection."},
    {"SINK_NOT_NEGOTIATED",
     "The remote has no track for this sink yet; \"pcctl sink list ID\" shows its state."},
    {"PORT_UNAVAILABLE", "Widen the service's port range, or close connections."},
    {"DATA_CHANNEL_NOT_FOUND", "It never existed or is closed; \"pcctl data list ID\" shows them."},
    {"DATA_CHANNEL_NOT_OPEN",
     "It opens when the connection does; \"pcctl data list ID\" shows its state."},
    {"MESSAGE_TOO_LARGE",
     "\"pcctl describe ID\" shows how long a message may be, at \"SCTP transport\"."},
    {"BUFFER_FULL", "The remote takes no more at present; try again in a moment."},
    {"STREAM_ALREADY_ATTACHED",
     "Somebody else receives the messages; --take-over takes them away from there."},
    {"STREAM_TAKEN_OVER", "Somebody else receives the messages now."},
    {"NO_STREAM_ID", "Choose another --stream-id, or leave --negotiated out."},
    {"SLOW_CONSUMER", "Read faster: write to a file, or watch fewer connections."},
    {"DRAINING", "The node takes no new connections; use another one."},
    {"NOT_READY", "The service is starting or stopping; try again in a moment."},
    {"OWNER_UNREACHABLE", "The node that owns the connection does not answer; try again later."},
    {"OWNER_RESTARTED", "Its node has restarted and the connection is gone; make a new one."},
    {"INVALID_OWNER", "The id belongs to another installation; check it and --server."},
};

}  // namespace

std::span<const Hint> Hints() { return kHints; }

std::string_view HintFor(std::string_view reason) {
  for (const Hint& hint : kHints) {
    if (hint.reason == reason) return hint.text;
  }
  return {};
}

}  // namespace pcd::pcctl

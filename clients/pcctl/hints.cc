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
    {"SINK_NOT_FOUND", "\"pcctl accept-offer\" names its sinks when it makes them."},
    {"SINK_DESTINATION_DENIED",
     "By default sinks are allowed on this machine only (127.0.0.0/8, ::1); start the service\n"
     "      with an address policy that allows this destination."},
    {"SINK_DESTINATION_IN_USE",
     "Another connection sends there; choose other ports or close it (\"pcctl list\")."},
    {"SINK_NOT_NEGOTIATED", "The offer has no track for this sink."},
    {"PORT_UNAVAILABLE", "Widen the service's port range, or close connections."},
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

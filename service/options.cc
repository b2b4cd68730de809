#include "service/options.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>

#include "engine/base/status.h"
#include "engine/dtls/dtls_transport.h"

namespace pcd::service {
namespace {

// What a data channel message brings along: ids and framing in gRPC, the charge of a queue.
constexpr size_t kMessageOverhead = 4096;

constexpr SrtpProfile kSrtpProfiles[] = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                         SrtpProfile::kAes128CmSha1_80,
                                         SrtpProfile::kAes128CmSha1_32};

std::string NameOf(SrtpProfile profile) { return std::string(ToString(profile)); }

void AddServerFlags(FlagSet& flags, ServerOptions& server) {
  flags.AddString("listen", &server.listen_address,
                  "Address of the gRPC port; port 0 lets the system choose.");
  flags.AddString("tls-cert", &server.security.certificate_file,
                  "Certificate chain (PEM) of the gRPC port. Read again every 10 s.");
  flags.AddString("tls-key", &server.security.key_file, "Its private key (PEM).");
  flags.AddString("tls-client-ca", &server.security.client_ca_file,
                  "Authorities (PEM) of client certificates, which are then required.");
  flags.AddSwitch("allow-unauthenticated-clients", &server.security.allow_unauthenticated_clients,
                  "Allow TLS without --tls-client-ca on other addresses than loopback.");
  flags.AddSwitch("insecure", &server.security.allow_insecure,
                  "Allow plaintext on other addresses than loopback.");
  flags.AddInteger("grpc-max-receive-bytes", &server.max_receive_bytes, 1024, 64 << 20,
                   "Longest request message; --max-message-bytes and 4 KiB at least.");
  flags.AddInteger("grpc-max-send-bytes", &server.max_send_bytes, 1024, 64 << 20,
                   "Longest response message; 3 times --max-message-bytes and 4 KiB at least.");
  flags.AddInteger("grpc-max-metadata-bytes", &server.max_metadata_bytes, 1024, 1 << 20,
                   "Most metadata of a call.");
  flags.AddInteger("grpc-max-concurrent-streams", &server.max_concurrent_streams, 1, 1 << 20,
                   "Most calls at a time of one client connection; further ones wait.");
  flags.AddInteger("grpc-max-connection-idle-seconds", &server.max_connection_idle_seconds, 1,
                   1 << 20, "A client connection without calls is closed after this time.");
  flags.AddInteger("grpc-max-connection-age-seconds", &server.max_connection_age_seconds, 0,
                   1 << 20, "Client connections are closed at this age; 0: never.");
  flags.AddInteger("grpc-keepalive-seconds", &server.keepalive_seconds, 1, 7200,
                   "Interval of pings to clients.");
  flags.AddInteger("grpc-max-threads", &server.max_threads, 2, 4096, "Most threads of gRPC.");
  flags.AddInteger("max-request-id-bytes", &server.max_request_id_bytes, 1 << 20, 1 << 30,
                   "Answers kept for 10 minutes for repeats with the same request_id; beyond, the "
                   "oldest are forgotten.");
  flags.AddInteger("max-watches", &server.max_watches, 1, 1 << 20,
                   "Most event streams at a time, of all clients.");
  flags.AddInteger("max-watch-bytes", &server.max_watch_bytes, 1 << 16, 1 << 30,
                   "Events that wait for one reader; beyond it the stream is cut.");
  flags.AddInteger("max-watches-bytes", &server.max_watches_bytes, 1 << 20, int64_t{1} << 36,
                   "The same of all readers together, snapshots too.");
  flags.AddInteger("grpc-max-memory-bytes", &server.max_memory_bytes, 1 << 24, int64_t{1} << 36,
                   "Memory that gRPC may use for its calls; above it reads are held back.");
  flags.AddInteger("max-data-streams", &server.max_data_streams, 1, 1 << 20,
                   "Most data channel streams at a time, of all clients.");
}

void AddLimitFlags(FlagSet& flags, Limits& limits) {
  constexpr size_t kMany = 1'000'000;
  constexpr size_t kGiB = size_t{1} << 30;
  flags.AddSize("max-peer-connections", &limits.max_peer_connections, 1, kMany,
                "Connections of this process.");
  flags.AddSize("max-sdp-bytes", &limits.max_sdp_bytes, 1024, 1 << 20, "One description.");
  flags.AddSize("max-media-sections", &limits.max_media_sections, 1, 1024,
                "m-sections of one description.");
  flags.AddSize("max-transports", &limits.max_transports, 1, 256,
                "ICE transports of a connection: of sections that are not bundled, or not yet. "
                "Each has sockets of its own with full ICE.");
  flags.AddSize("max-certificates", &limits.max_certificates, 1, kMany,
                "Generated certificates that are kept; each until it expires.");
  flags.AddSize(
      "max-candidates", &limits.max_candidates, 1, 1000,
      "ICE candidates in each direction: of a connection's descriptions, and of each of its "
      "ICE transports, by generation.");
  flags.AddSize("max-candidate-pairs", &limits.max_candidate_pairs, 2, 1000,
                "Pairs of candidates that an ICE transport checks and statistics remember.");
  flags.AddSize("max-data-channels", &limits.max_data_channels, 1, 65535,
                "Data channels of a connection.");
  flags.AddSize("max-label-bytes", &limits.max_label_bytes, 1, 65535,
                "Label or protocol of a data channel.");
  flags.AddSize(
      "max-message-bytes", &limits.max_message_bytes, 1024, 16 << 20,
      "One data channel message, both ways. Refused at start when --grpc-max-receive-bytes, "
      "--grpc-max-send-bytes, --max-data-buffered-bytes or --max-data-received-bytes is "
      "too small for it.");
  flags.AddSize("max-data-buffered-bytes", &limits.max_data_buffered_bytes, 1024, kGiB,
                "Data channel bytes of a connection that wait to be sent; --max-message-bytes and "
                "4 KiB at least.");
  flags.AddSize("max-data-received-bytes", &limits.max_data_received_bytes, 1024, kGiB,
                "Data channel bytes of a connection that wait to be taken, beside SCTP's own "
                "buffers; --max-message-bytes and 4 KiB at least.");
  flags.AddSize("max-sinks", &limits.max_sinks, 1, 1024, "Sinks of a connection.");
  flags.AddSize("max-local-tracks", &limits.max_local_tracks, 1, 1024,
                "Local tracks of a connection, each with its source.");
  flags.AddSize("max-ssrcs", &limits.max_ssrcs, 1, 4096,
                "RTP sources of a connection, signalled or learnt by mid.");
  flags.AddSize("max-unsignalled-ssrcs", &limits.max_unsignalled_ssrcs, 0, 4096,
                "RTP sources of a connection learnt by payload type alone.");
  flags.AddSize("max-events", &limits.max_events, 16, kMany,
                "Events kept of a connection for watchers that resume.");
  flags.AddSize("max-event-bytes", &limits.max_event_bytes, 1024, kGiB, "The same in bytes.");
  flags.AddDuration("dtls-handshake-timeout", &limits.dtls_handshake_timeout,
                    "A handshake that takes longer has failed.");
  flags.AddDuration("never-connected-timeout", &limits.never_connected_timeout,
                    "A connection not connected this long after its creation is closed; 0: never.");
  flags.AddDuration("disconnected-timeout", &limits.disconnected_timeout,
                    "One disconnected or failed for this long is closed; 0: never.");
}

absl::Status ParsePort(const std::string& text, uint16_t* port) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, *port);
  if (error != std::errc() || stopped != end || *port == 0) {
    return InvalidArgument("\"" + text + "\" is not a port");
  }
  return absl::OkStatus();
}

}  // namespace

void AddFlags(FlagSet& flags, Options& options) {
  AddServerFlags(flags, options.server);
  AddLimitFlags(flags, options.limits);
  flags.AddString("log-level", &options.log_level, "trace, debug, info, warn, error or off.");
  flags.AddString("node-name", &options.node_name,
                  "First part of connection ids; the host name if not given.");
  flags.AddInteger("media-loops", &options.media_loops, 0, 1024,
                   "Threads that carry media; 0: one per core.");
  flags.AddList("sink-allow", &options.sink_allow,
                "Where sinks may send: networks with ports, such as 10.0.0.0/8:5000-6000.");
  flags.AddList("ice-address", &options.ice_addresses,
                "Local addresses to offer as candidates; all of the machine if not given.");
  flags.AddSwitch("ice-loopback", &options.ice_loopback, "Offer loopback addresses, too.");
  flags.AddList("ice-interface", &options.ice_interfaces,
                "Interfaces whose addresses are offered, such as eth0 or wg*; all if not given.");
  flags.AddList("ice-exclude-interface", &options.ice_excluded_interfaces,
                "Interfaces whose addresses are not offered, such as docker*.");
  flags.AddList("ice-network", &options.ice_networks,
                "Networks whose addresses are offered, such as 10.0.0.0/8 or 2001:db8::/32; all if "
                "not given.");
  flags.AddInteger("media-port", &options.media_port, 0, 65535,
                   "UDP port that all connections of the first media loop share; the next loops "
                   "take the next numbers. 0: the system chooses.");
  flags.AddSwitch("ice-tcp", &options.ice_tcp,
                  "Listen on TCP, too, with the numbers of the media ports, and offer it to peers "
                  "that UDP does not reach (ICE-TCP, passive).");
  flags.AddList(
      "announce", &options.announce,
      "What to offer instead of local addresses, or with + beside them: [+][LOCAL=]IP[:PORT], "
      "where PORT stands for the first loop's media port. With a PORT it is for the media port "
      "only, without for full ICE, too.");
  flags.AddList("ice-server-allow", &options.ice_server_allow,
                "Where STUN and TURN servers of callers may be: networks with ports, such as "
                "192.0.2.0/24:3478; anywhere but on loopback and link-local addresses if not "
                "given.");
  flags.AddInteger("dscp", &options.dscp, 0, 63,
                   "Marks what is sent to peers (DSCP, RFC 8837), such as 46 for EF.");
  flags.AddList("srtp-profiles", &options.srtp_profiles,
                "SRTP protection profiles in order of preference; what the peer has none of "
                "carries no media. SRTP_AES128_CM_HMAC_SHA1_32 exists, too.");
  flags.AddString("insecure-key-log", &options.insecure_key_log,
                  "File that the DTLS secrets of all connections are appended to (NSS key log "
                  "format), for reading captures: whoever has it can decrypt all media and data.");
  flags.AddString("ice-backend", &options.ice_backend,
                  "Of connections that leave it open: auto (the media port where it suffices) or "
                  "full (sockets of their own).");
  flags.AddString("udp-ports", &options.udp_ports,
                  "Range of the local ports of full ICE, such as 40000-49999; any if not given.");
  flags.AddDuration("shutdown-grace", &options.shutdown_grace,
                    "How long calls may go on after SIGTERM.");
  flags.AddSwitch("help", &options.help, "Print this and exit.");
  flags.AddSwitch("version", &options.version, "Print the version and exit.");
}

absl::Status CheckOptions(const Options& options) {
  const size_t message = options.limits.max_message_bytes;
  const struct {
    const char* flag;
    size_t value;
    size_t least;
  } rows[] = {
      {"grpc-max-receive-bytes", static_cast<size_t>(options.server.max_receive_bytes),
       message + kMessageOverhead},
      // Text that is not UTF-8 is repaired: three bytes for each that is wrong.
      {"grpc-max-send-bytes", static_cast<size_t>(options.server.max_send_bytes),
       3 * message + kMessageOverhead},
      {"max-data-buffered-bytes", options.limits.max_data_buffered_bytes,
       message + kMessageOverhead},
      {"max-data-received-bytes", options.limits.max_data_received_bytes,
       message + kMessageOverhead},
  };
  for (const auto& row : rows) {
    if (row.value >= row.least) continue;
    return InvalidArgument("--max-message-bytes=" + std::to_string(message) + " needs --" +
                           row.flag + "=" + std::to_string(row.least) + " or more; it is " +
                           std::to_string(row.value));
  }
  return absl::OkStatus();
}

std::vector<std::string> DefaultSrtpProfiles() {
  std::vector<std::string> names;
  for (const SrtpProfile profile : dtls::Config{}.srtp_profiles) {
    names.emplace_back(ToString(profile));
  }
  return names;
}

absl::StatusOr<std::vector<SrtpProfile>> ParseSrtpProfiles(const std::vector<std::string>& names) {
  std::vector<SrtpProfile> profiles;
  for (const std::string& name : names) {
    const auto known = std::ranges::find(kSrtpProfiles, name, NameOf);
    if (known == std::end(kSrtpProfiles)) {
      std::string all;
      for (const SrtpProfile each : kSrtpProfiles) all += " " + NameOf(each);
      return InvalidArgument("--srtp-profiles: there is no \"" + name + "\"; there are" + all);
    }
    if (std::ranges::find(profiles, *known) != profiles.end()) {
      return InvalidArgument("--srtp-profiles names " + name + " twice");
    }
    profiles.push_back(*known);
  }
  if (profiles.empty()) return InvalidArgument("--srtp-profiles names none");
  return profiles;
}

absl::Status ParsePortRange(const std::string& text, uint16_t* first, uint16_t* last) {
  *first = *last = 0;
  if (text.empty()) return absl::OkStatus();
  const size_t dash = text.find('-');
  PCD_RETURN_IF_ERROR(ParsePort(text.substr(0, dash), first));
  *last = *first;
  if (dash != std::string::npos) PCD_RETURN_IF_ERROR(ParsePort(text.substr(dash + 1), last));
  if (*first > *last) return InvalidArgument("\"" + text + "\" ends before it begins");
  return absl::OkStatus();
}

}  // namespace pcd::service

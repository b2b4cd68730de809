// peerconnectiond: reads flags, starts loops, engine and gRPC server, waits for a signal, and
// stops them in the opposite order.
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/log.h"
#include "engine/base/socket_address.h"
#include "engine/base/status.h"
#include "engine/host/host.h"
#include "engine/ice/address_rules.h"
#include "engine/ice/announced_address.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/ice/server_policy.h"
#include "engine/ice/shared_port_factory.h"
#include "engine/net/address_policy.h"
#include "engine/net/event_loop_pool.h"
#include "engine/net/system_host_resolver.h"
#include "engine/net/system_random.h"
#include "engine/sctp/usrsctp_association_factory.h"
#include "service/file_limit.h"
#include "service/flag_set.h"
#include "service/key_log.h"
#include "service/log_sink.h"
#include "service/loop_heartbeat.h"
#include "service/options.h"
#include "service/server.h"
#include "service/server_credentials.h"

namespace pcd::service {
namespace {

constexpr char kVersion[] = "0.1.0";
constexpr int kExitUsage = 2;

// What a host name has beyond letters, digits and '-' would split an id.
std::string NodeName(const std::string& wanted) {
  std::array<char, 256> buffer{};
  std::string name = wanted;
  if (name.empty() && gethostname(buffer.data(), buffer.size() - 1) == 0) name = buffer.data();
  std::string out;
  for (const char c : name.substr(0, 63)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? c : '-';
  }
  return out.empty() ? "local" : out;
}

absl::StatusOr<ice::Config> MakeIceConfig(const Options& options) {
  ice::Config config;
  config.allow_loopback = options.ice_loopback;
  config.max_candidates = options.limits.max_candidates;
  config.dscp = static_cast<uint8_t>(options.dscp);
  PCD_RETURN_IF_ERROR(ParsePortRange(options.udp_ports, &config.min_port, &config.max_port));
  for (const std::string& text : options.ice_addresses) {
    const auto address = IpAddress::Parse(text);
    if (!address.has_value()) return InvalidArgument("\"" + text + "\" is not an IP address");
    config.addresses.push_back(*address);
  }
  for (const std::string& text : options.announce) {
    PCD_ASSIGN_OR_RETURN(config.announced.emplace_back(), ice::AnnouncedAddress::Parse(text));
  }
  ice::AddressRules rules{.interfaces = options.ice_interfaces,
                          .excluded = options.ice_excluded_interfaces};
  PCD_ASSIGN_OR_RETURN(rules.networks, ice::AddressRules::ParseNetworks(options.ice_networks));
  if (!rules.empty()) {
    if (!options.ice_addresses.empty()) {
      return InvalidArgument(
          "--ice-address names addresses, so --ice-interface, --ice-exclude-interface and "
          "--ice-network have nothing to choose");
    }
    config.address_filter = [rules](const std::string& name, const IpAddress& address) {
      return rules.Allow(name, address);
    };
  }
  if (!options.ice_server_allow.empty()) {
    PCD_ASSIGN_OR_RETURN(const net::AddressPolicy allowed,
                         net::AddressPolicy::Parse(options.ice_server_allow));
    config.server_policy = ice::ServerPolicy(allowed.rules());
  }
  return config;
}

ice::SharedPortOptions MakeSharedPortOptions(const Options& options,
                                             const ice::Config& ice_config) {
  return {.port = static_cast<uint16_t>(options.media_port),
          .addresses = ice_config.addresses,
          .allow_loopback = ice_config.allow_loopback,
          .address_filter = ice_config.address_filter,
          .announced = ice_config.announced,
          .dscp = ice_config.dscp,
          .tcp = options.ice_tcp};
}

absl::StatusOr<IceBackend> ParseIceBackend(const std::string& text) {
  if (text == "auto") return IceBackend::kAuto;
  if (text == "full") return IceBackend::kFull;
  return InvalidArgument("--ice-backend is auto or full, not \"" + text + "\"");
}

// Null: connections are full ICE. That is an error only where a port, addresses or TCP were asked
// for.
absl::StatusOr<std::unique_ptr<ice::SharedPortFactory>> OpenSharedPorts(
    const std::vector<net::Loop*>& loops, const ice::SharedPortOptions& options) {
  auto opened = ice::SharedPortFactory::Open(loops, options);
  if (!opened.ok()) {
    if (options.port != 0 || !options.announced.empty() || options.tcp) return opened.status();
    PCD_LOG(kWarning, "service", "no media port: " + std::string(opened.status().message()));
    return nullptr;
  }
  std::string numbers;
  for (const uint16_t port : (*opened)->ports()) numbers += " " + std::to_string(port);
  PCD_LOG(kInfo, "service",
          (options.tcp ? "media ports (UDP and TCP)" : "media ports (UDP)") + numbers);
  return opened;
}

// SIGINT and SIGTERM are taken by WaitForSignal only; every thread started later inherits that.
void BlockSignals(sigset_t* signals) {
  sigemptyset(signals);
  sigaddset(signals, SIGINT);
  sigaddset(signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int WaitForSignal(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

// The address as a caller can use it, with the port that the system chose.
std::string BoundAddress(const std::string& listen_address, int port) {
  const size_t colon = listen_address.rfind(':');
  if (listen_address.compare(0, 5, "unix:") == 0 || colon == std::string::npos) {
    return listen_address;
  }
  return listen_address.substr(0, colon + 1) + std::to_string(port);
}

void LogWarnings(const Options& options) {
  const std::string& keys = options.insecure_key_log;
  for (const std::string& warning :
       {SecurityWarning(options.server.security, options.server.listen_address),
        keys.empty() ? keys
                     : "whoever reads " + keys +
                           " (--insecure-key-log) can decrypt the media and data of all "
                           "connections",
        FileLimitWarning(RaiseFileLimit(), options.limits.max_peer_connections, options.ice_tcp)}) {
    if (!warning.empty()) PCD_LOG(kWarning, "service", warning);
  }
}

// `file` is not owned; null: none.
dtls::KeyLog KeyLogTo(KeyLog* file) {
  if (file == nullptr) return {};
  return [file](std::string_view line) { file->Write(line); };
}

struct LoopStopper {
  ~LoopStopper() { loops.Stop(); }
  net::EventLoopPool& loops;
};

absl::Status Run(const Options& options, const sigset_t& signals) {
  PCD_RETURN_IF_ERROR(CheckOptions(options));
  PCD_ASSIGN_OR_RETURN(const LogLevel log_level, ParseLogLevel(options.log_level));
  PCD_ASSIGN_OR_RETURN(const net::AddressPolicy sink_policy,
                       net::AddressPolicy::Parse(options.sink_allow));
  PCD_ASSIGN_OR_RETURN(ice::Config ice_config, MakeIceConfig(options));
  const ice::SharedPortOptions shared_options = MakeSharedPortOptions(options, ice_config);
  PCD_ASSIGN_OR_RETURN(const IceBackend ice_backend, ParseIceBackend(options.ice_backend));
  PCD_ASSIGN_OR_RETURN(auto srtp_profiles, ParseSrtpProfiles(options.srtp_profiles));
  std::unique_ptr<KeyLog> key_log;
  if (!options.insecure_key_log.empty()) {
    PCD_ASSIGN_OR_RETURN(key_log, KeyLog::Open(options.insecure_key_log));
  }
  InstallLogSink(log_level);
  LogWarnings(options);

  PCD_ASSIGN_OR_RETURN(auto loops,
                       net::EventLoopPool::Create(static_cast<size_t>(options.media_loops)));
  std::vector<net::Loop*> loop_pointers;
  for (size_t i = 0; i < loops->size(); ++i) loop_pointers.push_back(&loops->loop(i));
  PCD_ASSIGN_OR_RETURN(const auto shared_ports, OpenSharedPorts(loop_pointers, shared_options));
  // Sockets may go only when no loop turns any more, whatever ends this function.
  const LoopStopper stop_loops{*loops};
  PCD_RETURN_IF_ERROR(loops->Start());
  net::SystemHostResolver resolver;
  ice_config.resolver = &resolver;
  ice::NiceIceTransportFactory ice_factory;
  sctp::UsrsctpAssociationFactory sctp_factory(loops->loop(0));
  host::Host host(loop_pointers,
                  {.ice_factory = &ice_factory,
                   .shared_port_factory = shared_ports.get(),
                   .default_ice_backend = ice_backend,
                   .sctp_factory = &sctp_factory,
                   .sink_policy = &sink_policy,
                   .ice_config = std::move(ice_config),
                   .srtp_profiles = std::move(srtp_profiles),
                   .key_log = KeyLogTo(key_log.get())},
                  {.node_name = NodeName(options.node_name), .limits = options.limits},
                  std::make_unique<net::SystemRandom>());

  PCD_ASSIGN_OR_RETURN(auto server, Server::Start(host, options.server));
  std::printf("listening on %s\n",
              BoundAddress(options.server.listen_address, server->port()).c_str());
  std::fflush(stdout);
  PCD_LOG(kInfo, "service", "listening, " + std::to_string(loops->size()) + " media loops");

  std::optional<LivenessMonitor> liveness(
      std::in_place, loop_pointers,
      [&server](bool live) {
        PCD_LOG(kError, "service", live ? "all media loops turn again" : "a media loop hangs");
        server->SetLive(live);
      },
      [&server] { server->UpdateReadiness(); });
  const int signal = WaitForSignal(signals);
  PCD_LOG(kInfo, "service", std::string("stopping on ") + strsignal(signal));
  liveness.reset();
  server->SetDraining();
  std::promise<void> closed;
  host.Shutdown([&closed] { closed.set_value(); });
  closed.get_future().wait();
  server->Shutdown(std::chrono::duration_cast<std::chrono::milliseconds>(options.shutdown_grace));
  server.reset();
  loops->Stop();
  FlushLog();
  return absl::OkStatus();
}

int Main(const std::vector<std::string>& arguments) {
  Options options;
  FlagSet flags;
  AddFlags(flags, options);
  if (const absl::Status status = flags.Parse(arguments); !status.ok()) {
    std::fprintf(stderr, "peerconnectiond: %s\n", std::string(status.message()).c_str());
    return kExitUsage;
  }
  if (options.help) {
    std::printf("peerconnectiond hosts WebRTC PeerConnections for callers over gRPC.\n\n%s",
                flags.Help().c_str());
    return 0;
  }
  if (options.version) {
    std::printf("peerconnectiond %s\n", kVersion);
    return 0;
  }
  sigset_t signals;
  BlockSignals(&signals);
  const absl::Status status = Run(options, signals);
  if (status.ok()) return 0;
  std::fprintf(stderr, "peerconnectiond: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? kExitUsage : 1;
}

}  // namespace
}  // namespace pcd::service

int main(int argc, char** argv) {
  return pcd::service::Main(std::vector<std::string>(argv + 1, argv + argc));
}

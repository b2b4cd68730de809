#include "clients/pcctl/global_options.h"

namespace pcd::pcctl {

void GlobalOptions::Load(const Environment& environment) {
  const std::string value = environment.get_variable("PCCTL_SERVER");
  if (!value.empty()) server = value;
}

void GlobalOptions::AddFlags(FlagSet* flags) {
  flags->AddString({.name = "server",
                    .short_name = 's',
                    .value_name = "HOST:PORT",
                    .help = "Address of peerconnectiond. Default: $PCCTL_SERVER, else "
                            "127.0.0.1:50051."},
                   &server);
  flags->AddDuration({.name = "timeout",
                      .value_name = "TIME",
                      .help = "Longest time of each call, such as 500ms, 30s or 5m. Default: 30s; "
                              "watch: none."},
                     &timeout);
  flags->AddChoice({.name = "output",
                    .short_name = 'o',
                    .value_name = "table|json",
                    .help = "Output for people or for programs. Default: table."},
                   {"table", "json"}, &output);
  flags->AddString({.name = "tls-ca",
                    .value_name = "FILE",
                    .help = "Use TLS and trust the authorities in this PEM file only."},
                   &tls_ca);
  flags->AddString({.name = "tls-cert",
                    .value_name = "FILE",
                    .help = "Use TLS and show this certificate chain (PEM)."},
                   &tls_cert);
  flags->AddString(
      {.name = "tls-key", .value_name = "FILE", .help = "Private key of --tls-cert (PEM)."},
      &tls_key);
  flags->AddSwitch({.name = "help", .short_name = 'h', .help = "Show help."}, &help);
}

std::string GlobalOptions::Check() const {
  if (server.empty()) return "--server needs an address such as 127.0.0.1:50051";
  if (tls_cert.empty() != tls_key.empty()) return "--tls-cert and --tls-key go together";
  return "";
}

}  // namespace pcd::pcctl

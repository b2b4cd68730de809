// Flags that every verb takes.
#ifndef CLIENTS_PCCTL_GLOBAL_OPTIONS_H_
#define CLIENTS_PCCTL_GLOBAL_OPTIONS_H_

#include <chrono>
#include <optional>
#include <string>

#include "clients/pcctl/environment.h"
#include "clients/pcctl/flag_set.h"

namespace pcd::pcctl {

inline constexpr char kDefaultServer[] = "127.0.0.1:50051";
inline constexpr std::chrono::milliseconds kDefaultTimeout = std::chrono::seconds(30);

struct GlobalOptions {
  // host:port of the service, from --server, else PCCTL_SERVER, else the default.
  std::string server = kDefaultServer;
  // Of each call. Unset: kDefaultTimeout, and for streams none.
  std::optional<std::chrono::milliseconds> timeout;
  // "table" or "json".
  std::string output = "table";
  // PEM files. TLS is used if one of them is given; the certificate and its key go together.
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
  bool help = false;

  bool json() const { return output == "json"; }
  bool tls() const { return !tls_ca.empty() || !tls_cert.empty() || !tls_key.empty(); }

  // Takes what environment variables say.
  void Load(const Environment& environment);
  void AddFlags(FlagSet* flags);
  // What is wrong with the combination of flags; empty: nothing.
  std::string Check() const;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_GLOBAL_OPTIONS_H_

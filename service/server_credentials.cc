#include "service/server_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <fstream>
#include <optional>

#include "engine/base/socket_address.h"
#include "engine/base/status.h"

namespace pcd::service {
namespace {

constexpr unsigned kReloadSeconds = 10;

absl::Status RequireReadable(const std::string& file) {
  if (std::ifstream(file).good()) return absl::OkStatus();
  return InvalidArgument("cannot read " + file);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeTls(const SecurityOptions& options) {
  using grpc::experimental::FileWatcherCertificateProvider;
  if (options.key_file.empty()) return InvalidArgument("a TLS certificate needs its key");
  PCD_RETURN_IF_ERROR(RequireReadable(options.certificate_file));
  PCD_RETURN_IF_ERROR(RequireReadable(options.key_file));
  std::shared_ptr<FileWatcherCertificateProvider> provider;
  if (options.client_ca_file.empty()) {
    provider = std::make_shared<FileWatcherCertificateProvider>(
        options.key_file, options.certificate_file, kReloadSeconds);
  } else {
    PCD_RETURN_IF_ERROR(RequireReadable(options.client_ca_file));
    provider = std::make_shared<FileWatcherCertificateProvider>(
        options.key_file, options.certificate_file, options.client_ca_file, kReloadSeconds);
  }
  grpc::experimental::TlsServerCredentialsOptions tls(provider);
  tls.watch_identity_key_cert_pairs();
  if (options.client_ca_file.empty()) {
    tls.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    tls.watch_root_certs();
    tls.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(tls);
}

}  // namespace

bool IsLoopbackAddress(const std::string& listen_address) {
  if (listen_address.compare(0, 5, "unix:") == 0) return true;
  if (listen_address.compare(0, 10, "localhost:") == 0) return true;
  const std::optional<SocketAddress> address = SocketAddress::Parse(listen_address);
  return address.has_value() && address->ip.IsLoopback();
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const SecurityOptions& options, const std::string& listen_address) {
  if (!options.certificate_file.empty()) {
    if (options.client_ca_file.empty() && !options.allow_unauthenticated_clients &&
        !IsLoopbackAddress(listen_address)) {
      return InvalidArgument("TLS on " + listen_address +
                             " without client certificates is refused: it is not loopback, and "
                             "everybody could call. Give --tls-client-ca, or "
                             "--allow-unauthenticated-clients if something else keeps callers out");
    }
    return MakeTls(options);
  }
  if (!options.key_file.empty() || !options.client_ca_file.empty()) {
    return InvalidArgument("TLS needs a certificate");
  }
  if (!IsLoopbackAddress(listen_address) && !options.allow_insecure) {
    return InvalidArgument("plaintext on " + listen_address +
                           " is refused: it is not loopback. Give --tls-cert and --tls-key, or "
                           "--insecure if something else protects the port");
  }
  return grpc::InsecureServerCredentials();
}

std::string SecurityWarning(const SecurityOptions& options, const std::string& listen_address) {
  if (IsLoopbackAddress(listen_address)) return "";
  if (options.certificate_file.empty()) {
    return "plaintext on " + listen_address +
           " (--insecure): everybody who reaches it can call, "
           "and whoever is on the way can read and change all";
  }
  if (options.client_ca_file.empty()) {
    return "no client certificates on " + listen_address +
           " (--allow-unauthenticated-clients): everybody who reaches it can call";
  }
  return "";
}

}  // namespace pcd::service

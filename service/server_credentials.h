// How the gRPC port is secured. Beyond loopback: TLS with client certificates, unless less is asked
// for in so many words. On loopback: what is configured, plaintext by default.
#ifndef SERVICE_SERVER_CREDENTIALS_H_
#define SERVICE_SERVER_CREDENTIALS_H_

#include <absl/status/statusor.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "service/server_options.h"

namespace pcd::service {

// "127.0.0.1:50051", "[::1]:0", "localhost:1", "unix:/run/x". Unix sockets count as loopback.
bool IsLoopbackAddress(const std::string& listen_address);

// Files are read again every 10 seconds, so renewed certificates need no restart.
// INVALID_ARGUMENT: options that do not fit together, a file that cannot be read, and beyond
// loopback plaintext without allow_insecure or TLS without client certificates and without
// allow_unauthenticated_clients.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const SecurityOptions& options, const std::string& listen_address);

// What to log at start about a port that is open to everybody; empty: it is not.
std::string SecurityWarning(const SecurityOptions& options, const std::string& listen_address);

}  // namespace pcd::service

#endif  // SERVICE_SERVER_CREDENTIALS_H_

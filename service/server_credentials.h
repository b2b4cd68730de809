// How the gRPC port is secured: TLS with optional client certificates, or plaintext on loopback
// only unless plaintext is asked for in so many words.
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
// INVALID_ARGUMENT: options that do not fit together, a file that cannot be read, or plaintext
// beyond loopback without allow_insecure.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const SecurityOptions& options, const std::string& listen_address);

}  // namespace pcd::service

#endif  // SERVICE_SERVER_CREDENTIALS_H_

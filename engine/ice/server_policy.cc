#include "engine/ice/server_policy.h"

#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/ice/server_url.h"

namespace pcd::ice {
namespace {

absl::Status Invalid(std::string_view why, const char* dom_exception, std::string field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ICE_SERVER, why,
                   {.dom_exception = dom_exception, .field = std::move(field)});
}

absl::Status CheckCredentials(const IceServer& server, const std::string& field) {
  constexpr char kException[] = "InvalidAccessError";
  if (server.username.empty()) {
    return Invalid("a TURN server needs a user name", kException, field + "username");
  }
  if (server.username.size() > kMaxServerUsername) {
    return Invalid("the user name is at most 508 bytes", kException, field + "username");
  }
  if (server.credential.empty()) {
    return Invalid("a TURN server needs a credential", kException, field + "credential");
  }
  if (server.credential.size() > kMaxServerCredential) {
    return Invalid("the credential is at most 508 bytes", kException, field + "credential");
  }
  // libnice takes both as C strings.
  if (server.username.find('\0') != std::string::npos ||
      server.credential.find('\0') != std::string::npos) {
    return Invalid("user name and credential have no NUL", kException, field + "username");
  }
  return absl::OkStatus();
}

absl::Status CheckServer(const IceServer& server, const ServerPolicy& policy,
                         const std::string& field) {
  if (server.urls.empty()) return Invalid("a server has a URL", "SyntaxError", field + "urls");
  for (size_t i = 0; i < server.urls.size(); ++i) {
    const std::string url_field = field + "urls[" + std::to_string(i) + "]";
    const auto url = ServerUrl::Parse(server.urls[i]);
    if (!url.ok()) {
      ErrorDetail detail = GetErrorDetail(url.status());
      detail.field = url_field;
      return MakeError(url.status().code(), GetErrorReason(url.status()),
                       std::string(url.status().message()), detail);
    }
    if (url->turn) PCD_RETURN_IF_ERROR(CheckCredentials(server, field));
    const auto address = url->address();
    if (address.has_value() && !policy.Allows({*address, url->port})) {
      return MakeError(absl::StatusCode::kPermissionDenied, ErrorReason::ICE_SERVER_DENIED,
                       "the address policy of this node refuses \"" + server.urls[i] + "\"",
                       {.field = url_field});
    }
  }
  return absl::OkStatus();
}

}  // namespace

ServerPolicy::ServerPolicy(std::vector<net::AddressRule> rules)
    : only_rules_(true), rules_(std::move(rules)) {}

bool ServerPolicy::Allows(const SocketAddress& server) const {
  if (!only_rules_ && (server.ip.IsLoopback() || server.ip.IsLinkLocal())) return false;
  return rules_.Check(server).ok();
}

absl::Status CheckServers(std::span<const IceServer> servers, const ServerPolicy& policy) {
  size_t urls = 0;
  for (size_t i = 0; i < servers.size(); ++i) {
    PCD_RETURN_IF_ERROR(CheckServer(servers[i], policy, "ice_servers[" + std::to_string(i) + "]."));
    urls += servers[i].urls.size();
  }
  if (urls <= kMaxServerUrls) return absl::OkStatus();
  return Invalid("there are at most " + std::to_string(kMaxServerUrls) + " URLs of servers",
                 "SyntaxError", "ice_servers");
}

}  // namespace pcd::ice

#include "clients/pcctl/client.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "clients/pcctl/address.h"

namespace pcd::pcctl {
namespace {

// A watch's snapshot of a large connection holds up to six descriptions.
constexpr int kMaxReceiveBytes = 64 << 20;

bool ReadFile(const std::string& path, std::string* content, std::string* error) {
  if (path.empty()) return true;
  std::ifstream file(path, std::ios::binary);
  if (file) content->assign(std::istreambuf_iterator<char>(file), {});
  // An ifstream opens a directory, and only reading it fails.
  if (!file || content->empty()) {
    *error = "cannot read " + path + ": " + (errno != 0 ? std::strerror(errno) : "it is empty");
    return false;
  }
  return true;
}

std::shared_ptr<grpc::ChannelCredentials> MakeCredentials(const GlobalOptions& options,
                                                          std::string* error) {
  if (!options.tls()) return grpc::InsecureChannelCredentials();
  errno = 0;
  grpc::SslCredentialsOptions tls;
  if (!ReadFile(options.tls_ca, &tls.pem_root_certs, error) ||
      !ReadFile(options.tls_cert, &tls.pem_cert_chain, error) ||
      !ReadFile(options.tls_key, &tls.pem_private_key, error)) {
    return nullptr;
  }
  return grpc::SslCredentials(tls);
}

}  // namespace

std::unique_ptr<Client> Client::Make(const GlobalOptions& options, std::string* error) {
  const auto credentials = MakeCredentials(options, error);
  if (credentials == nullptr) return nullptr;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  arguments.SetUserAgentPrefix("pcctl");
  // A proxy for the outside world must not be asked for this machine itself.
  if (IsLoopback(options.server)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return std::unique_ptr<Client>(new Client(
      grpc::CreateCustomChannel(options.server, credentials, arguments), options.timeout));
}

Client::Client(const std::shared_ptr<grpc::Channel>& channel,
               std::optional<std::chrono::milliseconds> timeout)
    : connections_(api::PeerConnectionService::NewStub(channel)),
      media_(api::MediaService::NewStub(channel)),
      data_channels_(api::DataChannelService::NewStub(channel)),
      events_(api::EventService::NewStub(channel)),
      timeout_(timeout) {}

std::unique_ptr<grpc::ClientContext> Client::NewCall() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout_.value_or(kDefaultTimeout));
  return context;
}

std::unique_ptr<grpc::ClientContext> Client::NewStream() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (timeout_.has_value()) context->set_deadline(std::chrono::system_clock::now() + *timeout_);
  return context;
}

}  // namespace pcd::pcctl

// A short name for the API's C++ namespace.
#ifndef CLIENTS_PCCTL_API_H_
#define CLIENTS_PCCTL_API_H_

namespace peerconnection::v1 {}

namespace pcd::pcctl {
namespace api = ::peerconnection::v1;
}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_API_H_

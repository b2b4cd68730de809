// A short name for the API contract's namespace. `peerconnection` alone would be found in the
// engine first.
#ifndef SERVICE_CONTRACT_H_
#define SERVICE_CONTRACT_H_

namespace peerconnection::v1 {}

namespace pcd::service {
namespace v1 = ::peerconnection::v1;
}  // namespace pcd::service

#endif  // SERVICE_CONTRACT_H_

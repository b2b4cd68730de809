// AdminService of the contract. Served on the same address as the rest; this build has none of
// its methods yet.
#ifndef SERVICE_ADMIN_SERVICE_H_
#define SERVICE_ADMIN_SERVICE_H_

#include "peerconnection/v1/admin_service.grpc.pb.h"
#include "service/contract.h"
#include "service/not_implemented.h"

namespace pcd::service {

// Threading: stateless.
class AdminService final : public v1::AdminService::CallbackService {
 public:
  PCD_NOT_IMPLEMENTED_UNARY(GetNodeInfo)
  PCD_NOT_IMPLEMENTED_UNARY(GetLimits)
  PCD_NOT_IMPLEMENTED_UNARY(Drain)
  PCD_NOT_IMPLEMENTED_UNARY(Undrain)
  PCD_NOT_IMPLEMENTED_UNARY(StartCapture)
  PCD_NOT_IMPLEMENTED_UNARY(StopCapture)
  PCD_NOT_IMPLEMENTED_UNARY(ListCaptures)
  PCD_NOT_IMPLEMENTED_SERVER_STREAM(ReadCapture)
  PCD_NOT_IMPLEMENTED_UNARY(GetLogLevels)
  PCD_NOT_IMPLEMENTED_UNARY(SetLogLevels)
  PCD_NOT_IMPLEMENTED_SERVER_STREAM(Dump)
};

}  // namespace pcd::service

#endif  // SERVICE_ADMIN_SERVICE_H_

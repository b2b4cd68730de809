// What the fake services share.
#ifndef CLIENTS_PCCTL_FAKE_SERVICE_BASE_H_
#define CLIENTS_PCCTL_FAKE_SERVICE_BASE_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "clients/pcctl/fake_service_state.h"

namespace pcd::pcctl {

// As the service reports it, with google.rpc.ErrorInfo.
grpc::Status ToStatus(const FakeError& error);

// Threading: as the services; a test has one call at a time.
class FakeServiceBase {
 public:
  explicit FakeServiceBase(FakeServiceState* state) : state_(state) {}

 protected:
  // OK: the test wants none.
  grpc::Status ErrorOf(const std::string& method) const;

  // Ends the call with the method's error, else with `status`; or never.
  grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context, const std::string& method,
                                  const grpc::Status& status = grpc::Status::OK) const;

  FakeServiceState* const state_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FAKE_SERVICE_BASE_H_

// What every service needs to carry out a call.
#ifndef SERVICE_CALLS_H_
#define SERVICE_CALLS_H_

#include "engine/host/host.h"
#include "service/request_ids.h"

namespace pcd::service {

// Both outlive every call.
struct Calls {
  host::Host& host;
  RequestIds& request_ids;
};

}  // namespace pcd::service

#endif  // SERVICE_CALLS_H_

// What the contract says of each error reason: its canonical code and its DOMException name.
#ifndef ENGINE_BASE_ERROR_CONTRACT_H_
#define ENGINE_BASE_ERROR_CONTRACT_H_

#include <absl/status/status.h>

#include <string_view>

#include "engine/base/error_reason.h"

namespace pcd {

struct ErrorContract {
  absl::StatusCode code = absl::StatusCode::kInternal;
  // The first of several that the contract names; empty: W3C has none.
  std::string_view dom_exception{};
};

// The comments of error_reason.proto as a table; a test in `service` proves that they agree.
ErrorContract ContractOf(ErrorReason reason);

}  // namespace pcd

#endif  // ENGINE_BASE_ERROR_CONTRACT_H_

#include "engine/base/error_reason.h"

namespace pcd {

std::string_view ErrorReasonName(ErrorReason reason) {
  switch (reason) {
#define PCD_X(name)       \
  case ErrorReason::name: \
    return #name;
    PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
  }
  return "INTERNAL";
}

}  // namespace pcd

#include "engine/model/stats.h"

namespace pcd {

std::string_view ToString(CandidatePairState state) {
  switch (state) {
    case CandidatePairState::kFrozen:
      return "frozen";
    case CandidatePairState::kWaiting:
      return "waiting";
    case CandidatePairState::kInProgress:
      return "in-progress";
    case CandidatePairState::kFailed:
      return "failed";
    case CandidatePairState::kSucceeded:
      return "succeeded";
  }
  return "";
}

}  // namespace pcd

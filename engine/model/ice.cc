#include "engine/model/ice.h"

namespace pcd {

std::string_view ToString(CandidateType type) {
  switch (type) {
    case CandidateType::kHost:
      return "host";
    case CandidateType::kServerReflexive:
      return "srflx";
    case CandidateType::kPeerReflexive:
      return "prflx";
    case CandidateType::kRelay:
      return "relay";
  }
  return "";
}

std::string Candidate::Ufrag() const {
  for (const auto& [name, value] : extensions) {
    if (name == "ufrag") return value;
  }
  return {};
}

}  // namespace pcd

// Reads a remote candidate as applications pass it on.
#ifndef CLIENTS_PCCTL_CANDIDATE_INPUT_H_
#define CLIENTS_PCCTL_CANDIDATE_INPUT_H_

#include <optional>
#include <string>

#include "clients/pcctl/api.h"
#include "clients/pcctl/flag_set.h"
#include "peerconnection/v1/ice.pb.h"

namespace pcd::pcctl {

// --mid, --mline-index and --ufrag: which m-section and generation a candidate belongs to.
// Threading: one thread.
class SectionFlags {
 public:
  void AddFlags(FlagSet* flags);

  // What is wrong with the combination; empty: nothing.
  std::string Check() const;

  // Whether a section is named.
  bool names_section() const { return !mid_.empty() || mline_index_.has_value(); }

  // Sets what the flags say, over what the candidate says itself.
  void Apply(api::IceCandidate* candidate) const;

 private:
  std::string mid_;
  std::optional<uint32_t> mline_index_;
  std::string ufrag_;
};

struct CandidateInput {
  // Without a text: the end of candidates of its section, or of all sections if it names none.
  api::IceCandidate candidate = {};
  // What is wrong; empty: nothing.
  std::string error = {};
};

// Takes a candidate attribute ("candidate:..." or "a=candidate:..."), or what
// JSON.stringify(event.candidate) gives; "null" and "end-of-candidates" are the end.
CandidateInput ReadCandidate(const std::string& text, const SectionFlags& section);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CANDIDATE_INPUT_H_

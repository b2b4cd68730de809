// What the tests of this room share.
#ifndef ENGINE_JSEP_SESSION_TESTING_H_
#define ENGINE_JSEP_SESSION_TESTING_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/error_reason.h"
#include "engine/base/random.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/options.h"
#include "engine/jsep/session.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// A sample of //engine/sdp:samples by file name.
std::string ReadSample(const std::string& name);
std::string ReadFile(const std::string& path);

// A session with its own randomness and ICE credentials. `name` makes its credentials and
// fingerprint differ from others'.
struct Peer {
  // `bundle_policy` is written into the options.
  explicit Peer(char name = 'a', Options options = {},
                BundlePolicy bundle_policy = BundlePolicy::kMaxBundle);

  std::string CreateOffer(bool ice_restart = false);
  std::string CreateAnswer();
  // Each returns the result and fails the test on an error.
  ApplyResult SetLocal(SdpType type, const std::string& sdp = {});
  ApplyResult SetRemote(SdpType type, const std::string& sdp);
  // Answers an offer and applies both.
  ApplyResult Answer(const std::string& offer);
  std::string LocalSdp() const;
  // What a real connection would do with its transport.
  ApplyResult Act(ApplyResult result);

  char name;
  int generations = 0;            // ICE credentials handed out.
  std::set<size_t> transports{};  // Indices of those that there are.
  SeededRandom random;
  TransportInfo transport_info;
  std::unique_ptr<Session> session;
};

// A whole negotiation. Both results.
struct Negotiated {
  ApplyResult offerer{};
  ApplyResult answerer{};
};
Negotiated Negotiate(Peer& offerer, Peer& answerer);

sdp::Description MustParse(const std::string& text);

// `text` with the first occurrence of `from` replaced; fails the test when there is none.
std::string Replace(std::string text, const std::string& from, const std::string& to);

// Checks every part of an error. One of a description names a rule always, and `rule` if that is
// given; others name none.
void ExpectError(const absl::Status& status, ErrorReason reason, const std::string& dom_exception,
                 int line = 0, const std::string& rule = {});

Candidate HostCandidate(const std::string& address, uint16_t port);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SESSION_TESTING_H_

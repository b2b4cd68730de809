// A session as an end of a negotiation: its ICE credentials are made up, and nobody acts on what
// it says but its own transport, which is there or not.
#ifndef ENGINE_JSEP_SESSION_END_H_
#define ENGINE_JSEP_SESSION_END_H_

#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/negotiation_end.h"
#include "engine/jsep/options.h"
#include "engine/jsep/session.h"

namespace pcd::jsep {

// Threading: the test's.
class SessionEnd : public NegotiationEnd {
 public:
  // `name` makes its credentials and fingerprint differ from others'.
  explicit SessionEnd(char name);

  absl::StatusOr<std::string> AddTransceiver(MediaKind kind, Direction direction,
                                             const std::string& track) override;
  absl::StatusOr<std::string> AddTrack(MediaKind kind, const std::string& track) override;
  absl::Status RemoveTrack(const std::string& sender_id) override;
  absl::Status ReplaceTrack(const std::string& sender_id, MediaKind kind,
                            const std::string& track) override;
  absl::Status SetDirection(const std::string& id, Direction direction) override;
  absl::Status Stop(const std::string& id) override;
  absl::Status SetCodecPreferences(const std::string& id,
                                   const std::vector<Codec>& codecs) override;
  absl::Status WantData() override;
  absl::Status RestartIce() override;
  absl::StatusOr<SessionDescription> CreateOffer() override;
  absl::StatusOr<SessionDescription> CreateAnswer() override;
  absl::Status SetLocal(const SessionDescription& description) override;
  absl::Status SetRemote(const SessionDescription& description) override;
  absl::Status AddCandidate(const IceCandidateInit& candidate) override;
  NegotiationSnapshot Snapshot() override;

  // Of the last description that was applied.
  const ApplyResult& last() const { return last_; }

 private:
  TransportInfo Credentials();
  absl::Status Act(absl::StatusOr<ApplyResult> result);

  const char name_;
  int generations_ = 0;  // ICE credentials handed out.
  SeededRandom random_;
  Session session_;
  ApplyResult last_;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SESSION_END_H_

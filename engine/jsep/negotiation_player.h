// Plays a sequence of legal and illegal calls on two ends and compares them with
// negotiation_model.h. Every choice is a byte or two of `random`: a seeded one makes a random
// sequence, the bytes of a fuzzer one that it has found. It asserts nothing by itself: the first
// thing that is wrong is kept as text.
//
//   NegotiationPlayer player(random, left, right);
//   while (player.problem().empty() && more) player.Step();
#ifndef ENGINE_JSEP_NEGOTIATION_PLAYER_H_
#define ENGINE_JSEP_NEGOTIATION_PLAYER_H_

#include <absl/status/status.h>

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error_reason.h"
#include "engine/base/random.h"
#include "engine/jsep/negotiation_end.h"
#include "engine/jsep/negotiation_model.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// Threading: the test's.
class NegotiationPlayer {
 public:
  NegotiationPlayer(RandomSource& random, NegotiationEnd& first, NegotiationEnd& second)
      : random_(random), ends_{&first, &second} {}

  // A call, a set of illegal ones, or a whole negotiation; both ends are stable afterwards and
  // compared with the model.
  void Step();
  // These are always made.
  void Negotiate(size_t end);
  void WantData(size_t end);

  // What went wrong first, and where; empty: nothing.
  const std::string& problem() const { return problem_; }
  // What was called, the last one last.
  std::string Log() const;
  const NegotiationModel& model() const { return model_; }
  // How many calls were made, or sets of illegal ones. A step makes none where there is nothing to
  // call for.
  size_t calls() const { return log_.size(); }
  // How many answers were applied at both ends, and of which end the last offer was.
  int negotiations() const { return negotiations_; }
  size_t last_offerer() const { return last_offerer_; }
  // A choice of its user's, out of so many.
  size_t Pick(size_t below);
  // Called while an offer is applied at both ends and not answered.
  void WhileOffered(std::function<void()> callback) { while_offered_ = std::move(callback); }
  // A problem or a step of its user's.
  void Check(bool holds, const std::string& what);
  void Note(std::string what) { log_.push_back(std::move(what)); }

 private:
  using Ufrags = std::array<std::string, 2>;

  MediaKind PickKind() { return Pick(2) == 0 ? MediaKind::kAudio : MediaKind::kVideo; }
  Direction PickDirection();
  // Null: there is none.
  const Transceiver* PickTransceiver(size_t end);
  std::string NewTrack() { return "track" + std::to_string(tracks_++); }

  void AddTransceiver(size_t end);
  void AddTrack(size_t end);
  void RemoveTrack(size_t end);
  void ReplaceTrack(size_t end);
  void SetDirection(size_t end);
  void Stop(size_t end);
  void RestartIce(size_t end);
  void Meddle(size_t end);
  void MeddleBoth(size_t end);

  void SetLocal(size_t end, SdpType type);
  void SetRemote(size_t end, SdpType type, const std::string& sdp);
  void Offer(size_t end);
  void NameNewTransceivers(size_t end);
  void Answer(size_t offerer);
  void OfferAndRollBack(size_t end);
  void Glare(size_t polite);

  // negotiation_player_illegal.cc
  void IllegalCalls(size_t end);
  void IllegalDescriptions(size_t end, NegotiationEnd& at);
  void IllegalTransceiverCalls(NegotiationEnd& at);
  void IllegalWhileOffered(size_t offerer);
  void ExpectRefused(const char* call, const absl::Status& status, ErrorReason reason,
                     const char* dom_exception);

  // negotiation_player_compare.cc
  void Compare();
  void CompareOne(size_t end, const Transceiver& transceiver);
  void CompareMids();
  void CompareDescriptions();
  void CompareCredentials(bool restarted);
  sdp::Description Parsed(const std::string& text);

  RandomSource& random_;
  const std::array<NegotiationEnd*, 2> ends_;
  NegotiationModel model_;
  std::array<std::vector<Transceiver>, 2> transceivers_;  // For PickTransceiver.
  int tracks_ = 0;
  int negotiations_ = 0;
  size_t last_offerer_ = 0;
  bool meddled_ = false;  // A call was made while an offer was under way.
  std::string lead_;      // Mid of the section that led the transport in the last answer.
  Ufrags ufrags_;         // Of that transport.
  std::function<void()> while_offered_;
  std::vector<std::string> log_;
  std::string problem_;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_NEGOTIATION_PLAYER_H_
